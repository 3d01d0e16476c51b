/** Which kinds an audit reads: those that rules judge, and those that rules look up. */

import type { Keep } from '../kubernetes/keep.ts';
import {
  defineKind,
  type Kind,
  limitRange,
  resourceQuota,
  secret,
  service,
  serviceAccount,
} from '../kubernetes/kinds.ts';
import { type ServedKind, servedAs } from '../kubernetes/served.ts';
import type { Catalogue } from '../policy/engine/judge.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { audited } from './keep.ts';
import { pullSecretOnly } from './secrets.ts';

export interface AuditedKind {
  readonly kind: Kind;
  readonly served: ServedKind;
  readonly keep: Keep;
  /** Who may not read it can audit everything else. */
  readonly isOptional?: true;
  /** Leaves out what controllers make of other objects, and whom nobody asks to change it. */
  readonly labelSelector?: string;
}

/** Looked up by rules, and judged by none. */
const LOOKED_UP: readonly Kind[] = [
  resourceQuota,
  limitRange,
  service,
  serviceAccount,
  defineKind('eventing.knative.dev', 'EventTransform'),
  defineKind('eventing.knative.dev', 'KafkaSink'),
  defineKind('sinks.knative.dev', 'IntegrationSink'),
  defineKind('sinks.knative.dev', 'JobSink'),
  defineKind('bitnami.com', 'SealedSecret'),
  defineKind('external-secrets.io', 'ExternalSecret'),
];

/** Of Secrets not everybody may see the logins; of the others it is guard rails alone that are not judged then. */
const OPTIONAL: ReadonlySet<string> = new Set([secret, resourceQuota, limitRange].map(({ key }) => key));

/** Revisions make Deployments, Services make Configurations and Routes: what is wrong with them is wrong with their owner. */
const SELECTORS: Readonly<Record<string, string>> = {
  'apps/Deployment': '!serving.knative.dev/revision',
  'serving.knative.dev/Configuration': '!serving.knative.dev/service',
  'serving.knative.dev/Route': '!serving.knative.dev/service',
  'serving.knative.dev/Revision': '!serving.knative.dev/configuration',
  'rbac.authorization.k8s.io/ClusterRole': 'kubernetes.io/bootstrapping!=rbac-defaults',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'kubernetes.io/bootstrapping!=rbac-defaults',
};

/** Knative's own settings alone are read of these: SETTINGS names them. */
export const SETTINGS = ['config-autoscaler', 'config-defaults', 'config-features'] as const;

/**
 * Every kind that an audit lists. ConfigMaps are not among them, of which Knative's three are read by name. Kinds of
 * custom rules that `src/kubernetes/served.ts` does not have are in `unknown`: whoever reads them asks the API server.
 */
export function auditedKinds(
  catalogue: Catalogue,
  policies: Iterable<EffectivePolicy>,
): { readonly known: readonly AuditedKind[]; readonly unknown: readonly Kind[] } {
  const kinds = new Map<string, Kind>();
  for (const { kinds: judged } of catalogue.rules) for (const kind of judged) kinds.set(kind.key, kind);
  for (const kind of LOOKED_UP) kinds.set(kind.key, kind);
  const known = [...kinds.values()].flatMap(auditedKind);

  const unknown = new Map<string, Kind>();
  for (const { custom } of policies) {
    for (const kind of custom.flatMap((rule) => rule.kinds)) {
      if (!kinds.has(kind.key) && !NEVER.has(kind.key)) unknown.set(kind.key, kind);
    }
  }
  return { known, unknown: [...unknown.values()] };
}

const NEVER: ReadonlySet<string> = new Set(['ConfigMap', 'Event', 'events.k8s.io/Event']);

/** Nothing for kinds that no API server serves any more, which rules know so that `weir check` can say what came after them. */
function auditedKind(kind: Kind): AuditedKind[] {
  const served = servedAs(kind);
  if (served === undefined || NEVER.has(kind.key)) return [];
  const labelSelector = SELECTORS[kind.key];
  const keep = kind.key === secret.key ? pullSecretOnly : audited;
  return [
    {
      kind,
      served,
      keep,
      ...(OPTIONAL.has(kind.key) ? { isOptional: true } : {}),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    },
  ];
}
