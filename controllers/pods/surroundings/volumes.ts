/** What the volumes of a Pod hold, as files: pure; disk.ts writes them. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { containerNamed, fieldOf, type Machine, resourceOf } from './fields.ts';
import { ConfigProblem } from './problem.ts';
import { requiredData, type SourceKind, type Sources } from './sources.ts';

export interface VolumeFile {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** A folder that outlives the Pod, and every other one that names it. */
export interface Claim {
  readonly namespace: string;
  readonly claim: string;
}

/** By their paths in the volume; undefined: an empty folder that is the Pod's to write in. */
export type VolumeContent = ReadonlyMap<string, VolumeFile> | Claim | undefined;

const MODE = 0o644;

/** @throws ConfigProblem where it is of a kind that is not here, or names what is not there */
export function contentOf(volume: JsonObject, pod: JsonObject, sources: Sources, machine: Machine): VolumeContent {
  const name = stringAt(volume, 'name') ?? '';
  const files = new Map<string, VolumeFile>();
  const read = { pod, sources, machine, files };
  if (volume.emptyDir !== undefined) return undefined;
  if (isObject(volume.persistentVolumeClaim)) return claimOf(volume.persistentVolumeClaim, pod);
  if (isObject(volume.configMap)) fromData('configMap', volume.configMap, modeOf(volume.configMap), read);
  else if (isObject(volume.secret)) fromData('secret', volume.secret, modeOf(volume.secret), read, 'secretName');
  else if (isObject(volume.downwardAPI)) fromFields(volume.downwardAPI, modeOf(volume.downwardAPI), read);
  else if (isObject(volume.projected)) {
    const mode = modeOf(volume.projected);
    for (const source of arrayAt(volume.projected, 'sources').filter(isObject)) fromSource(source, mode, read);
  } else {
    const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'no kind';
    throw new ConfigProblem(
      `volume ${name} is of the kind ${kind}, which the platform on one machine has not; it has emptyDir, persistentVolumeClaim, configMap, secret, projected and downwardAPI`,
    );
  }
  return files;
}

/** @throws ConfigProblem for a name that no claim can have */
function claimOf(source: JsonObject, pod: JsonObject): Claim {
  const claim = stringAt(source, 'claimName') ?? '';
  const namespace = stringAt(pod, 'metadata', 'namespace') ?? '';
  if (isName(claim) && isName(namespace)) return { namespace, claim };
  throw new ConfigProblem(`claimName is ${JSON.stringify(claim)}, which no PersistentVolumeClaim can be called`);
}

/** Of one folder, and no other. */
function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*$/.test(text);
}

interface Reading {
  readonly pod: JsonObject;
  readonly sources: Sources;
  readonly machine: Machine;
  readonly files: Map<string, VolumeFile>;
}

function fromSource(source: JsonObject, mode: number, read: Reading): void {
  if (isObject(source.configMap)) fromData('configMap', source.configMap, mode, read);
  else if (isObject(source.secret)) fromData('secret', source.secret, mode, read);
  else if (isObject(source.downwardAPI)) fromFields(source.downwardAPI, mode, read);
  else {
    const kind = Object.keys(source)[0] ?? 'nothing';
    throw new ConfigProblem(`a projected volume takes ${kind}, which the platform on one machine does not hand out`);
  }
}

function modeOf(source: JsonObject): number {
  return numberAt(source, 'defaultMode') ?? MODE;
}

function fromData(kind: SourceKind, source: JsonObject, mode: number, read: Reading, nameField = 'name'): void {
  const namespace = stringAt(read.pod, 'metadata', 'namespace') ?? '';
  const data = requiredData(read.sources, kind, namespace, source, nameField);
  if (data === undefined) return;
  const items = arrayAt(source, 'items').filter(isObject);
  if (items.length === 0) {
    for (const [key, bytes] of data) put(read.files, key, bytes, mode);
    return;
  }
  for (const item of items) {
    const key = stringAt(item, 'key') ?? '';
    const bytes = data.get(key);
    if (bytes !== undefined) put(read.files, stringAt(item, 'path') ?? key, bytes, numberAt(item, 'mode') ?? mode);
    else if (source.optional !== true) {
      throw new ConfigProblem(`references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${key}`);
    }
  }
}

function fromFields(source: JsonObject, mode: number, { pod, machine, files }: Reading): void {
  for (const item of arrayAt(source, 'items').filter(isObject)) {
    const field = objectAt(item, 'fieldRef');
    const resource = objectAt(item, 'resourceFieldRef') ?? {};
    const value =
      field === undefined
        ? resourceOf(containerNamed(pod, stringAt(resource, 'containerName') ?? ''), resource, machine)
        : fieldOf(pod, stringAt(field, 'fieldPath') ?? '');
    put(files, stringAt(item, 'path') ?? '', Buffer.from(value), numberAt(item, 'mode') ?? mode);
  }
}

/** @throws ConfigProblem for a path that leads out of the volume */
function put(files: Map<string, VolumeFile>, path: string, bytes: Buffer, mode: number): void {
  if (!isInside(path)) throw new ConfigProblem(`the path ${JSON.stringify(path)} leads out of its volume`);
  files.set(path, { bytes, mode: mode & 0o777 });
}

/** True for a relative path that stays where it begins. */
export function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
}
