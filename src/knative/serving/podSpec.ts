/** A Revision's pod spec (knative/serving pkg/apis/serving/k8s_validation.go ValidatePodSpec, fieldmask.go PodSpecMask). */
import {
  arrayAt,
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  stringAt,
} from '../../kubernetes/json.ts';
import { dns1123SubdomainErrors } from '../../kubernetes/names.ts';
import { quote } from '../goStrings.ts';
import type { Feature } from './config.ts';
import { type ContainerRole, checkContainer, type Surroundings } from './container.ts';
import { checkMask, report, reportInvalid, reportMissing, type Scope } from './scope.ts';
import { checkPodSecurityContext } from './securityContext.ts';
import { podSpec as podSpecShape } from './shapes.ts';
import { checkVolumes, type Volumes } from './volumes.ts';

const ALWAYS_ALLOWED = new Set([
  'serviceAccountName',
  'containers',
  'volumes',
  'imagePullSecrets',
  'enableServiceLinks',
  'containerConcurrency',
  'timeoutSeconds',
  'responseStartTimeoutSeconds',
  'idleTimeoutSeconds',
]);

/** Fields that a feature opens, unless it is Disabled. */
const BEHIND_FEATURE: ReadonlyMap<string, Feature> = new Map([
  ['affinity', 'affinity'],
  ['topologySpreadConstraints', 'topologySpreadConstraints'],
  ['hostAliases', 'hostAliases'],
  ['nodeSelector', 'nodeSelector'],
  ['runtimeClassName', 'runtimeClassName'],
  ['tolerations', 'tolerations'],
  ['shareProcessNamespace', 'shareProcessNamespace'],
  ['priorityClassName', 'priorityClassName'],
  ['schedulerName', 'schedulerName'],
  ['initContainers', 'initContainers'],
  ['dnsPolicy', 'dnsPolicy'],
  ['dnsConfig', 'dnsConfig'],
  ['hostIPC', 'hostIPC'],
  ['hostPID', 'hostPID'],
  ['hostNetwork', 'hostNetwork'],
]);

/** Checks the spec of a Revision's template, its containers, volumes and timeouts. */
export function checkPodSpec(scope: Scope, path: string, spec: JsonObject): void {
  checkMask(scope, path, spec, podSpecShape, (field) => isAllowed(scope, spec, field));
  const securityContext = asObject(spec.securityContext);
  if (securityContext !== undefined) checkPodSecurityContext(scope, `${path}/securityContext`, securityContext);

  const containers = objectsAt(spec, 'containers');
  const initContainers = objectsAt(spec, 'initContainers');
  const volumes = checkVolumes(scope, path, asArray(spec.volumes), mountedVolumes(initContainers, containers));

  checkInitContainers(scope, path, initContainers, containers, volumes);
  const portName = checkServingPort(scope, path, containers);
  if (containers.length === 0) reportMissing(scope, `${path}/containers`);
  else checkContainers(scope, path, containers, { volumes, portName });

  const account = asString(spec.serviceAccountName) ?? '';
  if (account !== '') {
    for (const error of dns1123SubdomainErrors(account)) {
      reportInvalid(scope, `${path}/serviceAccountName`, account, error);
    }
  }
  checkTimeouts(scope, path, spec);
}

function isAllowed(scope: Scope, spec: JsonObject, field: string): boolean {
  if (ALWAYS_ALLOWED.has(field)) return true;
  const { features } = scope.config;
  const feature = BEHIND_FEATURE.get(field);
  if (feature !== undefined) return features[feature] !== 'Disabled';
  // Knative lets nobody ask for the token, only do without it.
  if (field === 'automountServiceAccountToken') return spec.automountServiceAccountToken === false;
  if (field === 'securityContext') {
    return features.securityContext !== 'Disabled' || features.securePodDefaults !== 'Disabled';
  }
  return false;
}

/** The containers of a list; what is no object stands for an empty one, as a null does in Go. */
function objectsAt(spec: JsonObject, field: string): readonly JsonObject[] {
  const result: JsonObject[] = [];
  for (const value of arrayAt(spec, field)) result.push(isObject(value) ? value : {});
  return result;
}

