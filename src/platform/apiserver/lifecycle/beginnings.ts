/** What a cluster begins with: four namespaces, the Service `kubernetes`, and the roles that everybody counts on. */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { bootstrapPolicy } from '../auth/bootstrap/policy.ts';
import { missingRights } from '../auth/rbac/covers.ts';
import { type PolicyRule, rulesOf } from '../auth/rbac/rule.ts';
import { Failure } from '../status/failure.ts';
import type { Key, Reader } from '../store/store.ts';
import { APISERVER, type Writes } from './writes.ts';

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

export interface Beginnings {
  readonly reader: Reader;
  readonly writes: Writes;
  /** Where this API server listens. */
  readonly port: number;
}

/** Makes what is missing. Roles that were changed get back what they should grant, and keep what else they grant. */
export async function ensureBeginnings({ reader, writes, port }: Beginnings): Promise<void> {
  // side by side: the disk takes them together
  await Promise.all(
    NAMESPACES.map((name) => {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      return ensure(reader, writes, 'namespaces', namespace);
    }),
  );
  await Promise.all([
    ensure(reader, writes, 'services', kubernetesService(port)),
    ...bootstrapPolicy().map((object) => ensurePolicy(reader, writes, object)),
  ]);
}

async function ensure(reader: Reader, writes: Writes, resource: string, object: JsonObject): Promise<void> {
  const key = keyOf(resource, object);
  if (reader.get(key) !== undefined) return;
  try {
    await writes.create(APISERVER, key, object);
  } catch (error) {
    if (!(error instanceof Failure && error.reason === 'AlreadyExists')) throw error;
  }
}

async function ensurePolicy(reader: Reader, writes: Writes, wanted: JsonObject): Promise<void> {
  const isRole = wanted.kind === 'ClusterRole';
  const resource = `${isRole ? 'clusterroles' : 'clusterrolebindings'}.rbac.authorization.k8s.io`;
  const key = keyOf(resource, wanted);
  const present = reader.get(key)?.object();
  if (present === undefined) return ensure(reader, writes, resource, wanted);
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

function keyOf(resource: string, object: JsonObject): Key {
  const metadata = objectAt(object, 'metadata');
  return { resource, namespace: stringAt(metadata, 'namespace') ?? '', name: stringAt(metadata, 'name') ?? '' };
}
