/** The Role knative-deployer, and who has it. */
import type { JsonObject } from '../kubernetes/json.ts';
import { NAMES } from './marks.ts';

const READ = ['get', 'list', 'watch'];
const ALL = [...READ, 'create', 'update', 'patch', 'delete'];
const RBAC = 'rbac.authorization.k8s.io';

/**
 * Deploys services and wires events. Revisions are read and deleted: what is written on one beside that is Knative's,
 * and Weir's schedules. Nothing here leads to Secrets, Roles or other pods' insides.
 */
export const DEPLOYER_RULES: readonly JsonObject[] = [
  {
    apiGroups: ['serving.knative.dev'],
    resources: ['services', 'configurations', 'routes', 'domainmappings'],
    verbs: ALL,
  },
  { apiGroups: ['serving.knative.dev'], resources: ['revisions'], verbs: [...READ, 'delete'] },
  { apiGroups: ['eventing.knative.dev'], resources: ['brokers', 'triggers'], verbs: ALL },
  { apiGroups: ['messaging.knative.dev'], resources: ['channels', 'subscriptions'], verbs: ALL },
  { apiGroups: ['flows.knative.dev'], resources: ['sequences', 'parallels'], verbs: ALL },
  {
    apiGroups: ['sources.knative.dev'],
    resources: ['apiserversources', 'containersources', 'kafkasources', 'pingsources', 'sinkbindings'],
    verbs: ALL,
  },
  { apiGroups: ['weir.dev'], resources: ['scalingschedules', 'trafficrollouts'], verbs: ALL },
  { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: READ },
];

export function deployerRole(): JsonObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: NAMES.role }, rules: DEPLOYER_RULES };
}

export function deployerBinding(groups: readonly string[]): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: NAMES.role },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: NAMES.role },
    subjects: groups.map((name) => ({ apiGroup: RBAC, kind: 'Group', name })),
  };
}
