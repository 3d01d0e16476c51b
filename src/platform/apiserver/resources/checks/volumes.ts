/** Volumes: k8s.io/kubernetes pkg/apis/core/validation/validation.go (ValidateVolumes). */
import { type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../../../kubernetes/names.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';

const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
/** In the order in which Kubernetes asks for them. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];
/** What a source must name. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  hostPath: ['path'],
  secret: ['secretName'],
  configMap: ['name'],
  persistentVolumeClaim: ['claimName'],
  nfs: ['server', 'path'],
  csi: ['driver'],
};

/** @returns the names that containers may mount */
export function checkVolumes(spec: JsonObject, path: string, problems: Problems): Set<string> {
  const names = new Set<string>();
  for (const [volume, at] of itemsOf(spec, 'volumes', path)) {
    const before = problems.causes.length;
    checkSources(volume, at, problems);
    const name = textOf(volume, 'name');
    if (name === '') problems.required(`${at}.name`);
    else problems.invalidBy(`${at}.name`, name, dns1123LabelErrors(name));
    if (names.has(name)) problems.duplicate(`${at}.name`, name);
    if (problems.causes.length === before) names.add(name);
  }
  return names;
}

function checkSources(volume: JsonObject, path: string, problems: Problems): void {
  const given = SOURCES.filter((source) => volume[source] !== undefined);
  for (const [index, source] of given.entries()) {
    const at = `${path}.${source}`;
    if (index > 0) problems.forbidden(at, 'may not specify more than 1 volume type');
    else checkSource(source, objectAt(volume, source) ?? {}, at, problems);
  }
  if (given.length === 0) problems.required(path, 'must specify a volume type');
}

function checkSource(kind: string, source: JsonObject, path: string, problems: Problems): void {
  for (const field of NEEDS[kind] ?? []) {
    if (textOf(source, field) === '') problems.required(`${path}.${field}`);
  }
  if (kind === 'emptyDir') checkSize(source, path, problems);
  if (kind === 'secret' || kind === 'configMap') {
    checkMode(numberAt(source, 'defaultMode'), `${path}.defaultMode`, problems);
    for (const [item, at] of itemsOf(source, 'items', path)) checkItem(item, at, problems);
  }
  if (kind === 'hostPath') {
    const types = ['BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
    oneOf(problems, `${path}.type`, source.type, types);
    if (textOf(source, 'path').split('/').includes('..')) {
      problems.invalid(`${path}.path`, textOf(source, 'path'), "must not contain '..'");
    }
  }
}

function checkSize(source: JsonObject, path: string, problems: Problems): void {
  const limit = parseQuantity(source.sizeLimit);
  if (limit !== undefined && limit < 0n) {
    problems.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
  }
}

function checkItem(item: JsonObject, path: string, problems: Problems): void {
  for (const field of ['key', 'path']) {
    if (textOf(item, field) === '') problems.required(`${path}.${field}`);
  }
  const target = textOf(item, 'path');
  if (target.startsWith('/')) problems.invalid(`${path}.path`, target, 'must be a relative path');
  if (target.split('/').includes('..')) problems.invalid(`${path}.path`, target, "must not contain '..'");
  else if (target.startsWith('..')) problems.invalid(`${path}.path`, target, "must not start with '..'");
  checkMode(numberAt(item, 'mode'), `${path}.mode`, problems);
}

function checkMode(mode: number | undefined, path: string, problems: Problems): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) problems.invalid(path, mode, MODE);
}
