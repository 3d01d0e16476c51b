/** The table of nodes: printNode in printers.go. */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { AGE, ageOf, NAME, type Printer, text, textAt, wide } from './column.ts';

const ROLE = 'node-role.kubernetes.io/';

export const nodePrinter: Printer = {
  columns: [
    NAME,
    text('Status'),
    text('Roles'),
    AGE,
    text('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  cells(node, now) {
    const info = objectAt(node, 'status', 'nodeInfo') ?? {};
    const architecture = textAt(info, 'architecture');
    const kernel = textAt(info, 'kernelVersion') || '<unknown>';
    return [
      nameOf(node),
      statusOf(node),
      rolesOf(node),
      ageOf(node, now),
      textAt(info, 'kubeletVersion'),
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      textAt(info, 'osImage') || '<unknown>',
      architecture === '' ? kernel : `${kernel} (${architecture})`,
      textAt(info, 'containerRuntimeVersion') || '<unknown>',
    ];
  },
};

function statusOf(node: JsonObject): string {
  const ready = arrayAt(node, 'status', 'conditions')
    .filter(isObject)
    .find(({ type }) => type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return objectAt(node, 'spec')?.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

function rolesOf(node: JsonObject): string {
  const labels = objectAt(node, 'metadata', 'labels') ?? {};
  const roles = Object.keys(labels).flatMap((label) => {
    if (label.startsWith(ROLE) && label.length > ROLE.length) return [label.slice(ROLE.length)];
    const role = labels[label];
    return label === 'kubernetes.io/role' && typeof role === 'string' && role !== '' ? [role] : [];
  });
  return [...new Set(roles)].sort().join(',') || '<none>';
}

function addressOf(node: JsonObject, type: string): string {
  const address = arrayAt(node, 'status', 'addresses')
    .filter(isObject)
    .find((each) => each.type === type);
  return stringAt(address, 'address') ?? '<none>';
}
