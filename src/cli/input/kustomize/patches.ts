/** Finds the patch of a kustomization that wrote a value. */
import {
  arrayAt,
  equals,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  stringAt,
} from '../../../kubernetes/json.ts';
import { referenceTo } from '../../../kubernetes/object.ts';
import { join, pointer, resolve } from '../../../kubernetes/pointer.ts';
import { type ManifestDocument, readYaml } from '../../../kubernetes/yaml/read.ts';
import type { FilePlace } from '../resource.ts';
import type { Kustomization } from './kustomization.ts';
import type { Sources } from './sources.ts';
import { translate } from './translate.ts';

/**
 * Where a patch of the kustomization gives the place the value: in a patch file, or at the patch's entry where it
 * stands in the kustomization itself. Both kinds of patch are known: a piece of the object, and a list of operations.
 */
export function patchPlace(
  kustomization: Kustomization,
  object: JsonObject,
  source: ManifestDocument | undefined,
  at: string,
  value: JsonValue,
  sources: Sources,
): FilePlace | undefined {
  const names = [referenceTo(object).name, referenceTo(source?.object ?? {}).name];
  const isMeant = (patch: JsonValue) => isFor(patch, object, names);

  for (const file of kustomization.patchFiles) {
    for (const document of sources.documents(file)) {
      const place = placeIn(document.value, object, at, value, isMeant);
      if (place !== undefined) return { file: sources.name(file), ...document.locate(place) };
    }
  }
  return inlinePlace(kustomization, object, at, value, sources, isMeant);
}

function inlinePlace(
  { document, file }: Kustomization,
  object: JsonObject,
  at: string,
  value: JsonValue,
  sources: Sources,
  isMeant: (patch: JsonValue) => boolean,
): FilePlace | undefined {
  if (document === undefined) return undefined;
  for (const field of ['patches', 'patchesStrategicMerge', 'patchesJson6902']) {
    for (const [index, entry] of arrayAt(document.value, field).entries()) {
      const text = typeof entry === 'string' ? entry : stringAt(entry, 'patch');
      if (text === undefined || !text.includes('\n')) continue;
      const found = readYaml(text, file).documents.some(
        (patch) => placeIn(patch.value, object, at, value, isMeant) !== undefined,
      );
      if (!found) continue;
      const entryAt = pointer(field, index);
      const where = typeof entry === 'string' ? entryAt : join(entryAt, 'patch');
      return { file: sources.name(file), ...document.locate(where, typeof entry === 'string' ? 'value' : 'key') };
    }
  }
  return undefined;
}

/** The pointer into the patch at which the value stands, or undefined. */
function placeIn(
  patch: JsonValue,
  object: JsonObject,
  at: string,
  value: JsonValue,
  isMeant: (patch: JsonValue) => boolean,
): string | undefined {
  if (isArray(patch)) return operationAt(patch, at, value);
  if (!isObject(patch) || !isMeant(patch)) return undefined;
  const inPatch = translate(object, patch, at);
  return equals(resolve(patch, inPatch), value) ? inPatch : undefined;
}

/** The last operation that wrote the place, or something around it that holds the value. */
function operationAt(operations: readonly JsonValue[], at: string, value: JsonValue): string | undefined {
  for (const [index, operation] of [...operations.entries()].reverse()) {
    const target = stringAt(operation, 'path');
    if (target === undefined || !isObject(operation)) continue;
    if (at !== target && !at.startsWith(`${target}/`) && !target.endsWith('/-')) continue;
    const rest = target.endsWith('/-') ? '' : at.slice(target.length);
    if (equals(resolve(operation.value, rest), value)) return pointer(index, 'value') + rest;
  }
  return undefined;
}

function isFor(patch: JsonValue, object: JsonObject, names: readonly string[]): boolean {
  const kind = stringAt(patch, 'kind');
  if (kind !== undefined && kind !== object.kind) return false;
  const name = stringAt(patch, 'metadata', 'name');
  return name === undefined || names.includes(name);
}
