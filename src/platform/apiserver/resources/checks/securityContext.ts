/** Security contexts: k8s.io/kubernetes pkg/apis/core/validation (ValidateSecurityContext, validatePodSpecSecurityContext). */
import { arrayAt, type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { oneOf, textOf } from './common.ts';

const LARGEST_ID = 2_147_483_647;
const ID_RANGE = `must be between 0 and ${LARGEST_ID}, inclusive`;

export function checkSecurityContext(context: JsonObject | undefined, path: string, problems: Problems): void {
  if (context === undefined) return;
  checkIds(context, ['runAsUser', 'runAsGroup'], path, problems);
  oneOf(problems, `${path}.procMount`, context.procMount, ['Default', 'Unmasked']);
  checkProfile(objectAt(context, 'seccompProfile'), `${path}.seccompProfile`, problems);
  checkProfile(objectAt(context, 'appArmorProfile'), `${path}.appArmorProfile`, problems);

  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged === true) {
    problems.invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
  }
  if (arrayAt(context, 'capabilities', 'add').includes('CAP_SYS_ADMIN')) {
    problems.invalid(
      path,
      context,
      'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
    );
  }
}

export function checkPodSecurityContext(context: JsonObject | undefined, path: string, problems: Problems): void {
  if (context === undefined) return;
  checkIds(context, ['fsGroup', 'runAsUser', 'runAsGroup'], path, problems);
  for (const [index, group] of arrayAt(context, 'supplementalGroups').entries()) {
    if (!isId(group)) problems.invalid(`${path}.supplementalGroups[${index}]`, group, ID_RANGE);
  }
  oneOf(problems, `${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']);
  checkProfile(objectAt(context, 'seccompProfile'), `${path}.seccompProfile`, problems);
  checkProfile(objectAt(context, 'appArmorProfile'), `${path}.appArmorProfile`, problems);
}

function checkIds(context: JsonObject, fields: readonly string[], path: string, problems: Problems): void {
  for (const field of fields) {
    const id = context[field];
    if (id !== undefined && !isId(id)) problems.invalid(`${path}.${field}`, id, ID_RANGE);
  }
}

function isId(id: unknown): boolean {
  return typeof id === 'number' && id >= 0 && id <= LARGEST_ID;
}

function checkProfile(profile: JsonObject | undefined, path: string, problems: Problems): void {
  if (profile === undefined) return;
  const type = textOf(profile, 'type');
  const isNamed = profile.localhostProfile !== undefined;
  if (type === '') problems.required(`${path}.type`, 'type is required when seccompProfile is set');
  else oneOf(problems, `${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']);
  if (type === 'Localhost' && !isNamed) {
    problems.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost');
  } else if (type !== 'Localhost' && isNamed) {
    problems.invalid(path, profile, 'can only be set when seccomp type is Localhost');
  }
}
