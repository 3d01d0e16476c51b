/** Tables of what governs a cluster. Roles and definitions are printed with their name alone. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { AGE, ageOf, count, integer, NAME, type Printer, selectorOrNone, text, textAt, wide } from './column.ts';
import { balancerAddresses } from './core.ts';

const webhooks: Printer = {
  columns: [NAME, integer('Webhooks'), AGE],
  cells: (object, now) => [nameOf(object), arrayAt(object, 'webhooks').length, ageOf(object, now)],
};

const bindings: Printer = {
  columns: [NAME, text('Role'), AGE, wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  cells(object, now) {
    const subjects = arrayAt(object, 'subjects').filter(isObject);
    const named = (kind: string, name: (subject: JsonObject) => string) =>
      subjects
        .filter((subject) => subject.kind === kind)
        .map(name)
        .join(', ');
    const account = (subject: JsonObject) => `${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`;
    return [
      nameOf(object),
      `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`,
      ageOf(object, now),
      named('User', (subject) => textAt(subject, 'name')),
      named('Group', (subject) => textAt(subject, 'name')),
      named('ServiceAccount', (subject) =>
        textAt(subject, 'namespace') === '' ? textAt(subject, 'name') : account(subject),
      ),
    ];
  },
};

const networkPolicies: Printer = {
  columns: [NAME, text('Pod-Selector'), AGE],
  cells: (object, now) => [nameOf(object), selectorOrNone(objectAt(object, 'spec', 'podSelector')), ageOf(object, now)],
};

const MOST_HOSTS = 3;

const ingresses: Printer = {
  columns: [NAME, text('Class'), text('Hosts'), text('Address'), text('Ports'), AGE],
  cells: (object, now) => [
    nameOf(object),
    stringAt(object, 'spec', 'ingressClassName') ?? '<none>',
    hostsOf(object),
    balancerAddresses(object).join(','),
    arrayAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
    ageOf(object, now),
  ],
};

function hostsOf(ingress: JsonObject): string {
  const rules = arrayAt(ingress, 'spec', 'rules').filter(isObject);
  const hosts = rules.map((rule) => textAt(rule, 'host')).filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, MOST_HOSTS).join(',');
  return hosts.length > MOST_HOSTS ? `${shown} + ${rules.length - MOST_HOSTS} more...` : shown;
}

const ingressClasses: Printer = {
  columns: [NAME, text('Controller'), text('Parameters'), AGE],
  cells(object, now) {
    const parameters = objectAt(object, 'spec', 'parameters');
    const group = stringAt(parameters, 'apiGroup');
    const kind = `${stringAt(parameters, 'kind') ?? ''}${group === undefined ? '' : `.${group}`}`;
    return [
      withDefault(object, 'ingressclass.kubernetes.io/is-default-class'),
      textAt(object, 'spec', 'controller'),
      parameters === undefined ? '<none>' : `${kind}/${textAt(parameters, 'name')}`,
      ageOf(object, now),
    ];
  },
};

function withDefault(object: JsonObject, ...annotations: readonly string[]): string {
  const isDefault = annotations.some((name) => stringAt(object, 'metadata', 'annotations', name) === 'true');
  return isDefault ? `${nameOf(object)} (default)` : nameOf(object);
}

const leases: Printer = {
  columns: [NAME, text('Holder'), AGE],
  cells: (object, now) => [nameOf(object), textAt(object, 'spec', 'holderIdentity'), ageOf(object, now)],
};

const MOST_ENDPOINTS = 3;

const endpointSlices: Printer = {
  columns: [NAME, text('AddressType'), text('Ports'), text('Endpoints'), AGE],
  cells(object, now) {
    const ports = arrayAt(object, 'ports')
      .filter(isObject)
      .map((port) => String(numberAt(port, 'port') ?? stringAt(port, 'name') ?? '*'));
    const addresses = arrayAt(object, 'endpoints').flatMap((endpoint) => arrayAt(endpoint, 'addresses').map(String));
    return [nameOf(object), textAt(object, 'addressType'), some(ports), some(addresses), ageOf(object, now)];
  },
};

function some(list: readonly string[]): string {
  const shown = list.slice(0, MOST_ENDPOINTS).join(',');
  if (list.length > MOST_ENDPOINTS) return `${shown} + ${list.length - MOST_ENDPOINTS} more...`;
  return shown || '<unset>';
}

const priorityClasses: Printer = {
  columns: [NAME, integer('Value'), { name: 'Global-Default', type: 'boolean' }, AGE, text('PreemptionPolicy')],
  cells: (object, now) => [
    nameOf(object),
    count(object, 'value'),
    object.globalDefault === true,
    ageOf(object, now),
    textAt(object, 'preemptionPolicy'),
  ],
};

const storageClasses: Printer = {
  columns: [
    NAME,
    text('Provisioner'),
    text('ReclaimPolicy'),
    text('VolumeBindingMode'),
    text('AllowVolumeExpansion'),
    AGE,
  ],
  cells: (object, now) => [
    withDefault(
      object,
      'storageclass.kubernetes.io/is-default-class',
      'storageclass.beta.kubernetes.io/is-default-class',
    ),
    textAt(object, 'provisioner'),
    stringAt(object, 'reclaimPolicy') ?? 'Delete',
    stringAt(object, 'volumeBindingMode') ?? 'Immediate',
    object.allowVolumeExpansion === true,
    ageOf(object, now),
  ],
};

export const CLUSTER_TABLES: Readonly<Record<string, Printer>> = {
  'clusterrolebindings.rbac.authorization.k8s.io': bindings,
  'endpointslices.discovery.k8s.io': endpointSlices,
  'ingressclasses.networking.k8s.io': ingressClasses,
  'ingresses.networking.k8s.io': ingresses,
  'leases.coordination.k8s.io': leases,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'networkpolicies.networking.k8s.io': networkPolicies,
  'priorityclasses.scheduling.k8s.io': priorityClasses,
  'rolebindings.rbac.authorization.k8s.io': bindings,
  'storageclasses.storage.k8s.io': storageClasses,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
};
