/** What is wrong with a policy document by itself, whoever extends it: all of it at once, however much that is. */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt } from '../../kubernetes/json.ts';
import { pointer, resolve } from '../../kubernetes/pointer.ts';
import type { CustomCompiler } from '../custom/compiler.ts';
import type { CustomProblem } from '../custom/problem.ts';
import type { PolicyDocument } from './document.ts';
import type { PolicyError } from './error.ts';
import { placeInScalar } from './place.ts';
import { faultsInRules } from './ruleActions.ts';
import { contradictions } from './sanity.ts';
import type { Fault } from './sentence.ts';
import { validate } from './validate.ts';

export interface OwnChecks {
  readonly ruleIds: readonly string[];
  readonly custom: CustomCompiler | undefined;
}

export function errorsIn(document: PolicyDocument, { ruleIds, custom }: OwnChecks): PolicyError[] {
  const spec = objectAt(document.value, 'spec') ?? {};
  const faults = [...validate(document.value), ...faultsInRules(spec, ruleIds), ...doubleNames(spec)];
  for (const { left, message } of contradictions(spec)) {
    faults.push({ pointer: pointer('spec', ...left), what: 'value', message });
  }
  return [...faults.map((fault) => errorIn(document, fault)), ...customErrors(document, spec, custom)];
}

/** The error at a fault's place in the document. */
export function errorIn(document: PolicyDocument, { pointer: path, what, message }: Fault): PolicyError {
  const { line, column } = document.locate(path, what);
  return { file: document.file, line, column, message };
}

function doubleNames(spec: JsonObject): Fault[] {
  const faults: Fault[] = [];
  const first = new Map<JsonValue, number>();
  for (const [index, rule] of arrayAt(spec, 'custom').entries()) {
    if (!isObject(rule) || typeof rule.name !== 'string') continue;
    const before = first.get(rule.name);
    if (before === undefined) {
      first.set(rule.name, index);
      continue;
    }
    const message = `custom[${index}].name is "${rule.name}", as custom[${before}].name is; each rule needs a name of its own`;
    faults.push({ pointer: pointer('spec', 'custom', index, 'name'), what: 'value', message });
  }
  return faults;
}

function customErrors(document: PolicyDocument, spec: JsonObject, compiler: CustomCompiler | undefined): PolicyError[] {
  const errors: PolicyError[] = [];
  for (const [index, rule] of arrayAt(spec, 'custom').entries()) {
    if (!isObject(rule)) continue;
    const name = typeof rule.name === 'string' ? rule.name : `custom[${index}]`;
    for (const problem of compiler?.check(rule) ?? []) {
      errors.push(customError(document, pointer('spec', 'custom', index), name, problem));
    }
  }
  return errors;
}

function customError(document: PolicyDocument, at: string, name: string, problem: CustomProblem): PolicyError {
  const path = at + problem.pointer;
  const start = document.locate(path);
  const value = resolve(document.value, path);
  const place =
    problem.offset === undefined || typeof value !== 'string'
      ? start
      : placeInScalar(document.text, start, value, problem.offset);
  return {
    file: document.file,
    line: place.line,
    column: place.column,
    message: `custom rule ${name}: ${problem.message}`,
  };
}
