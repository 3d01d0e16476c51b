/** All checks of a cluster, in the order in which one rests on another. */
import { DEFAULT_SETTINGS } from '../../knative/settings.ts';
import type { Verdict } from '../verdict.ts';
import { certificates } from './certificates.ts';
import { clock } from './clock.ts';
import { definitions } from './definitions.ts';
import type { ClusterFacts } from './facts.ts';
import { ingress } from './ingress.ts';
import { namespaces } from './namespaces.ts';
import { policies } from './policies.ts';
import { processes } from './processes.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';
import { versions } from './versions.ts';
import { webhooks } from './webhooks.ts';

export function examineCluster(facts: ClusterFacts): Verdict[] {
  const system = systemNamespaceOf(facts);
  return [
    ...versions(facts),
    ...definitions(facts),
    ...processes(facts, system),
    ...webhooks(facts),
    ...certificates(facts),
    ...policies(facts),
    ...namespaces(facts),
    ...ingress(facts, system),
    ...settings(facts, system),
    ...clock(facts),
    ...rights(facts.missingRights, facts.user),
  ];
}

/** Where Knative Serving runs, as the policies say. */
export function systemNamespaceOf({ policies: { byName } }: Pick<ClusterFacts, 'policies'>): string {
  return [...byName.values()][0]?.knative.systemNamespace ?? DEFAULT_SETTINGS.systemNamespace;
}
