/** The keeper, node:https and time as they are: certificates that live for seconds, rotated three times under load. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { CertificateKeeper } from '../../../webhooks/certificates/keeper.ts';
import type { CertificateStore } from '../../../webhooks/certificates/store.ts';
import type { Timing } from '../../../webhooks/certificates/timing.ts';
import { keysFromStock } from '../../tls/keys.ts';
import { callAll } from './load.ts';
import { MemoryStore } from './memoryStore.ts';
import { NAMES } from './names.ts';

const SECOND = 1_000;
/** Long enough for a machine that has other things to do. */
const TIMING: Timing = {
  life: 15 * SECOND,
  takeUp: SECOND,
  overlap: 1.5 * SECOND,
  grace: 0.5 * SECOND,
  resync: 0.5 * SECOND,
};

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe('three servers under load', () => {
  it('lose no call in three rotations', async () => {
    const store = new MemoryStore();
    const replicas = [store, store, slowly(store, 0.2 * SECOND)];
    const ports: number[] = [];
    for (const each of replicas) ports.push(await startReplica(each));
    const mostBehind = 0.5 * SECOND;
    const load = callAll({
      ports,
      servername: NAMES[0] ?? '',
      caBundle: () => store.bundleAt(performance.now() - Math.random() * mostBehind),
      pause: 10,
    });
    open.push(() => load.stop());

    for (let rotations = 0; rotations < 3; rotations++) {
      // whoever has just written waits: without this no wait but that one would be tried
      await new Promise((resolve) => setTimeout(resolve, 1.2 * TIMING.takeUp));
      const before = load.certificates().size;
      store.askForRotation();
      await until(() => load.certificates().size > before && store.isSettled());
    }
    await load.stop();
    expect(load.failures()).toEqual([]);
    expect(load.certificates().size).toBe(4);
    expect(load.answered()).toBeGreaterThan(100);
    expect(load.reused()).toBeGreaterThan(20);
    expect(store.authorities()).toBe(4);
  }, 60_000);
});

/** Each answer is as late as that. */
function slowly(store: MemoryStore, late: number): CertificateStore {
  const later = async <Value>(answer: Promise<Value>): Promise<Value> => {
    const value = await answer;
    await new Promise((resolve) => setTimeout(resolve, late));
    return value;
  };
  return {
    secret: () => later(store.secret()),
    configurations: () => later(store.configurations()),
    createSecret: (material) => later(store.createSecret(material)),
    replaceSecret: (...asked) => later(store.replaceSecret(...asked)),
    publish: (...asked) => later(store.publish(...asked)),
    watch: (changed) => store.watch(changed),
  };
}

async function startReplica(store: CertificateStore): Promise<number> {
  const keeper = new CertificateKeeper({
    store,
    names: NAMES,
    timing: TIMING,
    leastBits: 2048,
    makeKeys: () => Promise.resolve(keysFromStock()),
    randomBytes,
    clock: systemClock,
    elapsed: () => performance.now(),
    random: Math.random,
    log: SILENT,
  });
  let server: Server | undefined;
  const isListening = new Promise<Server>((resolve) => {
    keeper.onChange(({ certificate: cert, key }) => {
      if (server !== undefined) {
        server.setSecureContext({ cert, key });
        return;
      }
      const made = createServer({ cert, key }, (_, response) => response.end('{}'));
      server = made.listen(0, '127.0.0.1', () => resolve(made));
    });
  });
  open.push(() => keeper.stop());
  keeper.start();

  const listening = await isListening;
  open.push(() => new Promise((resolve) => listening.close(resolve).closeAllConnections()));
  const address = listening.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}
