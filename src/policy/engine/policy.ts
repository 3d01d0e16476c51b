/** A policy as the engine uses it: `extends` resolved, custom rules compiled, and where each value came from. */
import type { KnativeSettings } from '../../knative/settings.ts';
import { parent } from '../../kubernetes/pointer.ts';
import type { Action, PolicySections } from '../model/spec.ts';
import type { Rule } from './rule.ts';

export interface EffectivePolicy extends PolicySections {
  /** The environment's name: `prod`. */
  readonly name: string;
  /** `warn` turns every denial but Knative's own into a warning. */
  readonly enforcement: 'deny' | 'warn';
  readonly knative: KnativeSettings;
  /** Actions as the file gives them: by rule id (`images/digest`) or by family (`images/*`). */
  readonly actions: Readonly<Record<string, Action>>;
  readonly custom: readonly Rule[];
  /** Where each value was written, by JSON pointer into the policy document: `/spec/autoscaling/minScale/default`. */
  readonly sources: ReadonlyMap<string, PolicySource>;
}

/** A place in a policy file, and the place in the parent that it replaced. */
export interface PolicySource {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly overrides?: PolicySource;
}

/** `policies/prod.yaml:14 overrides policies/base.yaml:9`: where the value at the pointer, or what holds it, was written. */
export function describeSource(policy: EffectivePolicy, path: string): string {
  const known = described.get(policy.sources) ?? new Map<string, string>();
  described.set(policy.sources, known);
  const sentence = known.get(path) ?? describePath(policy, path);
  known.set(path, sentence);
  return sentence;
}

/** Every object with a default asks for the same few sentences. */
const described = new WeakMap<EffectivePolicy['sources'], Map<string, string>>();

function describePath(policy: EffectivePolicy, path: string): string {
  for (let at = path; at !== ''; at = parent(at)) {
    const source = policy.sources.get(at);
    if (source !== undefined) return describeChain(source);
  }
  return `policy ${policy.name}`;
}

function describeChain(source: PolicySource): string {
  const place = `${source.file}:${source.line}`;
  return source.overrides === undefined ? place : `${place} overrides ${describeChain(source.overrides)}`;
}
