/**
 * What ends up in the object although nobody set it and no default says so: Knative's webhook writes what its Go types
 * always write (`resources: {}`, a probe's `port: 0`, a `divisor: "0"`; knative/pkg webhook/resourcesemantics/defaulting
 * roundTripPatch), and the API server fills in the defaults of the CRD's schema (a port's `protocol: TCP`, a gRPC
 * probe's `service: ""`). Git lacks them, and inside a list Argo CD shows that as a difference.
 */
import { isObject, type JsonObject, type JsonValue, objectAt } from '../../kubernetes/json.ts';
import { type Added, changeEach, Draft } from './draft.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'];

export function fillWrittenFields(spec: Draft, added: Added[]): void {
  const { path } = spec;
  spec.replace(
    'containers',
    changeEach(spec.get('containers'), (value, index) => fillContainer(value, `${path}/containers/${index}`, added)),
  );
  spec.replace(
    'initContainers',
    changeEach(spec.get('initContainers'), (value, index) => {
      if (!isObject(value)) return value;
      const container = new Draft(value, `${path}/initContainers/${index}`, added);
      if (container.lacks('resources')) container.add('resources', {});
      return container.result();
    }),
  );
  spec.replace(
    'volumes',
    changeEach(spec.get('volumes'), (value, index) => fillVolume(value, `${path}/volumes/${index}`, added)),
  );
}

function fillContainer(value: JsonValue, path: string, added: Added[]): JsonValue {
  if (!isObject(value)) return value;
  const container = new Draft(value, path, added);
  if (container.lacks('resources')) container.add('resources', {});
  for (const field of PROBES) fillProbe(container, field, added);
  container.replace(
    'ports',
    changeEach(container.get('ports'), (port, index) => fillPort(port, `${path}/ports/${index}`, added)),
  );
  container.replace(
    'env',
    changeEach(container.get('env'), (variable, index) => fillVariable(variable, `${path}/env/${index}`, added)),
  );
  return container.result();
}

function fillProbe(container: Draft, field: string, added: Added[]): void {
  const value = container.get(field);
  if (!isObject(value) || isComplete(value)) return;

  const path = `${container.path}/${field}`;
  const probe = new Draft(value, path, added);
  for (const handler of HANDLERS) {
    const action = probe.get(handler);
    if (!isObject(action)) continue;
    const draft = new Draft(action, `${path}/${handler}`, added);
    if (draft.lacks('port')) draft.add('port', 0);
    if (handler === 'grpc' && draft.lacks('service')) draft.add('service', '');
    probe.replace(handler, draft.result());
  }
  container.replace(field, probe.result());
}

/** True of nearly every probe: nothing is written into it. */
function isComplete(probe: JsonObject): boolean {
  for (const handler of HANDLERS) {
    const action = probe[handler];
    if (!isObject(action)) continue;
    if ((action.port ?? null) === null || (handler === 'grpc' && (action.service ?? null) === null)) return false;
  }
  return true;
}

function fillPort(value: JsonValue, path: string, added: Added[]): JsonValue {
  if (!isObject(value) || (value.protocol ?? null) !== null) return value;
  const port = new Draft(value, path, added);
  if (port.lacks('protocol')) port.add('protocol', 'TCP');
  return port.result();
}

function fillVariable(value: JsonValue, path: string, added: Added[]): JsonValue {
  if (!isObject(value) || !isObject(value.valueFrom)) return value;
  const variable = new Draft(value, path, added);
  variable.replace('valueFrom', fillDivisor(value.valueFrom, `${path}/valueFrom`, added));
  return variable.result();
}

function fillVolume(value: JsonValue, path: string, added: Added[]): JsonValue {
  const projected = objectAt(value, 'projected');
  if (!isObject(value) || projected === undefined) return value;

  const volume = new Draft(projected, `${path}/projected`, added);
  volume.replace(
    'sources',
    changeEach(volume.get('sources'), (source, index) => fillFiles(source, `${volume.path}/sources/${index}`, added)),
  );
  const draft = new Draft(value, path, added);
  draft.replace('projected', volume.result());
  return draft.result();
}

function fillFiles(source: JsonValue, path: string, added: Added[]): JsonValue {
  if (!isObject(source) || !isObject(source.downwardAPI)) return source;
  const downward = new Draft(source.downwardAPI, `${path}/downwardAPI`, added);
  downward.replace(
    'items',
    changeEach(downward.get('items'), (item, index) => fillDivisor(item, `${downward.path}/items/${index}`, added)),
  );
  const draft = new Draft(source, path, added);
  draft.replace('downwardAPI', downward.result());
  return draft.result();
}

/** The value with a divisor in its resourceFieldRef. */
function fillDivisor(value: JsonValue, path: string, added: Added[]): JsonValue {
  if (!isObject(value) || !isObject(value.resourceFieldRef)) return value;
  const reference = new Draft(value.resourceFieldRef, `${path}/resourceFieldRef`, added);
  if (reference.lacks('divisor')) reference.add('divisor', '0');
  const draft = new Draft(value, path, added);
  draft.replace('resourceFieldRef', reference.result());
  return draft.result();
}
