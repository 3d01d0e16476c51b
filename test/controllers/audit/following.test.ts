/** What wakes an audit although no object changed. */
import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Following } from '../../../controllers/audit/following.ts';
import type { Followed, FollowOptions, Tools } from '../../../controllers/manager/controller.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { folderWith } from '../../cli/harness.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { HandPolicies } from '../kit/policies.ts';

/** A cache that tells what a test says of it. */
class HandCache implements Followed {
  readonly store = new Store();
  readonly resource;
  readonly #listeners: (() => void)[] = [];
  #hasSynced = false;

  constructor({ resource }: FollowOptions) {
    this.resource = resource;
  }

  hasSynced(): boolean {
    return this.#hasSynced;
  }

  isServed(): boolean {
    return true;
  }

  onServed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  leave(): void {}

  sync(): void {
    this.#hasSynced = true;
    for (const listener of this.#listeners) listener();
  }
}

function pullingWith(secret: string): ReturnType<typeof loadPolicies> {
  return policyOf(
    `{images: {registries: ["registry.example.com/*"], pullSecrets: [{registry: registry.example.com, secret: ${secret}}]}}`,
  );
}

async function policyOf(spec: string): ReturnType<typeof loadPolicies> {
  const document = `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec: ${spec}
`;
  const loaded = await loadPolicies(`${folderWith({ 'policies/prod.yaml': document })}/policies`, 'policies');
  expect(loaded.errors).toEqual([]);
  return loaded;
}

function followingBy(policies: HandPolicies) {
  const caches = new Map<string, HandCache>();
  const added: string[] = [];
  const tools = {
    follow(options) {
      const cache = new HandCache(options);
      caches.set(`${options.resource.plural} ${options.fieldSelector ?? ''}`, cache);
      return cache;
    },
    enqueue: (key) => void added.push(key),
    policies,
    clock: new FakeClock(),
    random: () => 0,
    log: SILENT,
    record: () => {},
    announce: () => {},
    registry: new Registry(),
  } satisfies Tools;
  const following = new Following({
    tools,
    kinds: new Map(),
    keysOf: () => [],
    everyKey: () => ['*', 'shop', 'store'],
    onLost: () => {},
  });
  return { following, caches, added };
}

it('judges every namespace again once it can be said that a pull secret is not there', async () => {
  const policies = new HandPolicies((await pullingWith('stale')).policies);
  const { following, caches, added } = followingBy(policies);
  for (const cache of caches.values()) cache.sync();
  added.length = 0;

  policies.change((await pullingWith('fresh')).policies);
  following.followPolicies();
  expect(added).toEqual([]);
  // nothing is in it, so that no change tells of anything
  caches.get('secrets metadata.name=fresh')?.sync();
  expect(added).toEqual(['*', 'shop', 'store']);
});

it('follows the pull secrets that guard rails copy, and those whose copies go', async () => {
  const spec = '{namespace: {pullSecrets: {from: vault, names: [fresh], retired: {names: [stale]}}}}';
  const { caches } = followingBy(new HandPolicies((await policyOf(spec)).policies));
  expect([...caches.keys()].filter((key) => key.startsWith('secrets ')).sort()).toEqual([
    'secrets metadata.name=fresh',
    'secrets metadata.name=stale',
  ]);
});
