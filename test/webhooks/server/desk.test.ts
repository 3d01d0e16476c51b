import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import { makeLogger } from '../../../src/process/log.ts';
import { Desk, howManyTogether } from '../../../webhooks/server/desk.ts';
import { Metrics } from '../../../webhooks/server/metrics.ts';
import type { Reply } from '../../../webhooks/server/send.ts';
import { aService, NOW } from '../../policy/builders.ts';
import { aCertificate, TestCertificates } from './certificates.ts';
import { reviewText, shippedStore } from './harness.ts';

describe('how many go together', () => {
  it.each<[what: string, sizes: readonly number[], expected: number]>([
    ['there are none', [], 0],
    ['there is one', [5], 1],
    ['there are two', [5, 5], 2],
    ['a large one comes first', [3000, 5], 1],
    ['a large one comes behind', [5, 3000], 1],
    ['there are more than fit', [60, 60, 60], 2],
    ['there are very many', Array.from({ length: 40 }, () => 5), 16],
    ['there are very many empty ones', Array.from({ length: 40 }, () => 0), 16],
  ])('where %s', (_, sizes, expected) => {
    expect(howManyTogether(sizes.map((kib) => ({ bytes: Buffer.alloc(kib * 1024) })))).toBe(expected);
  });
});

interface Sent {
  readonly status: number;
  readonly text: string;
}

/** Stands for a request whose answer cannot be written. */
const BROKEN = 'broken';

/** A desk that is asked for the reviews of these bodies at once; resolves with the answers in the order in which they were sent. */
function answersTo(bodies: readonly string[], now: (review: number) => Date = () => NOW) {
  const cluster = { inventory: EMPTY_INVENTORY, hasSynced: () => true, ages: () => new Map<string, number>() };
  const certificates = new TestCertificates(aCertificate());
  const metrics = new Metrics({ policies: shippedStore, cluster, certificates, lostEvents: () => 0 });
  let judged = 0;
  const desk = new Desk({
    policies: shippedStore,
    cluster,
    catalogue,
    metrics,
    log: makeLogger('silent'),
    isDraining: () => false,
    now: () => now(judged++),
  });
  return new Promise<Sent[]>((resolve) => {
    const sent: Sent[] = [];
    const replyTo = (asked: string): Reply => {
      let status = 0;
      const told = (code: number, text: string) => {
        sent.push({ status: code, text });
        if (sent.length === bodies.length) resolve(sent);
      };
      return {
        headersSent: false,
        writeHead: (code) => {
          if (asked === BROKEN) throw new Error('hunter2-hunter2');
          status = code;
        },
        destroy: () => told(0, 'destroyed'),
        end: (text) => told(status, text),
      };
    };
    for (const body of bodies) {
      desk.take({
        door: { door: 'validate', environment: 'prod' },
        bytes: Buffer.from(body),
        response: replyTo(body),
        start: 0,
      });
    }
  });
}

const sound = (uid: string) => reviewText({ uid, object: aService() });

describe('what came in together', () => {
  it('gets each its own answer, in the order in which it came, also where there is more than goes together', async () => {
    const uids = Array.from({ length: 50 }, (_, index) => `review-${index}`);
    const sent = await answersTo(uids.map(sound));
    expect(sent.map(({ text }) => JSON.parse(text).response.uid)).toEqual(uids);
  });

  it('is answered beside what is no review', async () => {
    const sent = await answersTo([sound('a'), 'no JSON', sound('b'), '{}']);
    expect(sent.map(({ status }) => status)).toEqual([200, 400, 200, 400]);
  });

  it('is answered beside a review that breaks', async () => {
    const sent = await answersTo([sound('a'), sound('b'), sound('c')], (review) => {
      if (review === 1) throw new Error('hunter2-hunter2');
      return NOW;
    });
    expect(sent.map(({ status }) => status)).toEqual([200, 500, 200]);
    expect(JSON.stringify(sent)).not.toContain('hunter2');
  });

  it('is answered beside one whose answer cannot be written', async () => {
    const sent = await answersTo([sound('a'), BROKEN, sound('b')]);
    expect(sent.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual([200, 'destroyed', 200]);
  });
});
