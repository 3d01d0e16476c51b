/** Stores in a folder of their own, closed and removed after the test, with a clock that is moved by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { openStore, type StoreOptions } from '../../../../src/platform/apiserver/store/openStore.ts';
import type { Key, Store, Stored, WatchEvent } from '../../../../src/platform/apiserver/store/store.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';

const opened: Store[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function aFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-store-'));
  folders.push(folder);
  return folder;
}

export async function aStore(options: Partial<StoreOptions> = {}): Promise<Store> {
  const file = options.file ?? path.join(aFolder(), 'store.db');
  const store = await openStore({ clock: new FakeClock(), ...options, file });
  opened.push(store);
  return store;
}

/** A ConfigMap's key; `shop/web`, or a name in the namespace `shop`. */
export function at(text: string, resource = 'configmaps'): Key {
  const slash = text.indexOf('/');
  return { resource, namespace: slash < 0 ? 'shop' : text.slice(0, slash), name: text.slice(slash + 1) };
}

export function anObject({ namespace, name }: Key, data: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const uid = `uid-of-${name}`;
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, uid, labels }, data };
}

/** Creates the object, or updates it where it is there. */
export function write(store: Store, key: Key, data: JsonObject = {}, labels: JsonObject = {}): Promise<Stored> {
  return store.put(key, anObject(key, data, labels), store.get(key)?.revision);
}

export function erase(store: Store, key: Key): Promise<Stored> {
  const stored = store.get(key);
  if (stored === undefined) throw new Error(`nothing stands at ${key.name}`);
  return store.remove(key, stored.object(), stored.revision);
}

/** `ADDED web 3` */
export function told({ type, stored }: WatchEvent): string {
  return `${type} ${stored.key.name} ${stored.revision}`;
}

export function names(items: readonly Stored[]): string[] {
  return items.map(({ key }) => `${key.namespace}/${key.name}`);
}
