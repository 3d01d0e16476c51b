/** Tables of the core group, but for pods and nodes. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import {
  AGE,
  ageOf,
  CONTAINERS,
  containersOf,
  count,
  labels,
  NAME,
  type Printer,
  text,
  textAt,
  wide,
} from './column.ts';
import { since } from './duration.ts';

const configMaps: Printer = {
  columns: [NAME, text('Data'), AGE],
  cells: (object, now) => [nameOf(object), sizeOf(object, 'data') + sizeOf(object, 'binaryData'), ageOf(object, now)],
};

const secrets: Printer = {
  columns: [NAME, text('Type'), text('Data'), AGE],
  cells: (object, now) => [nameOf(object), textAt(object, 'type'), sizeOf(object, 'data'), ageOf(object, now)],
};

function sizeOf(object: JsonObject, field: string): number {
  return Object.keys(objectAt(object, field) ?? {}).length;
}

const services: Printer = {
  columns: [NAME, text('Type'), text('Cluster-IP'), text('External-IP'), text('Port(s)'), AGE, wide('Selector')],
  cells: (object, now) => [
    nameOf(object),
    textAt(object, 'spec', 'type'),
    stringAt(object, 'spec', 'clusterIPs', 0) ?? '<none>',
    externalAddress(object),
    portsOf(object) || '<none>',
    ageOf(object, now),
    labels(objectAt(object, 'spec', 'selector')),
  ],
};

function externalAddress(service: JsonObject): string {
  const own = arrayAt(service, 'spec', 'externalIPs').map(String);
  switch (textAt(service, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>';
    case 'LoadBalancer':
      return [...balancerAddresses(service), ...own].join(',') || '<pending>';
    case 'ExternalName':
      return textAt(service, 'spec', 'externalName');
    default:
      return '<unknown>';
  }
}

/** Addresses that a load balancer gave a Service or an Ingress. */
export function balancerAddresses(object: JsonObject): string[] {
  const all = arrayAt(object, 'status', 'loadBalancer', 'ingress')
    .filter(isObject)
    .flatMap(({ ip, hostname }) => {
      const address = ip || hostname;
      return typeof address === 'string' && address !== '' ? [address] : [];
    });
  return [...new Set(all)].sort();
}

function portsOf(service: JsonObject): string {
  return arrayAt(service, 'spec', 'ports')
    .filter(isObject)
    .map((port) => {
      const nodePort = numberAt(port, 'nodePort') ?? 0;
      const opened = nodePort > 0 ? `:${nodePort}` : '';
      return `${numberAt(port, 'port') ?? 0}${opened}/${stringAt(port, 'protocol') ?? ''}`;
    })
    .join(',');
}

const MOST_ENDPOINTS = 3;

const endpoints: Printer = {
  columns: [NAME, text('Endpoints'), AGE],
  cells: (object, now) => [nameOf(object), endpointsOf(object), ageOf(object, now)],
};

function endpointsOf(object: JsonObject): string {
  const subsets = arrayAt(object, 'subsets').filter(isObject);
  if (subsets.length === 0) return '<none>';
  const all: string[] = [];
  for (const subset of subsets) {
    const addresses = arrayAt(subset, 'addresses').filter(isObject);
    const ports = arrayAt(subset, 'ports').filter(isObject);
    if (ports.length === 0) all.push(...addresses.map((address) => textAt(address, 'ip')));
    for (const port of ports)
      all.push(...addresses.map((address) => withPort(textAt(address, 'ip'), count(port, 'port'))));
  }
  const shown = all.slice(0, MOST_ENDPOINTS).join(',');
  return all.length > MOST_ENDPOINTS ? `${shown} + ${all.length - MOST_ENDPOINTS} more...` : shown;
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const events: Printer = {
  columns: [
    text('Last Seen'),
    text('Type'),
    text('Reason'),
    text('Object'),
    wide('Subobject'),
    wide('Source'),
    text('Message'),
    wide('First Seen'),
    wide('Count'),
    { name: 'Name', priority: 1, format: 'name' },
  ],
  cells(event, now) {
    const first = since(event.firstTimestamp ?? event.eventTime, now);
    const series = objectAt(event, 'series');
    const last = series === undefined ? event.lastTimestamp : series.lastObservedTime;
    const kind = textAt(event, 'involvedObject', 'kind').toLowerCase();
    const name = textAt(event, 'involvedObject', 'name');
    return [
      series === undefined && (last ?? null) === null ? first : since(last, now),
      textAt(event, 'type'),
      textAt(event, 'reason'),
      name === '' ? kind : `${kind}/${name}`,
      textAt(event, 'involvedObject', 'fieldPath'),
      sourceOf(event),
      textAt(event, 'message').trim(),
      first,
      series === undefined ? count(event, 'count') || 1 : count(series, 'count'),
      nameOf(event),
    ];
  },
};

function sourceOf(event: JsonObject): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
  const instance = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance');
  return instance === '' ? component : `${component}, ${instance}`;
}

