/** A store for tests of what reads one: in memory, no history, watches that are told at once. */
import { isObject, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type {
  Key,
  Reader,
  Selection,
  Stored,
  Watch,
  WatchEvent,
} from '../../../../src/platform/apiserver/store/store.ts';

export interface Memory extends Reader {
  /** Creates or replaces; gives what is stored. */
  put(resource: string, object: JsonObject): Stored;
  drop(resource: string, namespace: string, name: string): void;
}

interface Watcher {
  readonly selection: Selection;
  tell(event: WatchEvent): void;
}

export function memory(): Memory {
  const objects = new Map<string, Stored>();
  const watchers = new Set<Watcher>();
  let revision = 0;

  function tell(type: WatchEvent['type'], stored: Stored): void {
    for (const watcher of [...watchers]) if (isIn(stored, watcher.selection)) watcher.tell({ type, stored });
  }

  function all(selection: Selection): Stored[] {
    return [...objects.values()]
      .filter((each) => isIn(each, selection))
      .sort((a, b) => (id(a.key) < id(b.key) ? -1 : 1));
  }

  return {
    get revision() {
      return revision;
    },
    get: (key) => objects.get(id(key)),
    list: (selection) => ({ items: all(selection), revision }),
    watch(selection, { onEvent }) {
      const watch: Watch = {
        get revision() {
          return revision;
        },
        stop: () => watchers.delete(watcher),
        pause() {},
        resume() {},
      };
      const watcher: Watcher = { selection, tell: (event) => onEvent(event, watch) };
      for (const stored of all(selection)) watcher.tell({ type: 'ADDED', stored });
      watchers.add(watcher);
      return watch;
    },
    put(resource, object) {
      const key = { resource, namespace: textAt(object, 'namespace'), name: textAt(object, 'name') };
      const old = objects.get(id(key));
      const stored = storedOf(key, object, ++revision, old?.uid);
      objects.set(id(key), stored);
      tell(old === undefined ? 'ADDED' : 'MODIFIED', stored);
      return stored;
    },
    drop(resource, namespace, name) {
      const stored = objects.get(id({ resource, namespace, name }));
      if (stored === undefined) return;
      objects.delete(id(stored.key));
      revision++;
      tell('DELETED', stored);
    },
  };
}

function storedOf(key: Key, object: JsonObject, revision: number, uid: string | undefined): Stored {
  const metadata = objectAt(object, 'metadata') ?? {};
  const given = stringAt(metadata, 'uid') ?? uid ?? `uid-${revision}`;
  const whole = { ...object, metadata: { ...metadata, uid: given, resourceVersion: String(revision) } };
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(metadata, 'labels') ?? {})) {
    if (typeof value === 'string') labels[name] = value;
  }
  const json = JSON.stringify(whole);
  return { key, uid: given, revision, labels, json, object: () => parsed(json) };
}

function parsed(json: string): JsonObject {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? value : {};
}

function isIn(stored: Stored, { resource, namespace, matches }: Selection): boolean {
  if (stored.key.resource !== resource || (namespace !== '' && stored.key.namespace !== namespace)) return false;
  return matches === undefined || matches(stored);
}

function id({ resource, namespace, name }: Key): string {
  return `${resource}/${namespace}/${name}`;
}

function textAt(object: JsonObject, field: string): string {
  return stringAt(object, 'metadata', field) ?? '';
}
