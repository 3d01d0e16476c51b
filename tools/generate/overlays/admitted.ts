/** What comes to admission: the kinds of the rule catalogue, of an environment's own rules, and of the defaults. */
import { type Kind, namespace } from '../../../src/kubernetes/kinds.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { type Resource, resourceOf } from './resources.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** One of a webhook's `rules`, as in k8s.io/api admissionregistration/v1 types.go; subresources are never among them. */
export interface AdmissionRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
  readonly scope: Resource['scope'];
}

const AT_CHANGE: readonly Operation[] = ['CREATE', 'UPDATE'];

/** What the policy's defaults go into. */
export function defaulted(): AdmissionRule[] {
  const kinds = catalogue.defaulters.flatMap(({ kinds }) => kinds);
  return rulesFor(kinds.map((kind) => ({ kind, operations: AT_CHANGE })));
}

/** What the environment judges in its namespaces. */
export function judgedIn(policy: EffectivePolicy): AdmissionRule[] {
  return rulesFor(judged([policy])).filter(({ scope }) => scope === 'Namespaced');
}

/** What stands in no namespace; Namespaces themselves have an entry of their own. */
export function judgedClusterWide(policies: readonly EffectivePolicy[]): AdmissionRule[] {
  const kinds = judged(policies).filter(({ kind }) => kind.key !== namespace.key);
  return rulesFor(kinds).filter(({ scope }) => scope === 'Cluster');
}

interface Admitted {
  readonly kind: Kind;
  readonly operations: readonly Operation[];
}

/** What rules judge at a change, and what they judge when it goes; a kind may be in both. */
function judged(policies: readonly EffectivePolicy[]): Admitted[] {
  const { rules, admission } = catalogue;
  const atChange = [...rules, ...(admission?.changes ?? []), ...policies.flatMap(({ custom }) => custom)];
  const atDeletion = admission?.deletions ?? [];
  return [
    ...atChange.flatMap(({ kinds }) => kinds.map((kind) => ({ kind, operations: AT_CHANGE }))),
    ...atDeletion.flatMap(({ kinds }) => kinds.map((kind) => ({ kind, operations: ['DELETE'] as const }))),
  ];
}

/** One rule for the resources that have everything else in common; sorted, so that the files change with the list alone. */
function rulesFor(admitted: readonly Admitted[]): AdmissionRule[] {
  const rules = new Map<string, { rule: AdmissionRule; resources: string[] }>();
  for (const { resource, operations } of merged(admitted)) {
    const { group, plural, versions, scope } = resource;
    const key = JSON.stringify([group, versions, operations, scope]);
    const resources = rules.get(key)?.resources ?? [];
    resources.push(plural);
    rules.set(key, { rule: { apiGroups: [group], apiVersions: versions, resources, operations, scope }, resources });
  }
  for (const { resources } of rules.values()) resources.sort();
  return [...rules.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, { rule }]) => rule);
}

/** Each kind once, with all of its operations; without those that no API server serves. */
function merged(admitted: readonly Admitted[]): { resource: Resource; operations: readonly Operation[] }[] {
  const found = new Map<string, { resource: Resource; operations: readonly Operation[] }>();
  for (const { kind, operations } of admitted) {
    const resource = resourceOf(kind);
    if (resource === undefined) continue;
    const known = found.get(kind.key)?.operations ?? [];
    found.set(kind.key, { resource, operations: [...new Set([...known, ...operations])] });
  }
  return [...found.values()];
}
