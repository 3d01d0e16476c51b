/** Containers: k8s.io/kubernetes pkg/apis/core/validation/validation.go (validateContainers and what it calls). */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';
import { checkEnvironment } from './environment.ts';
import { portNameErrors, portNumberErrors } from './formats.ts';
import { checkHandler, checkProbe } from './probes.ts';
import { checkResources } from './resources.ts';
import { checkSecurityContext } from './securityContext.ts';

/** What containers of one pod share. */
export interface PodParts {
  readonly volumes: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function checkContainers(spec: JsonObject, path: string, parts: PodParts, problems: Problems): void {
  const containers = itemsOf(spec, 'containers', path);
  if (containers.length === 0) problems.required(`${path}.containers`);

  const names = new Set<string>();
  for (const [container, at] of containers) {
    checkContainer(container, at, parts, problems);
    unique(container, at, names, problems);
    for (const hook of ['postStart', 'preStop']) {
      const handler = objectAt(container, 'lifecycle', hook);
      if (handler !== undefined) checkHandler(handler, `${at}.lifecycle.${hook}`, problems);
    }
    checkProbe(objectAt(container, 'livenessProbe'), `${at}.livenessProbe`, 'liveness', problems);
    checkProbe(objectAt(container, 'readinessProbe'), `${at}.readinessProbe`, 'readiness', problems);
    checkProbe(objectAt(container, 'startupProbe'), `${at}.startupProbe`, 'startup', problems);
  }
  checkHostPorts(containers, problems);
  checkInitContainers(spec, path, parts, names, problems);
}

const NOT_BEFORE = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];

function checkInitContainers(
  spec: JsonObject,
  path: string,
  parts: PodParts,
  names: Set<string>,
  problems: Problems,
): void {
  for (const [container, at] of itemsOf(spec, 'initContainers', path)) {
    checkContainer(container, at, parts, problems);
    unique(container, at, names, problems);
    const policy = container.restartPolicy;
    if (policy === 'Always') continue;
    for (const field of NOT_BEFORE) {
      if (container[field] === undefined) continue;
      problems.forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always');
    }
  }
}

function unique(container: JsonObject, path: string, names: Set<string>, problems: Problems): void {
  const name = textOf(container, 'name');
  if (names.has(name)) problems.duplicate(`${path}.name`, name);
  else if (name !== '') names.add(name);
}

function checkContainer(container: JsonObject, path: string, parts: PodParts, problems: Problems): void {
  const name = textOf(container, 'name');
  if (name === '') problems.required(`${path}.name`);
  else problems.invalidBy(`${path}.name`, name, dns1123LabelErrors(name));
  if (textOf(container, 'image') === '') problems.required(`${path}.image`);

  const policies = ['File', 'FallbackToLogsOnError'];
  oneOf(problems, `${path}.terminationMessagePolicy`, container.terminationMessagePolicy, policies, 'required');
  checkPorts(container, path, problems);
  checkEnvironment(container, path, problems);
  checkMounts(container, path, parts, problems);
  const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
  oneOf(problems, `${path}.imagePullPolicy`, container.imagePullPolicy, pullPolicies, 'required');
  checkResources(objectAt(container, 'resources'), `${path}.resources`, problems);
  checkClaims(container, path, parts, problems);
  checkSecurityContext(objectAt(container, 'securityContext'), `${path}.securityContext`, problems);
}

function checkPorts(container: JsonObject, path: string, problems: Problems): void {
  const names = new Set<string>();
  for (const [port, at] of itemsOf(container, 'ports', path)) {
    const name = textOf(port, 'name');
    const errors = name === '' ? [] : portNameErrors(name);
    problems.invalidBy(`${at}.name`, name, errors);
    if (name !== '' && errors.length === 0) {
      if (names.has(name)) problems.duplicate(`${at}.name`, name);
      names.add(name);
    }
    const number = numberAt(port, 'containerPort') ?? 0;
    if (number === 0) problems.required(`${at}.containerPort`);
    else problems.invalidBy(`${at}.containerPort`, number, portNumberErrors(number));
    const hostPort = numberAt(port, 'hostPort') ?? 0;
    if (hostPort !== 0) problems.invalidBy(`${at}.hostPort`, hostPort, portNumberErrors(hostPort));
    oneOf(problems, `${at}.protocol`, port.protocol, PROTOCOLS, 'required');
  }
}

/** Two containers of a pod cannot have one port of the host. */
function checkHostPorts(containers: readonly [JsonObject, string][], problems: Problems): void {
  const taken = new Set<string>();
  for (const [container, path] of containers) {
    for (const [port, at] of itemsOf(container, 'ports', path)) {
      const hostPort = numberAt(port, 'hostPort') ?? 0;
      if (hostPort === 0) continue;
      const key = `${textOf(port, 'protocol')}/${textOf(port, 'hostIP')}/${hostPort}`;
      if (taken.has(key)) problems.duplicate(`${at}.hostPort`, key);
      taken.add(key);
    }
  }
}

function checkMounts(container: JsonObject, path: string, { volumes }: PodParts, problems: Problems): void {
  const paths = new Set<string>();
  for (const [mount, at] of itemsOf(container, 'volumeMounts', path)) {
    const name = textOf(mount, 'name');
    if (name === '') problems.required(`${at}.name`);
    if (!volumes.has(name)) problems.notFound(`${at}.name`, name);
    const mountPath = textOf(mount, 'mountPath');
    if (mountPath === '') problems.required(`${at}.mountPath`);
    if (paths.has(mountPath)) problems.invalid(`${at}.mountPath`, mountPath, 'must be unique');
    paths.add(mountPath);
    // the paths of Kubernetes itself name the list here, and not the item
    for (const field of ['subPath', 'subPathExpr']) checkDescending(mount, field, `${path}.volumeMounts`, problems);
  }
}

function checkDescending(mount: JsonObject, field: string, path: string, problems: Problems): void {
  const value = textOf(mount, field);
  if (value.startsWith('/')) problems.invalid(`${path}.${field}`, value, 'must be a relative path');
  if (value.split('/').includes('..')) problems.invalid(`${path}.${field}`, value, "must not contain '..'");
}

function checkClaims(container: JsonObject, path: string, { claims }: PodParts, problems: Problems): void {
  for (const [index, claim] of arrayAt(container, 'resources', 'claims').entries()) {
    const name = isObject(claim) ? textOf(claim, 'name') : '';
    const at = `${path}.resources.claims[${index}]`;
    if (name === '') problems.required(`${at}.name`);
    else if (!claims.has(name)) problems.notFound(at, name);
  }
}
