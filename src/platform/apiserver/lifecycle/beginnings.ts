/** What a cluster begins with: four namespaces, the Service `kubernetes`, and the roles that everybody counts on. */

import type { Clock } from '../../../kubernetes/clock.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { bootstrapPolicy } from '../auth/bootstrap/policy.ts';
import { missingRights } from '../auth/rbac/covers.ts';
import { type PolicyRule, rulesOf } from '../auth/rbac/rule.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Key, Reader, WatchEvent } from '../store/store.ts';
import { APISERVER, type Writes } from './writes.ts';

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
/** The disk takes writes together. */
const WORKERS = 100;
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

export interface BeginningsOptions {
  readonly reader: Reader;
  readonly writes: Writes;
  readonly clock: Clock;
  /** Where this API server listens. */
  readonly port: number;
  readonly failed: (what: string, error: unknown) => void;
}

export interface Beginnings {
  /** Resolves when all has been tried once: a webhook that refuses must not keep the API server from its start. */
  ensure(): Promise<void>;
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

/**
 * Makes what is missing. Roles that were changed get back what they should grant, and keep what else they grant.
 * Namespaces and the Service come back when somebody deletes them, roles with the next start, as on a cluster.
 */
export function beginnings({ reader, writes, clock, port, failed }: BeginningsOptions): Beginnings {
  const namespaces = NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const standing = [...namespaces, kubernetesService(port)];
  const wanted = new Map([...standing, ...bootstrapPolicy()].map((object) => [idOf(keyOf(object)), object]));
  const queue = workQueue({
    clock,
    workers: WORKERS,
    failed,
    async work(id) {
      const object = wanted.get(id);
      if (object === undefined) return undefined;
      if (object.kind === 'ClusterRole' || object.kind === 'ClusterRoleBinding') {
        await ensurePolicy(reader, writes, object);
      } else await ensureThere(reader, writes, object);
      return undefined;
    },
  });

  return {
    async ensure() {
      for (const namespace of namespaces) queue.add(idOf(keyOf(namespace)));
      await queue.idle();
      for (const id of wanted.keys()) queue.add(id);
      await queue.idle();
    },
    take({ type, stored }) {
      if (type === 'DELETED' && standing.some((object) => idOf(keyOf(object)) === idOf(stored.key))) {
        queue.add(idOf(stored.key));
      }
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

async function ensureThere(reader: Reader, writes: Writes, object: JsonObject): Promise<void> {
  const key = keyOf(object);
  if (reader.get(key) !== undefined) return;
  try {
    await writes.create(APISERVER, key, object);
  } catch (error) {
    if (!(error instanceof Failure && error.reason === 'AlreadyExists')) throw error;
  }
}

async function ensurePolicy(reader: Reader, writes: Writes, wanted: JsonObject): Promise<void> {
  const isRole = wanted.kind === 'ClusterRole';
  const key = keyOf(wanted);
  const present = reader.get(key)?.object();
  if (present === undefined) return ensureThere(reader, writes, wanted);
  if (stringAt(present, 'metadata', 'annotations', AUTOUPDATE) === 'false') return;

  const changed = isRole ? withRules(present, wanted) : withSubjects(present, wanted);
  if (changed !== undefined) await writes.update(APISERVER, key, changed, '');
}

function withRules(present: JsonObject, wanted: JsonObject): JsonObject | undefined {
  if (isObject(wanted.aggregationRule)) return undefined; // gathered
  const missing = missingRights(rulesOf(present), rulesOf(wanted)).map(jsonOf);
  return missing.length === 0 ? undefined : { ...present, rules: [...arrayAt(present, 'rules'), ...missing] };
}

function withSubjects(present: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const subjects = arrayAt(present, 'subjects');
  const id = (subject: unknown): string =>
    isObject(subject) ? [subject.kind, subject.namespace ?? '', subject.name].join('/') : '';
  const known = new Set(subjects.map(id));
  const missing = arrayAt(wanted, 'subjects').filter((subject) => !known.has(id(subject)));
  return missing.length === 0 ? undefined : { ...present, subjects: [...subjects, ...missing] };
}

function jsonOf(rule: PolicyRule): JsonObject {
  return Object.fromEntries(Object.entries(rule).filter(([, list]) => list.length > 0));
}

/** By which clients inside of a cluster find the API server; here it leads nowhere, and is there for those who look. */
function kubernetesService(port: number): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  };
}

const RESOURCES: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  Service: 'services',
  ClusterRole: 'clusterroles.rbac.authorization.k8s.io',
  ClusterRoleBinding: 'clusterrolebindings.rbac.authorization.k8s.io',
};

function keyOf(object: JsonObject): Key {
  const metadata = objectAt(object, 'metadata');
  const resource = RESOURCES[stringAt(object, 'kind') ?? ''] ?? '';
  return { resource, namespace: stringAt(metadata, 'namespace') ?? '', name: stringAt(metadata, 'name') ?? '' };
}

function idOf({ resource, namespace, name }: Key): string {
  return `${resource} ${namespace === '' ? name : `${namespace}/${name}`}`;
}
