/** The pipeline over a store in a folder of its own, with admission that a test may put words into. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import type { Admission, AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import { ADMINISTRATOR } from '../../../../src/platform/apiserver/auth/identities.ts';
import type { Guard } from '../../../../src/platform/apiserver/objects/dependencies.ts';
import { keepObjects } from '../../../../src/platform/apiserver/objects/keep.ts';
import {
  type Answer,
  bodyOf,
  type DeleteOptions,
  type Objects,
  objectOf,
  type PatchType,
  type Target,
  type WriteOptions,
} from '../../../../src/platform/apiserver/objects/objects.ts';
import { keepResources } from '../../../../src/platform/apiserver/resources/keep.ts';
import type { Resource } from '../../../../src/platform/apiserver/resources/resource.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { openStore } from '../../../../src/platform/apiserver/store/openStore.ts';
import type { Store } from '../../../../src/platform/apiserver/store/store.ts';

export const NOW = new Date('2026-01-01T12:00:00.750Z');

export interface Hooks {
  mutate?: (attributes: AdmissionAttributes) => JsonObject | undefined | Promise<JsonObject | undefined>;
  validate?: (attributes: AdmissionAttributes) => void | Promise<void>;
}

export interface Pipeline {
  readonly store: Store;
  readonly objects: Objects;
  readonly hooks: Hooks;
  /** What admission was asked: `mutate CREATE configmaps shop/web`. */
  readonly asked: string[];
  readonly warnings: string[];
  /** Where the clock stands; the test may set it. */
  readonly clock: { time: Date };
  /** What chance brings next, from 0 up. */
  readonly draws: number[];
  resource(plural: string): Resource;
  target(plural: string, name?: string, more?: Partial<Target>): Target;
  create(plural: string, object: JsonValue, options?: Partial<WriteOptions>): Promise<JsonObject>;
  update(plural: string, name: string, object: JsonObject, options?: Partial<WriteOptions>): Promise<JsonObject>;
  patch(
    plural: string,
    name: string,
    type: PatchType,
    body: JsonValue,
    options?: Partial<WriteOptions>,
  ): Promise<JsonObject>;
  delete(plural: string, name: string, options?: Partial<DeleteOptions>): Promise<Answer>;
  get(plural: string, name: string): JsonObject;
}

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export const WRITE: WriteOptions = { dryRun: false, fieldManager: 'test', fieldValidation: 'Strict', sent: {} };
export const DELETE: DeleteOptions = { dryRun: false, preconditions: {}, sent: {} };

/** With the namespace `shop`. */
export async function aPipeline(guards: readonly Guard[] = []): Promise<Pipeline> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-objects-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { time: NOW };
  const passed = { now: () => clock.time, after: () => () => {} };
  const store = await openStore({ file: path.join(folder, 'store.db'), clock: passed });
  endings.push(() => store.close());
  const resources = keepResources(store, { clock: passed });
  await resources.start();
  endings.push(() => resources.stop());

  const hooks: Hooks = {};
  const asked: string[] = [];
  const warnings: string[] = [];
  const draws: number[] = [];
  const admission: Admission = {
    async mutate(attributes) {
      asked.push(`mutate ${titleOf(attributes)}`);
      return (await hooks.mutate?.(attributes)) ?? attributes.object;
    },
    async validate(attributes) {
      asked.push(`validate ${titleOf(attributes)}`);
      await hooks.validate?.(attributes);
    },
  };
  let uids = 0;
  const objects = keepObjects({
    store,
    resources,
    admission,
    authorizer: { decide: ({ user }) => ({ allowed: user === ADMINISTRATOR, reason: '' }) },
    clock: passed,
    chance: { uid: () => `uid-${++uids}`, below: () => draws.shift() ?? 0 },
    guards,
    special: [],
  });

  const resource = (plural: string): Resource => {
    const found = resources.all().find((each) => each.plural === plural);
    if (found === undefined) throw new Error(`no resource ${plural}`);
    return found;
  };
  const target = (plural: string, name = '', more: Partial<Target> = {}): Target => {
    const found = resource(plural);
    const namespace = found.isNamespaced ? 'shop' : '';
    const warn = (sentence: string): void => {
      warnings.push(sentence);
    };
    return { resource: found, subresource: '', namespace, name, user: ADMINISTRATOR, agent: 'jest', warn, ...more };
  };
  await objects.create(target('namespaces'), WRITE, bodyOf({ metadata: { name: 'shop' } }));
  asked.length = 0;

  return {
    store,
    objects,
    hooks,
    asked,
    warnings,
    clock,
    draws,
    resource,
    target,
    create: async (plural, object, options) =>
      objectOf(await objects.create(target(plural), { ...WRITE, ...options }, bodyOf(object))),
    update: async (plural, name, object, options) =>
      objectOf(await objects.update(target(plural, name), { ...WRITE, ...options }, bodyOf(object))),
    patch: async (plural, name, type, body, options) =>
      objectOf(
        await objects.patch(target(plural, name), { ...WRITE, ...options }, { type, body: bodyOf(body), force: false }),
      ),
    delete: (plural, name, options) => objects.delete(target(plural, name), { ...DELETE, ...options }),
    get: (plural, name) => objectOf(objects.get(target(plural, name))),
  };
}

function titleOf({ operation, resource, namespace, name }: AdmissionAttributes): string {
  return `${operation} ${resource.plural} ${namespace}/${name}`;
}

/** `404 configmaps "a" not found` */
export async function refusal(call: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof call === 'function' ? call() : call);
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

export function configMap(name: string, members: JsonObject = {}): JsonObject {
  const { metadata, ...rest } = members;
  const named = typeof metadata === 'object' && metadata !== null ? { name, ...metadata } : { name };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: named, ...rest };
}
