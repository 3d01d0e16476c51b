/**
 * The values that Weir filled into an object, remembered in one annotation of the object itself: so that a later policy
 * can change what a policy set, and never what the author set.
 */
import { equals, isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { parent, pointer, resolve } from '../../src/kubernetes/pointer.ts';
import { applyEdits, type Edit } from '../../src/policy/engine/edit.ts';

/** Outside of the template: what it says must not make a Revision. */
export const DEFAULTS_ANNOTATION = 'weir.dev/defaults';
export const DEFAULTS_PATH = pointer('metadata', 'annotations', DEFAULTS_ANNOTATION);

/** Values by JSON pointer. */
export type Remembered = ReadonlyMap<string, JsonValue>;

/** An annotation of more than this is not Weir's: Kubernetes allows 256 KiB for all annotations together. */
const LONGEST = 64 * 1024;

/** What the object's annotation remembers; nothing where it has none, or one that Weir did not write. */
export function readRemembered(object: JsonObject | undefined): Remembered {
  const text = stringAt(object, 'metadata', 'annotations', DEFAULTS_ANNOTATION);
  if (text === undefined || text.length > LONGEST) return new Map();
  const value = parsed(text);
  if (!isObject(value)) return new Map();
  const entries = Object.entries(value).filter(([path]) => path.startsWith('/'));
  return new Map(entries.flatMap(([path, item]) => (item === undefined ? [] : [[path, item] as const])));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // somebody else's text
  }
}

export function printRemembered(remembered: Remembered): string {
  return JSON.stringify(Object.fromEntries(remembered));
}

/** The object without the remembered values that still stand in it, and without what only they held up. */
export function withoutRemembered(object: JsonObject, remembered: Remembered): JsonObject {
  const edits: Edit[] = [];
  for (const [path, value] of remembered) {
    if (equals(resolve(object, path), value)) edits.push({ remove: path });
  }
  let stripped = applyEdits(object, edits);
  for (const path of remembered.keys()) stripped = withoutEmptyHolders(stripped, path);
  return stripped;
}

/** `annotations: {}` means what no annotations mean. */
function withoutEmptyHolders(object: JsonObject, path: string): JsonObject {
  let stripped = object;
  for (let holder = parent(path); holder !== ''; holder = parent(holder)) {
    if (!isEmpty(resolve(stripped, holder)) || isArray(resolve(stripped, parent(holder)))) return stripped;
    stripped = applyEdits(stripped, [{ remove: holder }]);
  }
  return stripped;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
