import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { addressesIn } from '../../../../src/platform/apiserver/resources/rules/addresses.ts';
import { openStore } from '../../../../src/platform/apiserver/store/openStore.ts';

const NOW = new Date('2026-11-21T20:00:00Z');
const LATER = new Date('2026-11-21T20:05:00Z');

it('gives each Service an address and ports that no other has, and the same name the same ones', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-addresses-'));
  const store = await openStore({ file: path.join(folder, 'store.db'), clock: systemClock });
  try {
    const addresses = addressesIn(store);
    const first = addresses.address('shop/web', NOW);
    expect(first).toMatch(/^10\.96\.[0-9]+\.[0-9]+$/);
    expect(addresses.address('shop/web', NOW)).not.toBe(first); // it may be on its way into the store
    expect(addresses.address('shop/web', LATER)).toBe(first);

    const key = { resource: 'services', namespace: 'shop', name: 'web' };
    const object = { metadata: { name: 'web', namespace: 'shop', uid: 'u' }, spec: { clusterIP: first ?? '' } };
    const stored = await store.put(key, object, undefined);
    const muchLater = new Date('2026-11-21T21:00:00Z');
    const other = addresses.address('shop/web', muchLater);
    expect(other).not.toBe(first);
    expect(addressesIn(store).address('shop/web', muchLater)).not.toBe(first);

    await store.remove(key, object, stored.revision);
    expect(addresses.address('shop/web', new Date('2026-11-21T22:00:00Z'))).toBe(first);

    const port = addresses.nodePort('shop/web', NOW) ?? 0;
    expect(port).toBeGreaterThanOrEqual(30_000);
    expect(port).toBeLessThanOrEqual(32_767);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

it('says so when all are taken', () => {
  const addresses = addressesIn({
    watch: () => ({ revision: 0, stop: () => undefined, pause: () => undefined, resume: () => undefined }),
  });
  const given = new Set<number | undefined>();
  for (let index = 0; index < 2768; index++) given.add(addresses.nodePort('a', NOW));
  expect(given.size).toBe(2768);
  expect(addresses.nodePort('a', NOW)).toBeUndefined();
});
