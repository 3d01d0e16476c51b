/** What follows by itself, told to a server by its API: each story ends with what is left, in a form that two servers share. */
import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../../../src/kubernetes/json.ts';
import { type Api, itemsOf } from '../../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';

export interface Stage {
  readonly api: Api;
  /** A namespace of the story's own, whose name is the same on both servers. */
  readonly namespace: string;
}

export interface Story {
  readonly name: string;
  tell(stage: Stage): Promise<JsonValue>;
}

const SECONDS = 40;
const HOLD = ['example.com/hold'];

interface MapOptions {
  readonly owners?: readonly JsonObject[];
  readonly finalizers?: readonly string[];
}

async function createMap({ api, namespace }: Stage, name: string, options: MapOptions = {}): Promise<string> {
  const { owners = [], finalizers = [] } = options;
  const metadata = { name, ownerReferences: owners, finalizers };
  const made = await api.create(`/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
  });
  return stringAt(made, 'metadata', 'uid') ?? '';
}

function owner(name: string, uid: string, changes: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...changes };
}

async function deleteMap({ api, namespace }: Stage, name: string, propagationPolicy: string): Promise<void> {
  await api.delete(`/api/v1/namespaces/${namespace}/configmaps/${name}?propagationPolicy=${propagationPolicy}`);
}

async function letGo({ api, namespace }: Stage, name: string): Promise<void> {
  await api.patch(`/api/v1/namespaces/${namespace}/configmaps/${name}`, { metadata: { finalizers: null } });
}

/** Each ConfigMap of the story: its owners by name, its finalizers, whether it is going. */
async function maps({ api, namespace }: Stage): Promise<JsonObject> {
  const found: Record<string, JsonValue> = {};
  for (const item of itemsOf(await api.get(`/api/v1/namespaces/${namespace}/configmaps`))) {
    const name = stringAt(item, 'metadata', 'name') ?? '';
    if (name === 'kube-root-ca.crt') continue;
    const owners = arrayAt(item, 'metadata', 'ownerReferences').map((each) => stringAt(each, 'name') ?? '');
    const isGoing = stringAt(item, 'metadata', 'deletionTimestamp') !== undefined;
    found[name] = { owners, finalizers: arrayAt(item, 'metadata', 'finalizers'), isGoing };
  }
  return found;
}

/** Waits until the maps are these: a name alone, or with a `!` where it is going. */
async function left(stage: Stage, ...names: readonly string[]): Promise<JsonObject> {
  const wanted = JSON.stringify([...names].sort());
  let last: JsonObject = {};
  await until(`${stage.namespace} has ${wanted}`, { seconds: SECONDS }, async () => {
    last = await maps(stage);
    const titles = Object.entries(last).map(([name, map]) =>
      isObject(map) && map.isGoing === true ? `${name}!` : name,
    );
    return JSON.stringify(titles.sort()) === wanted;
  });
  return last;
}

async function events({ api, namespace }: Stage, home: string, uids: readonly string[]): Promise<JsonValue> {
  let found: string[] = [];
  await until('the Event is there', { seconds: SECONDS }, async () => {
    const items = itemsOf(await api.get(`/api/v1/namespaces/${home}/events`));
    found = items
      .filter((item) => uids.some((uid) => (stringAt(item, 'message') ?? '').includes(uid)))
      .map(
        (item) =>
          `${stringAt(item, 'type')} ${stringAt(item, 'reason')} ${stringAt(item, 'involvedObject', 'name')}: ${stringAt(item, 'message')}`,
      );
    return found.length > 0;
  });
  return [...new Set(found.map((line) => uids.reduce((text, uid) => text.replaceAll(uid, '<uid>'), line)))].map(
    (line) => line.replaceAll(namespace, '<namespace>'),
  );
}

const collected: readonly Story[] = [
  {
    name: 'background, from owner to owner',
    async tell(stage) {
      const top = await createMap(stage, 'top');
      const middle = await createMap(stage, 'middle', { owners: [owner('top', top)] });
      await createMap(stage, 'bottom', { owners: [owner('middle', middle)] });
      await createMap(stage, 'other');
      await deleteMap(stage, 'top', 'Background');
      return left(stage, 'other');
    },
  },
  {
    name: 'an owner that is not there, is another, or is elsewhere',
    async tell(stage) {
      const [elsewhere = ''] = await Promise.all([
        createMap({ ...stage, namespace: 'default' }, `${stage.namespace}-far`),
      ]);
      await createMap(stage, 'top');
      await createMap(stage, 'one', { owners: [owner('nobody', '11111111-0000-0000-0000-000000000000')] });
      await createMap(stage, 'two', { owners: [owner('top', '22222222-0000-0000-0000-000000000000')] });
      await createMap(stage, 'three', { owners: [owner(`${stage.namespace}-far`, elsewhere)] });
      const rest = await left(stage, 'top');
      const told = await events(stage, stage.namespace, [elsewhere]);
      await deleteMap({ ...stage, namespace: 'default' }, `${stage.namespace}-far`, 'Background');
      return { rest, told };
    },
  },
  {
    name: 'an owner in a namespace of what has none',
    async tell(stage) {
      const { api, namespace } = stage;
      const uid = await createMap(stage, 'top');
      const metadata = { name: `story-${namespace}`, ownerReferences: [owner('top', uid)] };
      const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
      await api.create(roles, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: [] });
      await createMap(stage, 'child', { owners: [owner('top', uid)] });
      await deleteMap(stage, 'top', 'Background');
      await left(stage);
      const { status } = await api.ask('GET', `${roles}/${metadata.name}`);
      await api.ask('DELETE', `${roles}/${metadata.name}`);
      return status;
    },
  },
  {
    name: 'one owner of two',
    async tell(stage) {
      const one = await createMap(stage, 'one');
      const two = await createMap(stage, 'two');
      await createMap(stage, 'child', { owners: [owner('one', one), owner('two', two)] });
      await deleteMap(stage, 'one', 'Background');
      await until('the child has one owner', { seconds: SECONDS }, async () => {
        const { child } = await maps(stage);
        return isObject(child) && arrayAt(child, 'owners').length === 1;
      });
      return left(stage, 'child', 'two');
    },
  },
  {
    name: 'foreground, with one that blocks and one that does not',
    async tell(stage) {
      const top = await createMap(stage, 'top');
      await createMap(stage, 'blocking', {
        owners: [owner('top', top, { blockOwnerDeletion: true })],
        finalizers: HOLD,
      });
      await createMap(stage, 'other', { owners: [owner('top', top)], finalizers: HOLD });
      await deleteMap(stage, 'top', 'Foreground');
      const before = await left(stage, 'blocking!', 'other!', 'top!');
      await letGo(stage, 'blocking');
      const after = await left(stage, 'other!');
      await letGo(stage, 'other');
      return { before, after, end: await left(stage) };
    },
  },
  {
    name: 'foreground, from owner to owner',
    async tell(stage) {
      const blocking = { blockOwnerDeletion: true };
      const top = await createMap(stage, 'top');
      const middle = await createMap(stage, 'middle', { owners: [owner('top', top, blocking)] });
      await createMap(stage, 'bottom', { owners: [owner('middle', middle, blocking)], finalizers: HOLD });
      await deleteMap(stage, 'top', 'Foreground');
      const before = await left(stage, 'bottom!', 'middle!', 'top!');
      await letGo(stage, 'bottom');
      return { before, end: await left(stage) };
    },
  },
  {
    name: 'foreground, where another owner stays',
    async tell(stage) {
      const top = await createMap(stage, 'top');
      const other = await createMap(stage, 'other');
      await createMap(stage, 'child', {
        owners: [owner('top', top, { blockOwnerDeletion: true }), owner('other', other)],
      });
      await deleteMap(stage, 'top', 'Foreground');
      return left(stage, 'child', 'other');
    },
  },
  {
    name: 'foreground, where two own each other',
    async tell(stage) {
      const { api, namespace } = stage;
      const blocking = { blockOwnerDeletion: true };
      const one = await createMap(stage, 'one');
      const two = await createMap(stage, 'two', { owners: [owner('one', one, blocking)] });
      const ownerReferences = [owner('two', two, blocking)];
      await api.patch(`/api/v1/namespaces/${namespace}/configmaps/one`, { metadata: { ownerReferences } });
      await deleteMap(stage, 'one', 'Foreground');
      return left(stage);
    },
  },
  {
    name: 'foreground, of one that owns nothing',
    async tell(stage) {
      await createMap(stage, 'top');
      await deleteMap(stage, 'top', 'Foreground');
      return left(stage);
    },
  },
  {
    name: 'orphans',
    async tell(stage) {
      const top = await createMap(stage, 'top');
      await createMap(stage, 'child', { owners: [owner('top', top)] });
      await deleteMap(stage, 'top', 'Orphan');
      return left(stage, 'child');
    },
  },
];

const others: readonly Story[] = [
  {
    name: 'a namespace that is held, and ends',
    async tell(stage) {
      const { api, namespace } = stage;
      await createMap(stage, 'held', { finalizers: HOLD });
      await createMap(stage, 'free');
      await api.delete(`/api/v1/namespaces/${namespace}`);
      let state: JsonValue = null;
      await until('its conditions are told', { seconds: SECONDS }, async () => {
        state = await api.get(`/api/v1/namespaces/${namespace}`);
        const conditions = arrayAt(state, 'status', 'conditions').filter(isObject);
        return conditions.some(({ type, status }) => type === 'NamespaceFinalizersRemaining' && status === 'True');
      });
      const conditions = arrayAt(state, 'status', 'conditions')
        .filter(isObject)
        .map(
          ({ type, status, reason, message }) =>
            `${String(type)} ${String(status)} ${String(reason)}: ${String(message)}`,
        );
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } };
      const late = await api.ask('POST', `/api/v1/namespaces/${namespace}/configmaps`, map);
      const content = await left(stage, 'held!');
      await letGo(stage, 'held');
      await until('the namespace is gone', { seconds: SECONDS }, async () => {
        return (await api.ask('GET', `/api/v1/namespaces/${namespace}`)).status === 404;
      });
      const phase = stringAt(state, 'status', 'phase') ?? '';
      return { conditions: conditions.sort(), phase, content, late: stringAt(late.body, 'message') ?? '' };
    },
  },
  {
    name: 'what every namespace has comes back',
    async tell({ api, namespace }) {
      const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      const ca = `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`;
      const there = async (path: string): Promise<JsonValue> => {
        let found: JsonValue = null;
        await until(`${path} is there`, { seconds: SECONDS }, async () => {
          const answer = await api.ask('GET', path);
          found = answer.body;
          return answer.status === 200;
        });
        return found;
      };
      const before = stringAt(await there(account), 'metadata', 'uid');
      const data = stringAt(await there(ca), 'data', 'ca.crt');
      await api.delete(account);
      await api.patch(ca, { data: { 'ca.crt': 'another' } });
      const after = stringAt(await there(account), 'metadata', 'uid');
      await until(
        'the CA is back',
        { seconds: SECONDS },
        async () => stringAt(await there(ca), 'data', 'ca.crt') === data,
      );
      return { isNew: before !== after };
    },
  },
  {
    name: 'a gathered role',
    async tell({ api, namespace }) {
      const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
      const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
      const label = { [`story/${namespace}`]: 'yes' };
      const rule = (resource: string): JsonObject => ({
        apiGroups: ['example.com'],
        resources: [resource],
        verbs: ['get'],
      });
      const parts: [string, JsonObject[]][] = [
        ['b', [rule('two'), rule('one')]],
        ['a', [rule('one'), rule('three')]],
      ];
      const name = `story-${namespace}`;
      const selector = { matchLabels: label };
      await api.create(roles, {
        ...kind,
        metadata: { name },
        aggregationRule: { clusterRoleSelectors: [selector] },
        rules: [],
      });
      for (const [part, rules] of parts) {
        await api.create(roles, { ...kind, metadata: { name: `${name}-${part}`, labels: label }, rules });
      }
      let rules: readonly JsonValue[] = [];
      await until('it has three rules', { seconds: SECONDS }, async () => {
        rules = arrayAt(await api.get(`${roles}/${name}`), 'rules');
        return rules.length === 3;
      });
      for (const each of [name, `${name}-a`, `${name}-b`]) await api.ask('DELETE', `${roles}/${each}`);
      return rules.map((each) => stringAt(each, 'resources', 0) ?? '');
    },
  },
];

export const STORIES: readonly Story[] = [...collected, ...others];
