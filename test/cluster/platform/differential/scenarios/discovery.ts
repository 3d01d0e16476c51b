/** What clients learn of a server before they ask for anything. */
import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../../src/kubernetes/json.ts';
import { get, type Scenario } from '../scenario.ts';

const CORE = '/api/v1';
const GROUPS = [
  'admissionregistration.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'apps/v1',
  'authentication.k8s.io/v1',
  'authorization.k8s.io/v1',
  'autoscaling/v2',
  'batch/v1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'networking.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
];
/** Resources of these groups that docs/platform.md says are not there. */
const LEFT_OUT = [
  'componentstatuses',
  'csidrivers',
  'csinodes',
  'csistoragecapacities',
  'ipaddresses',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'servicecidrs',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'volumeattachments',
  'volumeattributesclasses',
];

const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

export const discovery: readonly Scenario[] = [
  {
    name: 'discovery of each group',
    steps: [CORE, ...GROUPS.map((group) => `/apis/${group}`)].map((path) => get(path, { only: withoutLeftOut })),
  },
  {
    name: 'groups one by one',
    steps: GROUPS.map((group) => get(`/apis/${group.slice(0, group.indexOf('/'))}`, { only: preferred })),
  },
  {
    name: 'discovery all at once',
    steps: [
      get('/api', { headers: AGGREGATED, only: withoutLeftOutOfAll }),
      get('/apis', { headers: AGGREGATED, only: withoutLeftOutOfAll }),
      get('/apis', { only: groupNames }),
    ],
  },
  {
    name: 'OpenAPI',
    steps: [
      get('/openapi/v3', {
        only: documents,
        differs: 'the index of OpenAPI says of itself that it is JSON, and Kubernetes that it is plain text',
      }),
      get('/openapi/v3/apis/nope/v1'),
      get('/openapi/v3/api/v1', { only: configMapProperties }),
      get('/openapi/v3/apis/coordination.k8s.io/v1', { only: pathsOf }),
    ],
  },
];

function isServed(name: string): boolean {
  return !LEFT_OUT.some((left) => name === left || name.startsWith(`${left}/`));
}

/** The resources by their names: the order says nothing. */
function withoutLeftOut(body: JsonValue): JsonValue {
  const { resources: _, ...rest } = objectAt(body) ?? {};
  const resources = arrayAt(body, 'resources').filter((each) => isServed(stringAt(each, 'name') ?? ''));
  return { ...rest, resources: byName(resources, 'name') };
}

function byName(list: readonly JsonValue[], key: string): JsonObject {
  return Object.fromEntries(list.map((each) => [stringAt(each, key) ?? '', each]));
}

/** The versions that both serve. */
function preferred(body: JsonValue): JsonValue {
  return { kind: stringAt(body, 'kind') ?? '', preferred: objectAt(body, 'preferredVersion') ?? null };
}

function groupNames(body: JsonValue): JsonValue {
  const wanted = new Set(GROUPS.map((group) => group.slice(0, group.indexOf('/'))));
  const names = arrayAt(body, 'groups').map((group) => stringAt(group, 'name') ?? '');
  return names.filter((name) => wanted.has(name));
}

function withoutLeftOutOfAll(body: JsonValue): JsonValue {
  const entries: [string, JsonObject][] = [];
  for (const group of arrayAt(body, 'items')) {
    for (const version of arrayAt(group, 'versions')) {
      const name = `${stringAt(group, 'metadata', 'name') ?? ''}/${stringAt(version, 'version') ?? ''}`;
      if (name !== '/v1' && !GROUPS.includes(name)) continue;
      const resources = arrayAt(version, 'resources').filter((each) => isServed(stringAt(each, 'resource') ?? ''));
      entries.push([name, byName(resources, 'resource')]);
    }
  }
  return Object.fromEntries(entries);
}

function documents(body: JsonValue): JsonValue {
  const wanted = new Set(['api/v1', ...GROUPS.map((group) => `apis/${group}`)]);
  return Object.keys(objectAt(body, 'paths') ?? {})
    .filter((path) => wanted.has(path))
    .sort();
}

function configMapProperties(body: JsonValue): JsonValue {
  return objectAt(body, 'components', 'schemas', 'io.k8s.api.core.v1.ConfigMap') ?? null;
}

function pathsOf(body: JsonValue): JsonValue {
  // the paths for watches have been deprecated since 1.11
  const paths = Object.entries(objectAt(body, 'paths') ?? {}).filter(
    ([path]) => path.includes('/leases') && !path.includes('/watch/'),
  );
  return Object.fromEntries(paths.map(([path, item]) => [path, verbsOf(item)]));
}

function verbsOf(item: JsonValue | undefined): string[] {
  return Object.keys(objectAt(item) ?? {})
    .filter((key) => key !== 'parameters')
    .sort();
}
