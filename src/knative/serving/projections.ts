/** What a projected volume is put together from (knative/serving pkg/apis/serving/k8s_validation.go validateProjectedVolumeSource). */
import { asArray, type JsonObject, type JsonValue, objectAt, stringAt } from '../../kubernetes/json.ts';
import { checkExactlyOne, checkMask, report, reportMissing, type Scope } from './scope.ts';
import { volumeProjection } from './volumeShapes.ts';

const SOURCES = ['secret', 'configMap', 'serviceAccountToken', 'downwardAPI'];

export function checkProjection(scope: Scope, path: string, projection: JsonObject): void {
  checkMask(scope, path, projection, volumeProjection, (field) => SOURCES.includes(field));

  const found: string[] = [];
  for (const field of SOURCES) {
    const source = objectAt(projection, field);
    if (source === undefined) continue;
    found.push(field);
    checkSource(scope, `${path}/${field}`, field, source);
  }
  checkExactlyOne(scope, path, found, SOURCES);
}

function checkSource(scope: Scope, path: string, field: string, source: JsonObject): void {
  if (field === 'serviceAccountToken') {
    requireText(scope, path, source, 'path');
    return;
  }
  if (field === 'downwardAPI') {
    for (const [index, item] of asArray(source.items).entries()) checkFile(scope, `${path}/items/${index}`, item);
    return;
  }
  requireText(scope, path, source, 'name');
  checkItems(scope, path, source);
}

/** The keys of a Secret or ConfigMap that become files. */
export function checkItems(scope: Scope, path: string, source: JsonObject): void {
  for (const [index, item] of asArray(source.items).entries()) {
    requireText(scope, `${path}/items/${index}`, item, 'key');
    requireText(scope, `${path}/items/${index}`, item, 'path');
  }
}

function checkFile(scope: Scope, path: string, file: JsonValue): void {
  const hasField = objectAt(file, 'fieldRef') !== undefined;
  const hasResource = objectAt(file, 'resourceFieldRef') !== undefined;
  if (!hasField && !hasResource) checkExactlyOne(scope, path, [], ['fieldRef', 'resourceFieldRef']);
  if (hasField && hasResource) {
    report(scope, path, 'Within a single item, cannot set both: resourceFieldRef, fieldRef');
  }
  requireText(scope, path, file, 'path');
}

function requireText(scope: Scope, path: string, value: JsonValue, field: string): void {
  if ((stringAt(value, field) ?? '') === '') reportMissing(scope, `${path}/${field}`);
}
