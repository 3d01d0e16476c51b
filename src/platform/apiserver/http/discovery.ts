/**
 * What is served, as clients discover it: groups, versions and their resources, each for itself or all at once
 * (k8s.io/apiserver pkg/endpoints/discovery, aggregated discovery: KEP 3352).
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { byPreference } from '../resources/custom/versions.ts';
import type { Resource } from '../resources/resource.ts';

/** Groups of Kubernetes' own in the order of their priority; others follow by name. */
const GROUP_ORDER = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
];

/** What is answered for a subresource, and what can be done with it. */
interface Subresource {
  readonly name: string;
  /** Of the resource itself where there is none. */
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly verbs: readonly string[];
}

const READ_AND_WRITE = ['get', 'patch', 'update'];
const SCALE: Subresource = { name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: READ_AND_WRITE };
const CONNECT = ['create', 'get'];
const PROXY = ['create', 'delete', 'get', 'patch', 'update'];
const SUBRESOURCES: Readonly<Record<string, Omit<Subresource, 'name'>>> = {
  attach: { kind: 'PodAttachOptions', verbs: CONNECT },
  exec: { kind: 'PodExecOptions', verbs: CONNECT },
  log: { verbs: ['get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: CONNECT },
  binding: { kind: 'Binding', verbs: ['create'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  finalize: { verbs: ['update'] },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
};

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly Resource[];
}

/** All versions of all groups that something is served in, in the order in which clients shall prefer them. */
export function groupVersions(resources: readonly Resource[]): GroupVersion[] {
  const found = new Map<string, { group: string; version: string; resources: Resource[] }>();
  for (const resource of resources) {
    const key = `${resource.group}/${resource.version}`;
    const { group, version } = resource;
    const known = found.get(key) ?? { group, version, resources: [] };
    known.resources.push(resource);
    found.set(key, known);
  }
  return [...found.values()]
    .map((each) => ({ ...each, resources: each.resources.sort((a, b) => byText(a.plural, b.plural)) }))
    .sort((a, b) => byGroup(a.group, b.group) || byPreference(a.version, b.version));
}

function byGroup(left: string, right: string): number {
  const place = (group: string) => (GROUP_ORDER.includes(group) ? GROUP_ORDER.indexOf(group) : GROUP_ORDER.length);
  return place(left) - place(right) || byText(left, right);
}

function byText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** `/api`. @param address of this server, `127.0.0.1:6443` */
export function legacyVersions(address: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** `/apis`. */
export function groupList(all: readonly GroupVersion[]): JsonObject {
  const groups = [...new Set(all.map(({ group }) => group))].filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupOf(group, all)) };
}

/** `/apis/apps`, undefined where nothing is served. */
export function oneGroup(group: string, all: readonly GroupVersion[]): JsonObject | undefined {
  if (!all.some((each) => each.group === group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, all) };
}

function groupOf(group: string, all: readonly GroupVersion[]): JsonObject {
  const versions = all
    .filter((each) => each.group === group)
    .map(({ version }) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, ...(versions[0] !== undefined && { preferredVersion: versions[0] }) };
}

/** `/api/v1`, `/apis/apps/v1`. */
export function resourceList({ group, version, resources }: GroupVersion): JsonObject {
  return {
    kind: 'APIResourceList',
    // the oldest of all says no version of its own
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: resources.flatMap((resource) => [
      entryOf(resource),
      ...subresourcesOf(resource).map((subresource) => subEntryOf(resource, subresource)),
    ]),
  };
}

function entryOf(resource: Resource): JsonObject {
  const { plural, singular, isNamespaced, kind, verbs, shortNames, categories } = resource;
  return {
    name: plural,
    singularName: singular,
    namespaced: isNamespaced,
    kind,
    verbs: verbsOf(verbs, resource),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(verbs.includes('get') && { storageVersionHash: storageVersionHash(resource) }),
  };
}

function subEntryOf({ plural, isNamespaced, kind }: Resource, subresource: Subresource): JsonObject {
  const { name, group, version } = subresource;
  return {
    name: `${plural}/${name}`,
    singularName: '',
    namespaced: isNamespaced,
    ...(group !== undefined && { group }),
    ...(version !== undefined && { version }),
    kind: subresource.kind ?? kind,
    verbs: subresource.verbs,
  };
}

/** The order of a custom resource's verbs is another one in Kubernetes. */
function verbsOf(verbs: readonly string[], { isCustom }: Resource): readonly string[] {
  if (!isCustom) return verbs;
  const order = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
  return order.filter((verb) => verbs.includes(verb));
}

function subresourcesOf(resource: Resource): Subresource[] {
  const status = { name: 'status', verbs: READ_AND_WRITE };
  const all: Subresource[] = [
    ...(resource.hasStatus ? [status] : []),
    ...(resource.scale === undefined ? [] : [SCALE]),
    ...resource.subresources.map((name) => namedSubresource(name, resource)),
  ];
  return resource.isCustom ? all : all.sort((left, right) => byText(left.name, right.name));
}

function namedSubresource(name: string, { kind }: Resource): Subresource {
  if (name === 'proxy') return { name, kind: `${kind}ProxyOptions`, verbs: PROXY };
  return { name, ...(SUBRESOURCES[name] ?? { verbs: READ_AND_WRITE }) };
}

/** Kinds that Kubernetes stores in another version, or as that of another group. */
const STORED_AS: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'apiextensions.k8s.io/v1beta1/CustomResourceDefinition',
  'events.k8s.io/v1/Event': '/v1/Event',
};

/** Clients compare it to learn that objects are stored in another version: the start of a hash of its name. */
function storageVersionHash({ group, storageVersion, kind }: Resource): string {
  const usual = `${group}/${storageVersion}/${kind}`;
  const name = STORED_AS[usual] ?? usual;
  return createHash('sha256').update(name).digest().subarray(0, 8).toString('base64');
}

/** Aggregated discovery: of the core group alone (`/api`), or of all the others (`/apis`). */
export function aggregated(all: readonly GroupVersion[], which: 'core' | 'others'): JsonObject {
  const wanted = all.filter(({ group }) => (group === '') === (which === 'core'));
  const groups = [...new Set(wanted.map(({ group }) => group))];
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: wanted
        .filter((each) => each.group === group)
        .map(({ version, resources }) => ({
          version,
          resources: resources.map(discoveredOf),
          freshness: 'Current',
        })),
    })),
  };
}

function discoveredOf(resource: Resource): JsonObject {
  const { plural, singular, isNamespaced, verbs, shortNames, categories, kind } = resource;
  const subresources = subresourcesOf(resource);
  return {
    resource: plural,
    responseKind: responseKind(resource, { kind }),
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(verbs, resource),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((subresource) => ({
        subresource: subresource.name,
        responseKind: responseKind(resource, subresource),
        verbs: subresource.verbs,
      })),
    }),
  };
}

/** Of built-in kinds, Kubernetes leaves group and version empty where they are those of the resource. */
function responseKind(resource: Resource, answered: Pick<Subresource, 'group' | 'version' | 'kind'>): JsonObject {
  const { isCustom, group, version, kind } = resource;
  return {
    group: answered.group ?? (isCustom ? group : ''),
    version: answered.version ?? (isCustom ? version : ''),
    kind: answered.kind ?? kind,
  };
}