const namespaces: Printer = {
  columns: [NAME, text('Status'), AGE],
  cells: (object, now) => [nameOf(object), textAt(object, 'status', 'phase'), ageOf(object, now)],
};

const serviceAccounts: Printer = { columns: [NAME, AGE], cells: (object, now) => [nameOf(object), ageOf(object, now)] };

const resourceQuotas: Printer = {
  columns: [NAME, text('Request'), text('Limit'), AGE],
  cells(object, now) {
    const hard = objectAt(object, 'status', 'hard') ?? {};
    const used = objectAt(object, 'status', 'used') ?? {};
    const names = Object.keys(hard).sort();
    const shown = (isLimit: boolean) =>
      names
        .filter((name) => name.startsWith('limits.') === isLimit)
        .map((name) => `${name}: ${String(used[name] ?? 0)}/${String(hard[name])}`)
        .join(', ');
    return [nameOf(object), shown(false), shown(true), ageOf(object, now)];
  },
};

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** In the order in which Kubernetes names them. */
function modesOf(modes: readonly unknown[]): string {
  return Object.entries(MODES)
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

function phaseOf(object: JsonObject): string {
  const isLeaving = stringAt(object, 'metadata', 'deletionTimestamp') !== undefined;
  return isLeaving ? 'Terminating' : textAt(object, 'status', 'phase');
}

const persistentVolumeClaims: Printer = {
  columns: [
    NAME,
    text('Status'),
    text('Volume'),
    text('Capacity'),
    text('Access Modes'),
    text('StorageClass'),
    text('VolumeAttributesClass'),
    AGE,
    wide('VolumeMode'),
  ],
  cells(object, now) {
    const volume = textAt(object, 'spec', 'volumeName');
    return [
      nameOf(object),
      phaseOf(object),
      volume,
      volume === '' ? '' : (stringAt(object, 'status', 'capacity', 'storage') ?? '0'),
      volume === '' ? '' : modesOf(arrayAt(object, 'status', 'accessModes')),
      textAt(object, 'spec', 'storageClassName'),
      stringAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
      ageOf(object, now),
      stringAt(object, 'spec', 'volumeMode') ?? '<unset>',
    ];
  },
};

const persistentVolumes: Printer = {
  columns: [
    NAME,
    text('Capacity'),
    text('Access Modes'),
    text('Reclaim Policy'),
    text('Status'),
    text('Claim'),
    text('StorageClass'),
    text('VolumeAttributesClass'),
    text('Reason'),
    AGE,
    wide('VolumeMode'),
  ],
  cells(object, now) {
    const claim = objectAt(object, 'spec', 'claimRef');
    return [
      nameOf(object),
      stringAt(object, 'spec', 'capacity', 'storage') ?? '0',
      modesOf(arrayAt(object, 'spec', 'accessModes')),
      textAt(object, 'spec', 'persistentVolumeReclaimPolicy'),
      phaseOf(object),
      claim === undefined ? '' : `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}`,
      textAt(object, 'spec', 'storageClassName'),
      stringAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
      textAt(object, 'status', 'reason'),
      ageOf(object, now),
      stringAt(object, 'spec', 'volumeMode') ?? '<unset>',
    ];
  },
};

const podTemplates: Printer = {
  columns: [NAME, ...CONTAINERS.map(({ name }) => text(name)), text('Pod Labels')],
  cells: (object) => [
    nameOf(object),
    ...containersOf(objectAt(object, 'template')),
    labels(objectAt(object, 'template', 'metadata', 'labels')),
  ],
};

export const CORE_TABLES: Readonly<Record<string, Printer>> = {
  configmaps: configMaps,
  endpoints,
  events,
  namespaces,
  persistentvolumeclaims: persistentVolumeClaims,
  persistentvolumes: persistentVolumes,
  podtemplates: podTemplates,
  resourcequotas: resourceQuotas,
  secrets,
  serviceaccounts: serviceAccounts,
  services,
};
