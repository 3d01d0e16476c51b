/**
 * Roles, bindings and questions about them, made from chance that is the same each time: what a real API server
 * answers stands in answers.golden.json, and test/cluster/platform/auth asks it again.
 */
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';

export const NAMESPACES = ['decide-a', 'decide-b'] as const;
const RBAC = 'rbac.authorization.k8s.io';
const USERS = ['decide:u0', 'decide:u1', 'decide:u2', 'decide:u3', 'system:serviceaccount:decide-a:sa0'];
const GROUPS = ['decide:g0', 'decide:g1', 'system:serviceaccounts:decide-a'];

export interface Asker {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A SubjectAccessReview's spec. */
export interface Question extends Asker {
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  readonly nonResourceAttributes?: { readonly verb: string; readonly path: string };
}

/** A role or a binding that somebody tries to create. */
export interface Grant extends Asker {
  readonly plural: string;
  readonly namespace: string;
  readonly object: JsonObject;
}

/** A GET of ConfigMaps by a ServiceAccount with rights of its own, as somebody else. */
export interface Impersonation {
  readonly account: string;
  readonly rules: readonly JsonObject[];
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface World {
  /** By plural; in the order in which they can be created. */
  readonly objects: readonly { readonly plural: string; readonly object: JsonObject }[];
  readonly questions: readonly Question[];
  readonly grants: readonly Grant[];
}

export function world(seed = 7): World {
  const chance = chanceOf(seed);
  return { objects: objectsOf(chance), questions: questionsOf(chance), grants: grantsOf(chance) };
}

interface Chance {
  below(end: number): number;
  one<Item>(items: readonly Item[]): Item;
  /** At least one, in their order. */
  some<Item>(items: readonly Item[], often: number): Item[];
}

function chanceOf(seed: number): Chance {
  let state = seed;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  function one<Item>(items: readonly Item[]): Item {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }
  function some<Item>(items: readonly Item[], often: number): Item[] {
    const found = items.filter(() => next() < often);
    return found.length === 0 ? [one(items)] : found;
  }
  return { below, one, some };
}

const VERBS = ['get', 'list', 'create', 'delete', 'escalate'];
const API_GROUPS = ['', 'apps', 'example.com'];
const RESOURCES = [
  'configmaps',
  'deployments',
  'configmaps/status',
  'deployments/scale',
  'widgets',
  'configmaps/scale',
];
const NAMES = ['one', 'two', ''];
const PATHS = ['/healthz', '/healthz/etcd', '/metrics', '/api/v1', '/health'];

function ruleOf(chance: Chance): JsonObject {
  const verbs = chance.below(8) === 0 ? ['*'] : chance.some(VERBS, 0.5);
  if (chance.below(5) === 0) {
    return { nonResourceURLs: chance.some(['/healthz', '/healthz/*', '/metrics', '/api*', '*'], 0.25), verbs };
  }
  return {
    apiGroups: chance.below(6) === 0 ? ['*'] : chance.some(API_GROUPS, 0.4),
    resources: chance.some([...RESOURCES, '*', '*/scale', '*/status', 'deployments/*'], 0.2),
    verbs,
    ...(chance.below(4) === 0 && { resourceNames: chance.some(['one', 'two'], 0.5) }),
  };
}

/** Of a namespace: no paths there. */
function namespacedRule(chance: Chance): JsonObject {
  for (;;) {
    const rule = ruleOf(chance);
    if (rule.nonResourceURLs === undefined) return rule;
  }
}

function subjectOf(chance: Chance, namespace: string): JsonObject {
  const kind = chance.one(['User', 'User', 'Group', 'ServiceAccount'] as const);
  if (kind === 'User') return { apiGroup: RBAC, kind, name: chance.one(USERS) };
  if (kind === 'Group') return { apiGroup: RBAC, kind, name: chance.one(GROUPS) };
  return { kind, name: 'sa0', namespace: namespace === '' ? chance.one(NAMESPACES) : namespace };
}

function objectsOf(chance: Chance): World['objects'] {
  const objects: { plural: string; object: JsonObject }[] = [];
  const add = (plural: string, kind: string, name: string, namespace: string, rest: JsonObject): void => {
    const metadata = { name, ...(namespace !== '' && { namespace }) };
    objects.push({ plural, object: { apiVersion: `${RBAC}/v1`, kind, metadata, ...rest } });
  };
  for (let index = 0; index < 8; index++) {
    const rules = [ruleOf(chance), ...(chance.below(2) === 0 ? [ruleOf(chance)] : [])];
    add('clusterroles', 'ClusterRole', `decide-c${index}`, '', { rules });
  }
  for (let index = 0; index < 6; index++) {
    add('roles', 'Role', `decide-r${index}`, chance.one(NAMESPACES), { rules: [namespacedRule(chance)] });
  }
  for (let index = 0; index < 6; index++) {
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: `decide-c${chance.below(9)}` };
    const subjects = [subjectOf(chance, ''), ...(chance.below(3) === 0 ? [subjectOf(chance, '')] : [])];
    add('clusterrolebindings', 'ClusterRoleBinding', `decide-cb${index}`, '', { roleRef, subjects });
  }
  for (let index = 0; index < 24; index++) {
    const namespace = chance.one(NAMESPACES);
    const isRole = chance.below(2) === 0;
    const name = isRole ? `decide-r${chance.below(7)}` : `decide-c${chance.below(9)}`;
    const roleRef = { apiGroup: RBAC, kind: isRole ? 'Role' : 'ClusterRole', name };
    const subjects = [subjectOf(chance, namespace), ...(chance.below(3) === 0 ? [subjectOf(chance, namespace)] : [])];
    add('rolebindings', 'RoleBinding', `decide-b${index}`, namespace, { roleRef, subjects });
  }
  // those who try to grant may write roles and bindings, and some may bind or escalate as well
  const write = { apiGroups: [RBAC], resources: ['*'], verbs: ['create', 'get'] };
  add('clusterroles', 'ClusterRole', 'decide-granter', '', { rules: [write] });
  const bind = {
    apiGroups: [RBAC],
    resources: ['clusterroles', 'roles'],
    verbs: ['bind'],
    resourceNames: ['decide-c1'],
  };
  const escalate = { apiGroups: [RBAC], resources: ['roles'], verbs: ['escalate'] };
  add('clusterroles', 'ClusterRole', 'decide-binder', '', { rules: [bind, escalate] });
  const all = { apiGroup: RBAC, kind: 'Group', name: 'decide:granters' };
  const granter = { apiGroup: RBAC, kind: 'ClusterRole', name: 'decide-granter' };
  add('clusterrolebindings', 'ClusterRoleBinding', 'decide-granters', '', { roleRef: granter, subjects: [all] });
  const binder = { apiGroup: RBAC, kind: 'ClusterRole', name: 'decide-binder' };
  const u3 = { apiGroup: RBAC, kind: 'User', name: 'decide:u3' };
  add('rolebindings', 'RoleBinding', 'decide-binder', 'decide-b', { roleRef: binder, subjects: [u3] });
  return objects;
}

function askerOf(chance: Chance): Asker {
  const user = chance.one(USERS);
  return { user, groups: chance.below(3) === 0 ? chance.some(GROUPS, 0.4) : [] };
}

function questionsOf(chance: Chance): Question[] {
  return Array.from({ length: 400 }, () => {
    const asker = askerOf(chance);
    if (chance.below(6) === 0) {
      return { ...asker, nonResourceAttributes: { verb: chance.one(VERBS), path: chance.one(PATHS) } };
    }
    const [resource = '', subresource = ''] = chance.one(RESOURCES).split('/');
    const namespace = chance.one([...NAMESPACES, '']);
    const attributes = { verb: chance.one(VERBS), group: chance.one(API_GROUPS), resource, subresource, namespace };
    return { ...asker, resourceAttributes: { ...attributes, name: chance.one(NAMES) } };
  });
}

function grantsOf(chance: Chance): Grant[] {
  return Array.from({ length: 120 }, (_, index) => {
    const asker = askerOf(chance);
    const by = { user: asker.user, groups: [...asker.groups, 'decide:granters'] };
    const namespace = chance.one(NAMESPACES);
    const metadata = { name: `decide-try${index}` };
    const apiVersion = `${RBAC}/v1`;
    const plural = chance.one(['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const);
    if (plural === 'clusterroles') {
      const object = { apiVersion, kind: 'ClusterRole', metadata, rules: [ruleOf(chance), ruleOf(chance)] };
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
      const gathered = { apiVersion, kind: 'ClusterRole', metadata, rules: [], aggregationRule };
      return { ...by, plural, namespace: '', object: chance.below(6) === 0 ? gathered : object };
    }
    if (plural === 'roles') {
      const rules = [namespacedRule(chance)];
      return {
        ...by,
        plural,
        namespace,
        object: { apiVersion, kind: 'Role', metadata: { ...metadata, namespace }, rules },
      };
    }
    const isCluster = plural === 'clusterrolebindings';
    const isRole = !isCluster && chance.below(2) === 0;
    const name = isRole ? `decide-r${chance.below(7)}` : `decide-c${chance.below(9)}`;
    const roleRef = { apiGroup: RBAC, kind: isRole ? 'Role' : 'ClusterRole', name };
    const subjects = [{ apiGroup: RBAC, kind: 'User', name: 'somebody' }];
    const home = isCluster ? '' : namespace;
    const kind = isCluster ? 'ClusterRoleBinding' : 'RoleBinding';
    const where = isCluster ? metadata : { ...metadata, namespace };
    return { ...by, plural, namespace: home, object: { apiVersion, kind, metadata: where, roleRef, subjects } };
  });
}

const AUTHENTICATION = 'authentication.k8s.io';

function may(verb: string, resource: string, group = '', names: readonly string[] = []): JsonObject {
  const resourceNames = names.length === 0 ? {} : { resourceNames: names };
  return { apiGroups: [group], resources: [resource], verbs: [verb], ...resourceNames };
}

const LIST = may('list', 'configmaps');
const ON_USER = may('impersonate-on:user-info:list', 'configmaps');
const ON_ACCOUNT = may('impersonate-on:serviceaccount:list', 'configmaps');
const JANE = { 'impersonate-user': ['jane'] };
const OTHER = { 'impersonate-user': ['system:serviceaccount:decide-b:other'] };
const NODE = { 'impersonate-user': ['system:node:n1'] };

/** Each by an account of its own: the API server tries first what worked for an account before. */
export const IMPERSONATIONS: readonly Impersonation[] = [
  { rules: [], headers: JANE },
  { rules: [may('impersonate', 'users')], headers: JANE },
  { rules: [may('impersonate', 'users', '', ['bob'])], headers: JANE },
  { rules: [may('impersonate', 'users')], headers: { ...JANE, 'impersonate-group': ['team'] } },
  {
    rules: [may('impersonate', 'users'), may('impersonate', 'groups')],
    headers: { ...JANE, 'impersonate-group': ['team'] },
  },
  {
    rules: [may('impersonate', 'users'), may('impersonate', 'groups')],
    headers: { ...JANE, 'impersonate-group': ['system:masters'] },
  },
  { rules: [ON_USER], headers: JANE },
  { rules: [ON_USER, may('impersonate:user-info', 'users', AUTHENTICATION)], headers: JANE },
  {
    rules: [ON_USER, may('impersonate:user-info', '*', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-group': ['system:masters'] },
  },
  {
    rules: [ON_USER, may('impersonate:user-info', '*', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-group': ['a', 'b'] },
  },
  {
    rules: [ON_USER, may('impersonate:user-info', '*', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-extra-short': ['x'] },
  },
  {
    rules: [ON_USER, may('impersonate:user-info', '*', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-extra-a.io%2fk': ['x'] },
  },
  {
    rules: [ON_USER, may('impersonate:user-info', 'userextras/a.io/k', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-extra-a.io%2fk': ['x'] },
  },
  { rules: [may('impersonate', 'users')], headers: { ...JANE, 'impersonate-uid': ['7'] } },
  {
    rules: [may('impersonate', 'users'), may('impersonate', 'uids', AUTHENTICATION)],
    headers: { ...JANE, 'impersonate-uid': ['7'] },
  },
  { rules: [], headers: OTHER },
  { rules: [may('impersonate', 'serviceaccounts')], headers: OTHER },
  { rules: [ON_ACCOUNT], headers: OTHER },
  { rules: [ON_ACCOUNT, may('impersonate:serviceaccount', 'serviceaccounts', AUTHENTICATION)], headers: OTHER },
  { rules: [ON_ACCOUNT], headers: { ...OTHER, 'impersonate-group': ['a'] } },
  { rules: [], headers: NODE },
  { rules: [may('impersonate', 'users')], headers: NODE },
  {
    rules: [
      may('impersonate-on:arbitrary-node:list', 'configmaps'),
      may('impersonate:arbitrary-node', 'nodes', AUTHENTICATION),
    ],
    headers: NODE,
  },
  { rules: [LIST], headers: {} },
  { rules: [], headers: { 'impersonate-group': ['team'] } },
  { rules: [], headers: { 'impersonate-uid': ['7'], 'impersonate-extra-x': ['1', '2'] } },
].map((each, index) => ({ account: `imp${index}`, ...each }));
