/** One container of a Revision (knative/serving pkg/apis/serving/k8s_validation.go validate, ContainerMask). */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject, objectAt } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import { quote } from '../goStrings.ts';
import { checkEnvironment, checkEnvironmentFrom } from './environment.ts';
import { isImageReference } from './imageReference.ts';
import { checkProbe, checkReadinessProbe, type ProbedContainer } from './probes.ts';
import { checkBounds, checkMask, report, reportDisallowed, reportInvalid, reportMissing, type Scope } from './scope.ts';
import { checkSecurityContext } from './securityContext.ts';
import { anyFieldSet } from './shape.ts';
import { containerPort, container as containerShape, resourceRequirements } from './shapes.ts';
import { STARTUP_PROBES_SINCE } from './versions.ts';
import { checkVolumeMounts } from './volumeMounts.ts';
import type { Volumes } from './volumes.ts';

/** The user container serves; sidecars stand beside it, init containers run before. */
export type ContainerRole = 'user' | 'sidecar' | 'init';

export interface Surroundings {
  readonly volumes: Volumes;
  /** Name of the port that serves; the probes of the user container may name it. */
  readonly portName: string;
}

const DISALLOWED = new Set([
  'lifecycle',
  'stdin',
  'stdinOnce',
  'tty',
  'volumeDevices',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
]);

const RESERVED_NAME = 'queue-proxy';

/** Ports of the queue-proxy (knative/serving pkg/networking/constants.go) and of its profiling. */
const RESERVED_PORTS = new Set([8008, 8012, 8013, 8022, 9090, 9091]);

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function checkContainer(
  scope: Scope,
  path: string,
  container: JsonObject,
  role: ContainerRole,
  { volumes, portName }: Surroundings,
): void {
  if (role === 'init') checkInitOnly(scope, path, container);
  else checkProbes(scope, path, container, role, portName);

  if (!anyFieldSet(container, containerShape)) {
    reportMissing(scope, path);
    return;
  }

  checkMask(scope, path, container, containerShape, (field) => !DISALLOWED.has(field));
  const name = asString(container.name) ?? '';
  if (name === RESERVED_NAME) report(scope, `${path}/name`, `${quote(name)} is a reserved container name`);

  checkEnvironment(scope, `${path}/env`, asArray(container.env), role);
  checkEnvironmentFrom(scope, `${path}/envFrom`, asArray(container.envFrom));
  checkImage(scope, `${path}/image`, asString(container.image) ?? '');
  checkPorts(scope, `${path}/ports`, container, role);
  const resources = asObject(container.resources);
  if (resources !== undefined) {
    checkMask(scope, `${path}/resources`, resources, resourceRequirements, (field) => field !== 'claims');
  }
  const securityContext = asObject(container.securityContext);
  if (securityContext !== undefined) checkSecurityContext(scope, `${path}/securityContext`, securityContext);

  const policy = asString(container.terminationMessagePolicy) ?? '';
  if (policy !== '' && policy !== 'File' && policy !== 'FallbackToLogsOnError') {
    reportInvalid(scope, `${path}/terminationMessagePolicy`, policy);
  }
  checkVolumeMounts(scope, `${path}/volumeMounts`, asArray(container.volumeMounts), volumes);
}

function checkInitOnly(scope: Scope, path: string, container: JsonObject): void {
  for (const field of [...PROBES, 'lifecycle']) {
    if (objectAt(container, field) !== undefined) {
      report(scope, join(path, field), 'field not allowed in an init container');
    }
  }
}

function checkProbes(scope: Scope, path: string, container: JsonObject, role: ContainerRole, portName: string): void {
  const mayProbe = role === 'user' || scope.config.features.multiContainerProbing === 'Enabled';
  const probed: ProbedContainer = role === 'user' ? { portName } : {};

  for (const field of PROBES) {
    const probe = objectAt(container, field);
    if (probe === undefined) continue;
    if (field === 'startupProbe' && scope.config.minor < STARTUP_PROBES_SINCE) continue;
    const place = `${path}/${field}`;
    // Knative names each field of the probe; the probe itself says it once.
    if (!mayProbe) {
      if (Object.keys(probe).length > 0) reportDisallowed(scope, place);
    } else if (field === 'readinessProbe') checkReadinessProbe(scope, place, probe, probed);
    else checkProbe(scope, place, probe, probed);
  }
}

function checkImage(scope: Scope, path: string, image: string): void {
  if (image === '') {
    reportMissing(scope, path);
    return;
  }
  if (isImageReference(image)) return;
  const details = `image: ${quote(image)}, error: could not parse reference: ${image}`;
  report(scope, path, 'Failed to parse image reference', details);
}

function checkPorts(scope: Scope, path: string, container: JsonObject, role: ContainerRole): void {
  const ports = asArray(container.ports);
  if (role === 'init') {
    for (const [index, port] of ports.entries()) {
      if (isObject(port)) checkPort(scope, `${path}/${index}`, port);
    }
    return;
  }

  // Knative looks at the first alone; that there is only one is checked across the containers.
  const port = ports[0];
  if (!isObject(port)) return;
  const place = `${path}/0`;
  checkPort(scope, place, port);

  const protocol = asString(port.protocol) ?? '';
  if (protocol !== '' && protocol !== 'TCP') reportInvalid(scope, `${place}/protocol`, protocol);

  const name = asString(port.name) ?? '';
  if (name !== '' && name !== 'h2c' && name !== 'http1') {
    const details = "Name must be empty, or one of: 'h2c', 'http1'";
    report(scope, `${place}/name`, `Port name ${name} is not allowed`, details);
  }
}

function checkPort(scope: Scope, path: string, port: JsonObject): void {
  checkMask(scope, path, port, containerPort, (field) => field !== 'hostIP' && field !== 'hostPort');

  const number = asNumber(port.containerPort) ?? 0;
  const place = `${path}/containerPort`;
  if (RESERVED_PORTS.has(number)) {
    const details = `${number} is a reserved port, please use a different value`;
    reportInvalid(scope, place, `${number} is a reserved port`, details);
  }
  checkBounds(scope, place, number, 0, 65535);
}
