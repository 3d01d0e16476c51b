/** What comes to admission: the kinds of the rule catalogue, of an environment's own rules, and of the defaults. */
import { broker, type Kind, namespace, networkPolicy } from '../../../src/kubernetes/kinds.ts';
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

/** Others stand on these, so that their deletion is judged, too. */
const DELETION_IS_JUDGED: ReadonlySet<string> = new Set([broker.key, networkPolicy.key]);

/** What the policy's defaults go into. */
export function defaulted(): AdmissionRule[] {
  return rulesFor(catalogue.defaulters.flatMap(({ kinds }) => kinds));
}

/** What the environment judges in its namespaces. */
export function judgedIn(policy: EffectivePolicy): AdmissionRule[] {
  return rulesFor(judgedKinds([policy])).filter(({ scope }) => scope === 'Namespaced');
}

/** What stands in no namespace; Namespaces themselves have an entry of their own. */
export function judgedClusterWide(policies: readonly EffectivePolicy[]): AdmissionRule[] {
  const kinds = judgedKinds(policies).filter(({ key }) => key !== namespace.key);
  return rulesFor(kinds).filter(({ scope }) => scope === 'Cluster');
}

function judgedKinds(policies: readonly EffectivePolicy[]): Kind[] {
  const rules = [...catalogue.rules, ...policies.flatMap(({ custom }) => custom)];
  return rules.flatMap(({ kinds }) => kinds);
}

/** One rule for the resources that have everything else in common; sorted, so that the files change with the list alone. */
function rulesFor(kinds: readonly Kind[]): AdmissionRule[] {
  const rules = new Map<string, { rule: AdmissionRule; resources: string[] }>();
  for (const { kind, resource } of served(kinds)) {
    const { group, plural, versions, scope } = resource;
    const operations: Operation[] = ['CREATE', 'UPDATE'];
    if (DELETION_IS_JUDGED.has(kind.key)) operations.push('DELETE');
    const key = JSON.stringify([group, versions, operations, scope]);
    const resources = rules.get(key)?.resources ?? [];
    resources.push(plural);
    rules.set(key, { rule: { apiGroups: [group], apiVersions: versions, resources, operations, scope }, resources });
  }
  for (const { resources } of rules.values()) resources.sort();
  return [...rules.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, { rule }]) => rule);
}

/** Each kind once. */
function served(kinds: readonly Kind[]): { kind: Kind; resource: Resource }[] {
  const found = new Map<string, { kind: Kind; resource: Resource }>();
  for (const kind of kinds) {
    const resource = resourceOf(kind);
    if (resource !== undefined) found.set(kind.key, { kind, resource });
  }
  return [...found.values()];
}
