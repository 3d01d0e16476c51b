/** Where containers mount volumes (knative/serving pkg/apis/serving/k8s_validation.go validateVolumeMounts). */
import { posix } from 'node:path';
import {
  asBoolean,
  asString,
  booleanAt,
  isObject,
  type JsonArray,
  type JsonObject,
  objectAt,
} from '../../kubernetes/json.ts';
import { quote } from '../goStrings.ts';
import { checkMask, report, reportInvalid, reportMissing, type Scope } from './scope.ts';
import { volumeMount } from './shapes.ts';
import type { Volumes } from './volumes.ts';

const RESERVED_PATHS = new Set(['/', '/dev', '/dev/log']);
const ALLOWED = new Set(['name', 'readOnly', 'mountPath', 'subPath']);

/** Volume types that may be written to. */
const WRITABLE = ['emptyDir', 'persistentVolumeClaim', 'ephemeral'];

export function checkVolumeMounts(scope: Scope, path: string, mounts: JsonArray, volumes: Volumes): void {
  const seen = new Set<string>();
  for (let index = 0; index < mounts.length; index++) {
    const value = mounts[index];
    checkMount(scope, `${path}/${index}`, isObject(value) ? value : {}, volumes, seen);
  }
}

function checkMount(scope: Scope, path: string, mount: JsonObject, volumes: Volumes, seen: Set<string>): void {
  const propagationFeature = scope.config.features.volumesMountPropagation;
  checkMask(
    scope,
    path,
    mount,
    volumeMount,
    (field) => ALLOWED.has(field) || (field === 'mountPropagation' && propagationFeature !== 'Disabled'),
  );

  const name = asString(mount.name) ?? '';
  const volume = volumes.get(name);
  if (volume === undefined) report(scope, `${path}/name`, 'volumeMount has no matching volume');
  checkMountPath(scope, `${path}/mountPath`, asString(mount.mountPath) ?? '', seen);

  const isReadOnly = asBoolean(mount.readOnly) ?? false;
  const isWritable = WRITABLE.some((field) => objectAt(volume, field) !== undefined);
  if (!isWritable && !isReadOnly) {
    report(scope, `${path}/readOnly`, 'volume mount should be readOnly for this type of volume');
  }
  checkPropagation(scope, path, name, asString(mount.mountPropagation));
  if (booleanAt(volume, 'persistentVolumeClaim', 'readOnly') === true && !isReadOnly) {
    report(scope, `${path}/readOnly`, 'volume is readOnly but volume mount is not');
  }
}

function checkMountPath(scope: Scope, path: string, mountPath: string, seen: Set<string>): void {
  const clean = cleanPath(mountPath);
  if (mountPath === '') reportMissing(scope, path);
  else if (RESERVED_PATHS.has(clean)) report(scope, path, `mountPath ${quote(clean)} is a reserved path`);
  else if (!mountPath.startsWith('/')) reportInvalid(scope, path, mountPath);
  else if (seen.has(clean)) reportInvalid(scope, path, `${quote(mountPath)} must be unique`);
  seen.add(clean);
}

/** Go's path.Clean: no double slashes, no dots, no slash at the end. */
function cleanPath(text: string): string {
  const normal = posix.normalize(text);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function checkPropagation(scope: Scope, path: string, name: string, propagation: string | undefined): void {
  if (propagation === undefined) return;
  const place = `${path}/mountPropagation`;
  if (scope.config.features.volumesMountPropagation !== 'Enabled') {
    const found = `found volume mount ${name} with mount propagation`;
    report(scope, place, `Volume Mount Propagation support is disabled, but ${found}`);
  }
  if (propagation !== 'None' && propagation !== 'HostToContainer') {
    report(scope, place, 'mount propagation should be set to None or HostToContainer');
  }
}
