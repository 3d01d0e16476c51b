/** From a policy's spec, with its parents' values in it, to the policy that the engine uses. */
import { DEFAULT_SETTINGS } from '../../knative/settings.ts';
import { objectAt } from '../../kubernetes/json.ts';
import { pointer, resolve } from '../../kubernetes/pointer.ts';
import type { CustomCompiler } from '../custom/compiler.ts';
import type { EffectivePolicy, PolicySource } from '../engine/policy.ts';
import type { Rule } from '../engine/rule.ts';
import type { EnvironmentPolicySpec } from '../model/spec.ts';
import { tooLongForDeadLetters } from './deadLetters.ts';
import type { PolicyDocument } from './document.ts';
import type { PolicyError } from './error.ts';
import { guardRailGaps } from './guardRails/gaps.ts';
import type { Layered } from './layer.ts';
import { errorIn } from './own.ts';
import { unknownCustomRules } from './ruleActions.ts';
import { type Contradiction, contradictions } from './sanity.ts';
import type { Fault } from './sentence.ts';
import { isSpec, validate } from './validate.ts';

/** A policy with its parents' values in it, as its children build on it. */
export interface Resolved {
  readonly policy: EffectivePolicy;
  readonly layered: Layered;
  readonly isAbstract: boolean;
}

/**
 * Makes the engine's policy of a document that is right by itself, and checks what only the whole policy shows:
 * `extends` can bring a default and a bound together that never stood in one file. Undefined where there are errors,
 * which are added to the list.
 */
export function makeEffective(
  name: string,
  document: PolicyDocument,
  layered: Layered,
  parent: Resolved | undefined,
  compiler: CustomCompiler | undefined,
  errors: PolicyError[],
): Resolved | undefined {
  const { spec, sources } = layered;
  const found = [
    ...validate({ ...document.value, spec }).map((fault) => inheritedError(fault, document, sources)),
    ...[...contradictions(spec), ...guardRailGaps(spec), ...tooLongForDeadLetters(name, spec)].map((contradiction) =>
      contradictionError(contradiction, document, sources),
    ),
  ];
  if (found.length > 0 || !isSpec(spec)) {
    errors.push(...found);
    return undefined;
  }

  const custom = customRules(document, spec, parent, compiler);
  const unknown = unknownCustomRules(
    objectAt(document.value, 'spec') ?? {},
    custom.map((rule) => rule.id),
  );
  if (unknown.length > 0) {
    errors.push(...unknown.map((fault) => errorIn(document, fault)));
    return undefined;
  }
  return { policy: policyOf(name, spec, custom, sources), layered, isAbstract: spec.abstract === true };
}

function policyOf(
  name: string,
  spec: EnvironmentPolicySpec,
  custom: readonly Rule[],
  sources: ReadonlyMap<string, PolicySource>,
): EffectivePolicy {
  const { extends: _extends, abstract: _abstract, description: _description, rules, custom: _custom, ...rest } = spec;
  return {
    ...rest,
    name,
    enforcement: spec.enforcement ?? 'deny',
    knative: { ...DEFAULT_SETTINGS, ...spec.knative },
    actions: rules ?? {},
    custom,
    sources,
  };
}

/** Compiled where they are written; a child that brings none has its parent's. */
function customRules(
  document: PolicyDocument,
  spec: EnvironmentPolicySpec,
  parent: Resolved | undefined,
  compiler: CustomCompiler | undefined,
): readonly Rule[] {
  if (resolve(document.value, '/spec/custom') === undefined) return parent?.policy.custom ?? [];
  const rules: Rule[] = [];
  for (const custom of spec.custom ?? []) {
    const compiled = compiler?.compile(custom);
    if (compiled?.ok) rules.push(compiled.rule);
  }
  return rules;
}

/** Where the value is the parent's, what the child wrote around it made it wrong: the place is the child's. */
function inheritedError(
  fault: Fault,
  document: PolicyDocument,
  sources: ReadonlyMap<string, PolicySource>,
): PolicyError {
  return errorIn(document, { ...fault, message: fault.message + noteOf(fault.pointer, document, sources) });
}

function contradictionError(
  { left, right, message }: Contradiction,
  document: PolicyDocument,
  sources: ReadonlyMap<string, PolicySource>,
): PolicyError {
  const leftPath = pointer('spec', ...left);
  const rightPath = pointer('spec', ...right);
  const isLeftOurs = resolve(document.value, leftPath) !== undefined;
  const [ours, theirs] = isLeftOurs ? [leftPath, rightPath] : [rightPath, leftPath];
  return errorIn(document, { pointer: ours, what: 'value', message: message + noteOf(theirs, document, sources) });
}

/** ` (policies/base.yaml:27)` for a value that stands in a parent's file. */
function noteOf(path: string, document: PolicyDocument, sources: ReadonlyMap<string, PolicySource>): string {
  const source = sources.get(path);
  const isOurs = resolve(document.value, path) !== undefined;
  return isOurs || source === undefined ? '' : ` (${source.file}:${source.line})`;
}
