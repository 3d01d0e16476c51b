/** The files of overlays/ as objects. */
import { readFileSync } from 'node:fs';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';

export function objectsIn(text: string, file: string): JsonObject[] {
  const { documents, errors } = readManifests(text, file);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join(', ')}`);
  return documents.map(({ object }) => object);
}

export function objectsOf(file: string): JsonObject[] {
  return objectsIn(readFileSync(file, 'utf8'), file);
}

/** The only object of the kind, and of the name where one is given. */
export function only(objects: readonly JsonObject[], kind: string, name?: string): JsonObject {
  const found = objects.filter((object) => {
    return object.kind === kind && (name === undefined || stringAt(object, 'metadata', 'name') === name);
  });
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects ${kind} ${name ?? ''}`);
  return first;
}

export function textsAt(object: JsonObject, ...way: string[]): string[] {
  return arrayAt(object, ...way).filter((item) => typeof item === 'string');
}

export function objectsAt(object: JsonObject, ...way: (string | number)[]): JsonObject[] {
  return arrayAt(object, ...way).filter(isObject);
}

/** The entries of a webhook configuration by name. */
export function entriesOf(configuration: JsonObject): Map<string, JsonObject> {
  return new Map(objectsAt(configuration, 'webhooks').map((entry) => [stringAt(entry, 'name') ?? '', entry]));
}
