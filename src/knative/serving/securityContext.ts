/** Security contexts (knative/serving pkg/apis/serving/k8s_validation.go and fieldmask.go; the warnings there are left out). */
import { asArray, asNumber, asObject, type JsonObject, numberAt, stringAt } from '../../kubernetes/json.ts';
import { checkBounds, checkMask, report, type Scope } from './scope.ts';
import { capabilities as capabilitiesShape, podSecurityContext, securityContext } from './shapes.ts';
import { lacks, NOT_PRIVILEGED_SINCE } from './versions.ts';

const HIGHEST_ID = 2 ** 31 - 1;

const POD_ALLOWED = new Set([
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'fsGroup',
  'supplementalGroups',
  'seccompProfile',
]);

const CONTAINER_ALLOWED = new Set([
  'capabilities',
  'readOnlyRootFilesystem',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'allowPrivilegeEscalation',
  'seccompProfile',
]);

export function checkPodSecurityContext(scope: Scope, path: string, context: JsonObject): void {
  const isOpen = scope.config.features.securityContext !== 'Disabled';
  checkMask(scope, path, context, podSecurityContext, (field) => {
    if (isOpen) return POD_ALLOWED.has(field);
    return field === 'seccompProfile' && isSecureSeccomp(scope, context);
  });

  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) {
    checkId(scope, `${path}/${field}`, numberAt(context, field));
  }
  for (const [index, group] of asArray(context.supplementalGroups).entries()) {
    checkId(scope, `${path}/supplementalGroups/${index}`, typeof group === 'number' ? group : undefined);
  }
}

/** With secure-pod-defaults a pod may choose between the runtime's profile and none. */
function isSecureSeccomp(scope: Scope, context: JsonObject): boolean {
  if (!hasSecureDefaults(scope)) return false;
  const type = stringAt(context, 'seccompProfile', 'type');
  const isChoice = type === 'RuntimeDefault' || type === 'Unconfined';
  return isChoice && stringAt(context, 'seccompProfile', 'localhostProfile') === undefined;
}

function hasSecureDefaults(scope: Scope): boolean {
  const flag = scope.config.features.securePodDefaults;
  return flag === 'Enabled' || flag === 'AllowRootBounded';
}

export function checkSecurityContext(scope: Scope, path: string, context: JsonObject): void {
  checkMask(
    scope,
    path,
    context,
    securityContext,
    (field) => CONTAINER_ALLOWED.has(field) || (field === 'privileged' && context.privileged === false),
  );
  const { minor } = scope.config;
  if (context.privileged === false && minor < NOT_PRIVILEGED_SINCE) {
    const details = lacks(minor, 'privileged: false', NOT_PRIVILEGED_SINCE);
    report(scope, `${path}/privileged`, 'must not set the field(s)', details);
  }

  const capabilities = asObject(context.capabilities);
  if (capabilities !== undefined) checkCapabilities(scope, `${path}/capabilities`, capabilities);
  checkId(scope, `${path}/runAsUser`, asNumber(context.runAsUser));
  checkId(scope, `${path}/runAsGroup`, asNumber(context.runAsGroup));
}

function checkCapabilities(scope: Scope, path: string, capabilities: JsonObject): void {
  checkMask(scope, path, capabilities, capabilitiesShape, (field) => {
    if (field === 'drop' || scope.config.features.addCapabilities === 'Enabled') return true;
    const added = asArray(capabilities.add);
    return hasSecureDefaults(scope) && added.length === 1 && added[0] === 'NET_BIND_SERVICE';
  });
}

function checkId(scope: Scope, path: string, id: number | undefined): void {
  if (id !== undefined) checkBounds(scope, path, id, 0, HIGHEST_ID);
}