function mountedVolumes(...lists: readonly (readonly JsonObject[])[]): Set<string> {
  const names = new Set<string>();
  for (const containers of lists) {
    for (const container of containers) {
      const mounts = asArray(container.volumeMounts);
      for (let index = 0; index < mounts.length; index++) names.add(stringAt(mounts[index], 'name') ?? '');
    }
  }
  return names;
}

function checkInitContainers(
  scope: Scope,
  path: string,
  containers: readonly JsonObject[],
  others: readonly JsonObject[],
  volumes: Volumes,
): void {
  if (containers.length === 0) return;
  if (scope.config.features.initContainers !== 'Enabled') {
    const found = `found ${containers.length} init containers`;
    report(scope, `${path}/initContainers`, `pod spec support for init-containers is off, but ${found}`);
    return;
  }

  const taken = new Set(others.map(nameOf));
  for (const [index, container] of containers.entries()) {
    const place = `${path}/initContainers/${index}`;
    const name = nameOf(container);
    if (taken.has(name)) report(scope, `${place}/name`, `duplicate container name ${quote(name)}`);
    checkContainer(scope, place, container, 'init', { volumes, portName: '' });
  }
}

function checkContainers(
  scope: Scope,
  path: string,
  containers: readonly JsonObject[],
  surroundings: Surroundings,
): void {
  if (containers.length > 1 && scope.config.features.multiContainer !== 'Enabled') {
    report(scope, `${path}/containers`, `multi-container is off, but found ${containers.length} containers`);
    return;
  }

  const taken = new Set<string>();
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index] ?? {};
    const place = `${path}/containers/${index}`;
    const name = nameOf(container);
    if (taken.has(name)) report(scope, `${place}/name`, `duplicate container name ${quote(name)}`);
    taken.add(name);
    checkContainer(scope, place, container, roleOf(container, containers.length), surroundings);
  }
}

/** A container alone serves; among several the one with a port does. */
function roleOf(container: JsonObject, count: number): ContainerRole {
  return count === 1 || asArray(container.ports).length > 0 ? 'user' : 'sidecar';
}

function nameOf(container: JsonObject): string {
  return asString(container.name) ?? '';
}

/** Exactly one port serves. Returns its name, which probes may use; Knative's own is "http". */
function checkServingPort(scope: Scope, path: string, containers: readonly JsonObject[]): string {
  let count = 0;
  let name = '';
  let second: string | undefined;
  for (let index = 0; index < containers.length; index++) {
    const ports = arrayAt(containers[index], 'ports');
    if (ports.length === 0) continue;
    if (count > 0) second ??= `${path}/containers/${index}/ports/0`;
    else if (ports.length > 1) second = `${path}/containers/${index}/ports/1`;
    count += ports.length;
    name = stringAt(ports[0], 'name') ?? '';
  }

  if (count === 0 && containers.length > 1) reportMissing(scope, `${path}/containers/0/ports`);
  if (second !== undefined) {
    const details = 'Only a single port is allowed across all containers';
    report(scope, second, 'more than one container port is set', details);
  }
  return name === '' ? 'http' : name;
}

function checkTimeouts(scope: Scope, path: string, spec: JsonObject): void {
  const { defaults } = scope.config;

  const timeout = asNumber(spec.timeoutSeconds) ?? 0;
  if (timeout < 0 || timeout > defaults.maxRevisionTimeoutSeconds) {
    report(scope, `${path}/timeoutSeconds`, `expected 0 <= ${timeout} <= ${defaults.maxRevisionTimeoutSeconds}`);
  }

  const concurrency = asNumber(spec.containerConcurrency);
  if (concurrency === undefined) return;
  const lowest = defaults.allowContainerConcurrencyZero ? 0 : 1;
  const highest = defaults.containerConcurrencyMaxLimit;
  if (concurrency < lowest || concurrency > highest) {
    report(scope, `${path}/containerConcurrency`, `expected ${lowest} <= ${concurrency} <= ${highest}`);
  }
}
