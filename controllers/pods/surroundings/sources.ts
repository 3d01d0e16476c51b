/** ConfigMaps and Secrets, as Pods name them. */
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, ownMember } from '../../../src/kubernetes/json.ts';
import { ConfigProblem } from './problem.ts';

export interface Sources {
  readonly configMaps: Pick<Store, 'find'>;
  readonly secrets: Pick<Store, 'find'>;
}

export type SourceKind = 'configMap' | 'secret';

/** Every key with its value; undefined where there is no such object. */
export function dataOf(
  { configMaps, secrets }: Sources,
  kind: SourceKind,
  namespace: string,
  name: string,
): ReadonlyMap<string, Buffer> | undefined {
  const object = (kind === 'configMap' ? configMaps : secrets).find(namespace, name);
  if (object === undefined) return undefined;
  const data = new Map<string, Buffer>();
  const plain: BufferEncoding = kind === 'configMap' ? 'utf8' : 'base64';
  addAll(data, objectAt(object, 'data'), plain);
  if (kind === 'configMap') addAll(data, objectAt(object, 'binaryData'), 'base64');
  return data;
}

function addAll(data: Map<string, Buffer>, values: JsonObject | undefined, encoding: BufferEncoding): void {
  for (const [key, value] of Object.entries(values ?? {})) {
    if (typeof value === 'string') data.set(key, Buffer.from(value, encoding));
  }
}

/**
 * The data of what a reference names.
 *
 * @returns undefined where it is not there and need not be
 * @throws ConfigProblem where it has to be
 */
export function requiredData(
  sources: Sources,
  kind: SourceKind,
  namespace: string,
  reference: JsonValue | undefined,
  nameField = 'name',
): ReadonlyMap<string, Buffer> | undefined {
  const name = isObject(reference) ? ownMember(reference, nameField) : undefined;
  const wanted = typeof name === 'string' ? name : '';
  const data = dataOf(sources, kind, namespace, wanted);
  if (data !== undefined || (isObject(reference) && reference.optional === true)) return data;
  throw new ConfigProblem(
    `${kind.toLowerCase()} "${wanted}" not found in namespace ${namespace}; make it, or mark it optional`,
  );
}
