/** What CEL finds wrong with an expression, in words that lead to a right one. */

import { CORE_OVERLOADS } from '../../cel/check/core.ts';
import type { CheckProblem } from '../../cel/check/problem.ts';
import type { Type } from '../../cel/check/types.ts';
import { KUBERNETES_FUNCTIONS } from '../../cel/functions/kubernetes.ts';
import type { Overload } from '../../cel/functions/signatures.ts';
import { compilePattern, PatternProblem } from '../../cel/patterns.ts';
import { didYouMean } from '../../text/nearest.ts';
import { type ExpressionProblem, nameBefore } from './check.ts';
import { typeWords } from './explain.ts';

/** How the macros are written; what does not fit is read as a call of a function that does not exist. */
const MACROS: Readonly<Record<string, string>> = {
  has: 'has(object.metadata.labels)',
  all: 'list.all(item, condition)',
  exists: 'list.exists(item, condition)',
  exists_one: 'list.exists_one(item, condition)',
  existsOne: 'list.exists_one(item, condition)',
  map: 'list.map(item, value)',
  filter: 'list.filter(item, condition)',
  sortBy: 'list.sortBy(item, value)',
  transformList: 'list.transformList(index, item, value)',
  transformMap: 'map.transformMap(key, value, newValue)',
  transformMapEntry: 'map.transformMapEntry(key, value, {newKey: newValue})',
  optMap: 'optional.optMap(value, newValue)',
  optFlatMap: 'optional.optFlatMap(value, newOptional)',
};

/** In the order in which they stand; what is wrong inside of a macro that is none is left out. */
export function told(source: string, problems: readonly CheckProblem[]): ExpressionProblem[] {
  const broken = problems.flatMap(({ about }) =>
    about?.kind === 'function' && Object.hasOwn(MACROS, about.name) ? [about.expr] : [],
  );
  const isInside = ({ at }: CheckProblem): boolean =>
    broken.some((expr) => expr.at < at && expr.start <= at && at < expr.end);
  return problems
    .filter((problem) => !isInside(problem))
    .map((problem) => sentence(source, problem))
    .sort((left, right) => (left.offset ?? 0) - (right.offset ?? 0));
}

function sentence(source: string, { at, message, about }: CheckProblem): ExpressionProblem {
  switch (about?.kind) {
    case 'syntax':
      return syntaxSentence(source, at, message);
    case 'name': {
      const known = about.known.filter((name) => /^\w+$/.test(name));
      const there = didYouMean(about.name, known) || `; there are ${known.join(', ')}`;
      return { offset: at, message: `unknown variable "${about.name}"${there}` };
    }
    case 'function':
      return { offset: nameBefore(source, at), message: functionSentence(about.name) };
    case 'field':
      return { offset: nameAfter(source, at, about.name), message: fieldSentence(about.name, about.known) };
    case 'overload':
      return { offset: callOffset(source, at, about.name), message: overloadSentence(about) };
    case 'mixed': {
      const what = `this list or map holds ${typeWords(about.wanted)}, and here stands ${typeWords(about.found)}`;
      return { offset: at, message: `${what}; all must be of one type, or each in dyn(…)` };
    }
    case 'type':
      return {
        offset: at,
        message: `here must stand ${typeWords(about.wanted)}, and this is ${typeWords(about.found)}`,
      };
    case 'pattern': {
      const problem = compilePattern(about.pattern);
      const reason = problem instanceof PatternProblem ? problem.message : '';
      return { offset: at, message: `the pattern is no RE2 pattern: ${reason.replace(/^error parsing regexp: /, '')}` };
    }
    default:
      return { offset: at, message };
  }
}

const EMPTY_TOKEN = '<EOF>';

function syntaxSentence(source: string, at: number, message: string): ExpressionProblem {
  const found = /^Syntax error: mismatched input '(.*?)' expecting /s.exec(message)?.[1];
  if (found === '{') {
    const name = /[A-Za-z_][\w.]*\s*$/.exec(source.slice(0, at));
    if (name !== null) {
      const what = `there are no messages such as ${name[0].trim()} in a policy; a map is written {"key": value}`;
      return { offset: name.index, message: what };
    }
  }
  if (found !== undefined) {
    return { offset: at, message: `bad CEL: unexpected ${found === EMPTY_TOKEN ? 'end' : `"${found}"`}` };
  }
  if (message === 'invalid argument to has() macro') return { offset: at, message: `has is written ${MACROS.has}` };
  if (/^(argument |\w+\(\) variable name )/.test(message)) {
    return { offset: at, message: `bad CEL: here stands the variable of a loop, which is a name: ${MACROS.all}` };
  }
  const isText = /token recognition error at: '[rRbB]*["']/.test(message);
  return {
    offset: at,
    message: `bad CEL: ${isText ? 'a text that is never closed' : message.replace(/^Syntax error: /, '')}`,
  };
}

function functionSentence(name: string): string {
  if (Object.hasOwn(MACROS, name)) return `${name} is written ${MACROS[name]}`;
  return `unknown function "${name}"${didYouMean(name, KNOWN_FUNCTIONS)}`;
}

const KNOWN_FUNCTIONS: readonly string[] = [
  ...new Set([...KUBERNETES_FUNCTIONS.values()].map(({ name }) => name).filter((name) => /^[a-z.]+$/i.test(name))),
  ...Object.keys(MACROS),
];

function fieldSentence(name: string, known: readonly string[]): string {
  return `there is no field "${name}"${didYouMean(name, known) || `; there are ${known.join(', ')}`}`;
}

const OPERATOR = /^[^a-z]*_|^@in$/;

function overloadSentence({
  name,
  types,
  isMethod,
}: {
  readonly name: string;
  readonly types: readonly Type[];
  readonly isMethod: boolean;
}): string {
  const given = types.map(typeWords);
  if (OPERATOR.test(name) && !/^[a-z]/i.test(name)) {
    return `"${operatorOf(name)}" does not take ${given.join(' and ')}; convert what is of the wrong type, as with int(…) or string(…)`;
  }
  const overloads = overloadsOf(name);
  const isCalledSo = overloads.some((one) => one.isMethod === isMethod && one.args.length === types.length);
  const usages = [...new Set(overloads.map((overload) => usage(name, overload)))].join(', or ');
  if (!isCalledSo) return `${name} is not called this way; it is ${usages}`;
  return `${name} does not take ${given.join(' and ')}; it is ${usages}`;
}

/** `_+_` is written `+`, `@in` is `in`. */
function operatorOf(name: string): string {
  if (name === '@in') return 'in';
  if (name === '_?_:_') return '? :';
  return name.replaceAll('_', '');
}

function overloadsOf(name: string): readonly Overload[] {
  const known = [...KUBERNETES_FUNCTIONS.values()].filter((one) => one.name === name);
  return [...new Set(known.flatMap(({ overloads }) => overloads)), ...(CORE_OVERLOADS.get(name) ?? [])];
}

/** `string.contains(string)`, `size(list)`: how an overload is called. */
function usage(name: string, { isMethod, args }: Overload): string {
  const words = args.map((arg) => (/^[A-Z]$/.test(arg) ? 'value' : arg.replace(/<.*$/, '')));
  const [target, ...rest] = words;
  return isMethod ? `${target}.${name}(${rest.join(', ')})` : `${name}(${words.join(', ')})`;
}

/** CEL points at the dot. */
function nameAfter(source: string, at: number, name: string): number {
  const start = source.indexOf(name, at);
  return start < 0 ? at : start;
}

function callOffset(source: string, at: number, name: string): number {
  return /^[a-z]/i.test(name) ? nameBefore(source, at) : at;
}
