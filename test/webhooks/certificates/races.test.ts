/** What a replica does that was held up in the worst places, step by step. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { CertificateKeeper } from '../../../webhooks/certificates/keeper.ts';
import type { CertificateStore } from '../../../webhooks/certificates/store.ts';
import { timingFor } from '../../../webhooks/certificates/timing.ts';
import { keysFromStock } from '../../tls/keys.ts';
import { authority, materialOf, serving } from './builders.ts';
import { MemoryStore } from './memoryStore.ts';
import { NAMES } from './names.ts';

const TIMING = timingFor(60_000);
const now = Date.now();

const running: CertificateKeeper[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((keeper) => keeper.stop()));
});

function keeperOver(store: CertificateStore, elapsed: () => number): CertificateKeeper {
  const keeper = new CertificateKeeper({
    store,
    names: NAMES,
    timing: TIMING,
    leastBits: 2048,
    makeKeys: () => Promise.resolve(keysFromStock()),
    randomBytes,
    clock: systemClock,
    elapsed,
    random: Math.random,
    log: SILENT,
  });
  running.push(keeper);
  return keeper;
}

/** The same store, with something done before or in the place of some of its methods. */
function over(store: MemoryStore, changes: Partial<CertificateStore>): CertificateStore {
  return {
    secret: () => store.secret(),
    configurations: () => store.configurations(),
    createSecret: (material) => store.createSecret(material),
    replaceSecret: (...asked) => store.replaceSecret(...asked),
    publish: (...asked) => store.publish(...asked),
    watch: (changed) => store.watch(changed),
    ...changes,
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a replica that is held up between its readings', () => {
  it('takes no CA out of a caBundle that others have put in meanwhile, even if its clock stood still', async () => {
    const [old, young] = [authority({ now, life: TIMING.life }), authority({ now, life: TIMING.life })];
    const store = new MemoryStore();
    await store.createSecret(materialOf(old, serving(old, { now, life: TIMING.life })));
    await publish(store, old.certificate);

    // between its first reading and its second the others go through half a rotation
    let readings = 0;
    const othersRotate = async (): Promise<void> => {
      if (++readings !== 2) return;
      const leaf = serving(young, { now, life: TIMING.life });
      const version = (await store.secret())?.version ?? '';
      await store.replaceSecret(version, materialOf(young, leaf, [old]), false);
      await publish(store, young.certificate + old.certificate);
    };
    const written: string[] = [];
    const slow = over(store, {
      secret: async () => {
        await othersRotate();
        return store.secret();
      },
      configurations: async () => {
        await othersRotate();
        return store.configurations();
      },
      publish: (configuration, pem) => {
        written.push(pem);
        return store.publish(configuration, pem);
      },
    });
    const keeper = keeperOver(slow, () => 0);
    keeper.start();
    await until(() => readings >= 6 && keeper.current() !== undefined);
    expect(store.bundleAt(Number.POSITIVE_INFINITY)).toBe(young.certificate + old.certificate);
    for (const pem of written) expect(pem).toContain(young.certificate);
  });

  it('reads again before it writes', async () => {
    const store = new MemoryStore();
    await publish(store, '');
    let time = 0;
    const asked: string[] = [];
    const slow = over(store, {
      configurations: () => {
        asked.push('configurations');
        return store.configurations();
      },
      secret: () => {
        asked.push('secret');
        if (asked.length === 4) time += TIMING.takeUp;
        return store.secret();
      },
      createSecret: (material) => {
        asked.push('create');
        return store.createSecret(material);
      },
    });
    keeperOver(slow, () => time).start();
    await until(() => asked.includes('create'));
    // the first pass makes keys, the second is held up, the third writes
    const pass = ['configurations', 'secret'];
    expect(asked.slice(0, 7)).toEqual([...pass, ...pass, ...pass, 'create']);
  });
});

describe('two replicas that find nothing', () => {
  it('make one Secret, and serve the same', async () => {
    const store = new MemoryStore();
    await publish(store, '');
    const both = [keeperOver(store, () => performance.now()), keeperOver(store, () => performance.now())];
    for (const keeper of both) keeper.start();
    await until(() => both.every((keeper) => keeper.current() !== undefined));
    expect(store.authorities()).toBe(1);
    expect(both[0]?.current()).toEqual(both[1]?.current());
  });
});

async function publish(store: MemoryStore, pem: string): Promise<void> {
  const [configuration] = await store.configurations();
  if (configuration !== undefined) await store.publish(configuration, pem);
}
