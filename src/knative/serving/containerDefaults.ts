/** What is filled into containers (knative/serving pkg/apis/serving/v1/revision_defaults.go applyDefault, defaultSecurityContext). */
import {
  arrayAt,
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../kubernetes/json.ts';
import type { ServingConfig } from './config.ts';
import { type Added, changeEach, Draft } from './draft.ts';
import { OWN_NON_ROOT_KEPT_SINCE } from './versions.ts';

export interface ContainerContext {
  readonly config: ServingConfig;
  readonly podSpec: JsonObject;
  /** How many containers the pod has, init containers apart. */
  readonly count: number;
  readonly added: Added[];
}

export function fillContainer(value: JsonValue, path: string, context: ContainerContext): JsonValue {
  if (!isObject(value)) return value;
  const container = new Draft(value, path, context.added);
  fillResources(container, context);

  const ports = container.get('ports');
  const serves = context.count === 1 || (Array.isArray(ports) && ports.length > 0);
  fillReadinessProbe(container, serves, context);
  fillMounts(container, context);
  fillSecurityContext(container, context);
  return container.result();
}

/** An init container gets no probes and no default resources. */
export function fillInitContainer(value: JsonValue, path: string, context: ContainerContext): JsonValue {
  if (!isObject(value)) return value;
  const container = new Draft(value, path, context.added);
  fillSecurityContext(container, context);
  return container.result();
}

function fillResources(container: Draft, { config, added }: ContainerContext): void {
  const { requests, limits } = config.defaults;
  const hasRequests = Object.keys(requests).length > 0;
  const hasLimits = Object.keys(limits).length > 0;
  if (!hasRequests && !hasLimits) return;
  if (container.lacks('resources')) {
    container.add('resources', {
      ...(hasRequests && { requests: { ...requests } }),
      ...(hasLimits && { limits: { ...limits } }),
    });
    return;
  }

  const value = container.get('resources');
  if (!isObject(value)) return;
  const resources = new Draft(value, `${container.path}/resources`, added);
  fillQuantities(resources, 'requests', requests, added);
  fillQuantities(resources, 'limits', limits, added);
  container.replace('resources', resources.result());
}

function fillQuantities(
  resources: Draft,
  field: 'requests' | 'limits',
  quantities: Readonly<Record<string, string>>,
  added: Added[],
): void {
  const names = Object.keys(quantities);
  if (names.length === 0) return;
  if (resources.lacks(field)) {
    resources.add(field, { ...quantities });
    return;
  }

  const value = resources.get(field);
  if (!isObject(value)) return;
  const draft = new Draft(value, `${resources.path}/${field}`, added);
  for (const name of names) {
    const quantity = quantities[name];
    // A null is a quantity of zero, not a missing one.
    if (quantity !== undefined && draft.get(name) === undefined) draft.add(name, quantity);
  }
  resources.replace(field, draft.result());
}

const HANDLERS = ['tcpSocket', 'httpGet', 'exec', 'grpc'];

function fillReadinessProbe(container: Draft, serves: boolean, context: ContainerContext): void {
  if (serves && container.lacks('readinessProbe')) {
    container.add('readinessProbe', { successThreshold: 1, tcpSocket: { port: 0 } });
    return;
  }
  const value = container.get('readinessProbe');
  if (!isObject(value)) return;

  const probe = new Draft(value, `${container.path}/readinessProbe`, context.added);
  if (serves && HANDLERS.every((handler) => probe.lacks(handler))) probe.add('tcpSocket', { port: 0 });
  if (isZero(probe, 'successThreshold')) probe.add('successThreshold', 1);
  if (!isZero(probe, 'periodSeconds')) {
    if (isZero(probe, 'failureThreshold')) probe.add('failureThreshold', 3);
    if (isZero(probe, 'timeoutSeconds')) probe.add('timeoutSeconds', 1);
  }
  container.replace('readinessProbe', probe.result());
}

function isZero(draft: Draft, field: string): boolean {
  return draft.lacks(field) || draft.get(field) === 0;
}

/** Mounts of what cannot be written to become read-only. */
function fillMounts(container: Draft, { podSpec, added }: ContainerContext): void {
  const mounts = container.get('volumeMounts');
  if (!Array.isArray(mounts) || mounts.length === 0) return;

  const writable = new Set<string>();
  for (const volume of asArray(podSpec.volumes)) {
    const isWritable = ['emptyDir', 'persistentVolumeClaim', 'ephemeral'].some((type) => objectAt(volume, type));
    if (isWritable) writable.add(stringAt(volume, 'name') ?? '');
  }
  const changed = changeEach(mounts, (value, index) => {
    if (!isObject(value) || writable.has(asString(value.name) ?? '')) return value;
    const mount = new Draft(value, `${container.path}/volumeMounts/${index}`, added);
    if (mount.lacks('readOnly') || mount.get('readOnly') === false) mount.add('readOnly', true);
    return mount.result();
  });
  container.replace('volumeMounts', changed);
}

/** With secure-pod-defaults: what the restricted Pod Security Standard asks for. */
function fillSecurityContext(container: Draft, { config, podSpec, added }: ContainerContext): void {
  const flag = config.features.securePodDefaults;
  if (flag !== 'Enabled' && flag !== 'AllowRootBounded') return;

  const isNew = container.lacks('securityContext');
  const value = container.get('securityContext') ?? {};
  if (!isObject(value)) return;
  // Of a whole new context the context itself is what was added.
  const context = new Draft(value, `${container.path}/securityContext`, isNew ? [] : added);
  if (context.lacks('allowPrivilegeEscalation')) context.add('allowPrivilegeEscalation', false);
  if ((stringAt(podSpec, 'securityContext', 'seccompProfile', 'type') ?? '') === '') fillSeccomp(context, isNew, added);
  if (context.lacks('capabilities')) {
    const needsLowPort = arrayAt(container.result(), 'ports').some((port) => isLowPort(port));
    context.add('capabilities', { ...(needsLowPort && { add: ['NET_BIND_SERVICE'] }), drop: ['ALL'] });
  }
  const podRunAsNonRoot = asObject(podSpec.securityContext)?.runAsNonRoot ?? undefined;
  const isKept = config.minor >= OWN_NON_ROOT_KEPT_SINCE || context.get('runAsNonRoot') === true;
  if (flag === 'Enabled' && podRunAsNonRoot === undefined && (context.lacks('runAsNonRoot') || !isKept)) {
    context.add('runAsNonRoot', true);
  }

  if (isNew) container.add('securityContext', context.result());
  else container.replace('securityContext', context.result());
}

function fillSeccomp(context: Draft, isNew: boolean, added: Added[]): void {
  const profile = context.get('seccompProfile') ?? undefined;
  if (profile === undefined) {
    context.add('seccompProfile', { type: 'RuntimeDefault' });
    return;
  }
  if (!isObject(profile)) return;
  const draft = new Draft(profile, `${context.path}/seccompProfile`, isNew ? [] : added);
  if (draft.lacks('type') || draft.get('type') === '') draft.add('type', 'RuntimeDefault');
  context.replace('seccompProfile', draft.result());
}

function isLowPort(port: JsonValue): boolean {
  if (!isObject(port)) return false;
  const number = port.containerPort ?? 0;
  return typeof number === 'number' && number < 1024;
}
