/** The API server's own parts, from the store to what follows by itself, without HTTP and with a clock of the test's. */
import { randomInt, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import type { Clock } from '../../../../src/kubernetes/clock.ts';
import { type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import type { Admission, AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import { ADMINISTRATOR } from '../../../../src/platform/apiserver/auth/identities.ts';
import { rbacAuthorizer } from '../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import type { SecretToken } from '../../../../src/platform/apiserver/auth/tokens/secretTokens.ts';
import { type Lifecycle, startLifecycle } from '../../../../src/platform/apiserver/lifecycle/start.ts';
import { type DeleteWrite, type Writes, writesOver } from '../../../../src/platform/apiserver/lifecycle/writes.ts';
import { keepObjects } from '../../../../src/platform/apiserver/objects/keep.ts';
import type { Propagation } from '../../../../src/platform/apiserver/objects/objects.ts';
import { keepResources } from '../../../../src/platform/apiserver/resources/keep.ts';
import { openStore } from '../../../../src/platform/apiserver/store/openStore.ts';
import type { Store } from '../../../../src/platform/apiserver/store/store.ts';

export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Calls what is due by then. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers].sort((one, other) => one.at - other.at)) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}

type Refusal = (attributes: AdmissionAttributes) => Error | Promise<undefined> | undefined;

export interface Cluster {
  readonly store: Store;
  readonly clock: ManualClock;
  /** All that passed admission: `DELETE pods shop/web system:serviceaccount:kube-system:generic-garbage-collector`. */
  readonly admitted: string[];
  /** What went wrong and is tried again. */
  readonly warnings: string[];
  /** From now on admission refuses what this gives an error for. */
  refuse(of: Refusal): void;
  readonly writes: Writes;
  /** As the administrator; gives its uid. */
  create(resource: string, object: JsonObject): Promise<string>;
  delete(resource: string, name: string, propagation?: Propagation): Promise<void>;
  /** `''` before the name for what has no namespace; undefined where there is nothing. */
  get(resource: string, name: string): JsonObject | undefined;
  names(resource: string, namespace?: string): string[];
  /** Until nothing is left that could be done at once. */
  settle(): Promise<void>;
  /** What follows by itself ends, and begins anew over what is stored. */
  restart(): Promise<void>;
}

const folders: string[] = [];
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

let template: string | undefined;
afterAll(() => {
  if (template !== undefined) rmSync(template, { recursive: true });
});

/** One that has begun already, from a copy of the first of the file: to begin takes longer than a test. */
export async function aCluster(): Promise<Cluster> {
  if (template === undefined) {
    template = mkdtempSync(path.join(tmpdir(), 'weir-lifecycle-'));
    const { close } = await clusterIn(template);
    await close();
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-lifecycle-'));
  folders.push(folder);
  cpSync(template, folder, { recursive: true });
  return begun(folder);
}

/** One of which nothing is stored before. */
export function aNewCluster(): Promise<Cluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-lifecycle-'));
  folders.push(folder);
  return begun(folder);
}

async function begun(folder: string): Promise<Cluster> {
  const { cluster, close } = await clusterIn(folder);
  endings.push(close);
  return cluster;
}

async function clusterIn(folder: string): Promise<{ cluster: Cluster; close(): Promise<void> }> {
  const clock = new ManualClock(new Date('2026-01-01T00:00:00Z'));
  const store = await openStore({ file: path.join(folder, 'store.db'), clock });
  const authorizer = rbacAuthorizer(store);
  const resources = keepResources(store, { clock });
  const admitted: string[] = [];
  const warnings: string[] = [];

  const refusal: { of: Refusal } = { of: () => undefined };

  const admission: Admission = {
    async mutate({ object }) {
      return object;
    },
    async validate(attributes) {
      const error = await refusal.of(attributes);
      if (error !== undefined) throw error;
      const { operation, resource, subresource, namespace, name, user } = attributes;
      const title = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
      admitted.push(`${operation} ${title} ${namespace === '' ? name : `${namespace}/${name}`} ${user.name}`);
    },
  };
  const chance = { uid: () => randomUUID(), below: (end: number) => randomInt(end) };
  const objects = keepObjects({
    store,
    resources,
    admission,
    authorizer,
    clock,
    chance,
    guards: [],
    special: [],
  });
  await resources.start();
  const warn = (_: object, message: string): void => {
    warnings.push(message);
  };
  const log = { debug: () => {}, info: () => {}, warn, error: warn };
  const secretToken = ({ namespace, secret, account }: SecretToken) => `${namespace}/${secret} of ${account.name}`;
  const start = (): Promise<Lifecycle> =>
    startLifecycle({ store, objects, resources, clock, log, ca: 'CA', port: 6443, secretToken });
  let lifecycle = await start();
  const close = async (): Promise<void> => {
    lifecycle.stop();
    authorizer.stop();
    await resources.stop();
    await store.close();
  };

  const writes = writesOver(objects, resources);
  const keyOf = (resource: string, title: string): { resource: string; namespace: string; name: string } => {
    const isNamespaced = resources.ofStored(resource)?.isNamespaced ?? false;
    const slash = title.indexOf('/');
    if (!isNamespaced) return { resource, namespace: '', name: title };
    return { resource, namespace: slash === -1 ? 'default' : title.slice(0, slash), name: title.slice(slash + 1) };
  };
  const cluster: Cluster = {
    store,
    clock,
    admitted,
    warnings,
    refuse(of) {
      refusal.of = of;
    },
    writes,
    async create(resource, object) {
      const namespace = stringAt(object, 'metadata', 'namespace') ?? 'default';
      const key = keyOf(resource, `${namespace}/${stringAt(object, 'metadata', 'name') ?? ''}`);
      const name = stringAt(object, 'metadata', 'name') ?? '';
      await writes.create(ADMINISTRATOR, key.namespace === '' ? { ...key, name } : key, object);
      return store.get(key.namespace === '' ? { ...key, name } : key)?.uid ?? '';
    },
    async delete(resource, name, propagation = 'Background') {
      const how: DeleteWrite = { propagation };
      await writes.delete(ADMINISTRATOR, keyOf(resource, name), how);
    },
    get: (resource, name) => store.get(keyOf(resource, name))?.object(),
    names: (resource, namespace = '') =>
      store
        .list({ resource, namespace })
        .items.map(({ key }) => (namespace === '' && key.namespace !== '' ? `${key.namespace}/${key.name}` : key.name)),
    async settle() {
      await lifecycle.idle();
    },
    async restart() {
      lifecycle.stop();
      lifecycle = await start();
    },
  };
  await cluster.settle();
  return { cluster, close };
}

export interface ConfigMapOptions {
  readonly namespace?: string;
  readonly owners?: readonly JsonObject[];
  readonly finalizers?: readonly string[];
}

export function configMap(
  name: string,
  { namespace = 'default', owners = [], finalizers = [] }: ConfigMapOptions = {},
): JsonObject {
  const metadata = {
    name,
    namespace,
    ...(owners.length > 0 && { ownerReferences: owners }),
    ...(finalizers.length > 0 && { finalizers }),
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

/** A reference to a ConfigMap, or to what the changes say. */
export function owner(name: string, uid: string, changes: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...changes };
}
