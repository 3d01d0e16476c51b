/**
 * An object's own metadata (knative/pkg apis/metadata_validation.go, knative/serving pkg/apis/serving/metadata_validation.go).
 */
import { asArray, asObject, asString, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { dns1035LabelErrors, dns1035PrefixErrors, goList } from '../../kubernetes/names.ts';
import { join } from '../../kubernetes/pointer.ts';
import { parseDuration, SECOND } from '../duration.ts';
import { report, reportInvalid, reportMissing, type Scope } from './scope.ts';

/** Name or generateName, one of which must stand there, as DNS labels. */
export function checkObjectName(scope: Scope, metadata: JsonObject): void {
  const name = asString(metadata.name) ?? '';
  const generateName = asString(metadata.generateName) ?? '';

  const prefixErrors = generateName === '' ? [] : dns1035PrefixErrors(generateName);
  if (prefixErrors.length > 0) {
    report(scope, '/metadata/generateName', `not a DNS 1035 label prefix: ${goList(prefixErrors)}`);
    return;
  }
  const nameErrors = name === '' ? [] : dns1035LabelErrors(name);
  if (nameErrors.length > 0) report(scope, '/metadata/name', `not a DNS 1035 label: ${goList(nameErrors)}`);
  else if (name === '' && generateName === '') report(scope, '/metadata/name', 'name or generateName is required');
}

const SERVICE_LABEL = 'serving.knative.dev/service';

/** The label that names a Service is for what that Service owns. */
export function checkServiceLabel(scope: Scope, metadata: JsonObject): void {
  checkOwnersLabel(scope, metadata, SERVICE_LABEL, 'Service');
}

/** The same for what a Configuration owns, which are its Revisions. */
export function checkConfigurationLabel(scope: Scope, metadata: JsonObject): void {
  checkOwnersLabel(scope, metadata, 'serving.knative.dev/configuration', 'Configuration');
}

/** A label that names an owner stands only where that owner does (verifyLabelOwnerRef). */
function checkOwnersLabel(scope: Scope, metadata: JsonObject, label: string, kind: string): void {
  const value = stringAt(metadata, 'labels', label);
  if (value === undefined) return;
  for (const owner of asArray(metadata.ownerReferences)) {
    if (stringAt(owner, 'kind') === kind && stringAt(owner, 'name') === value) return;
  }
  reportMissing(scope, join('/metadata/labels', label));
}

const ROLLOUT_DURATION = ['serving.knative.dev/rollout-duration', 'serving.knative.dev/rolloutDuration'];

export function checkRolloutDuration(scope: Scope, metadata: JsonObject): void {
  const annotations = asObject(metadata.annotations);
  checkSeconds(scope, '/metadata/annotations', annotations, ROLLOUT_DURATION, 'rollout-duration');
}

/** A duration of whole seconds, not negative, under the first of the keys that is there. */
export function checkSeconds(
  scope: Scope,
  path: string,
  annotations: JsonObject | undefined,
  keys: readonly string[],
  title: string,
): void {
  const key = firstKey(annotations, keys);
  const text = key === undefined ? '' : (stringAt(annotations, key) ?? '');
  if (key === undefined || text === '') return;

  const place = join(path, key);
  const parsed = parseDuration(text);
  if (!parsed.ok) reportInvalid(scope, place, text);
  else if (parsed.value % SECOND !== 0n) report(scope, place, `${title}=${text} is not at second precision`);
  else if (parsed.value < 0n) report(scope, place, `${title}=${text} must be positive`);
}

/** Knative's KeyPriority: the spelling that counts among several. */
export function firstKey(annotations: JsonObject | undefined, keys: readonly string[]): string | undefined {
  return keys.find((key) => stringAt(annotations, key) !== undefined);
}

/** Who made an object stays what it was, and who changed it last changes only with the spec (ValidateCreatorAndModifier). */
export function checkCreatorAndModifier(scope: Scope, old: JsonObject, isSpecSame: () => boolean): void {
  const path = '/metadata/annotations';
  for (const key of ['serving.knative.dev/creator', 'serving.knative.dev/lastModifier']) {
    const before = stringAt(old, 'metadata', 'annotations', key) ?? '';
    const now = stringAt(scope.metadata, 'annotations', key) ?? '';
    if (before === now) continue;
    if (key.endsWith('/creator')) report(scope, join(path, key), 'annotation value is immutable');
    else if (isSpecSame()) reportInvalid(scope, join(path, key), now);
  }
}
