import { afterEach, describe, expect, it } from '@jest/globals';
import { Writers } from '../../../../controllers/sources/kafka/sink/writers.ts';
import { type Clock, systemClock } from '../../../../src/kubernetes/clock.ts';
import type { KafkaAccess } from '../../../../src/platform/eventing/kafka/access.ts';
import { eventually, FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { FakeKafka, SERVER } from '../../../platform/eventing/kafka/fakeKafka.ts';

const KEY = 'shop/orders';
const RECORD = { key: undefined, value: Buffer.from('hello'), headers: [] };
/** Waits are short. */
const quick: Clock = {
  now: () => new Date(),
  after: (milliseconds, callback) => systemClock.after(Math.min(milliseconds, 5), callback),
};

const running: Writers[] = [];
afterEach(async () => {
  for (const writers of running.splice(0)) await writers.stop();
});

function accessOf(username: string): KafkaAccess {
  return { servers: [SERVER], security: { sasl: { mechanism: 'PLAIN', username, password: 'x' } } };
}

function start(kafka: FakeKafka, access: () => Promise<KafkaAccess>, clock = quick): Writers {
  const writers = new Writers({ openTopic: kafka.openTopic, clock, random: () => 0.5 });
  running.push(writers);
  writers.set(KEY, { version: '1', mode: 'binary', access, topic: 'orders', creation: undefined }, () => {});
  return writers;
}

async function openTo(access: () => Promise<KafkaAccess>): Promise<{ kafka: FakeKafka; writers: Writers }> {
  const kafka = new FakeKafka();
  kafka.topic('orders');
  const writers = start(kafka, access);
  await eventually(() => writers.stateOf(KEY)?.is === 'open', 'open');
  return { kafka, writers };
}

describe('what writes for a KafkaSink', () => {
  it('takes what a Kafka is reached with once that is another, and keeps it as long as that is the same', async () => {
    let user = 'ana';
    let looks = 0;
    const { kafka, writers } = await openTo(() => {
      looks++;
      return Promise.resolve(accessOf(user));
    });
    await eventually(() => looks > 3, 'looked at');
    expect(kafka.access).toEqual([accessOf('ana')]);
    user = 'ben';
    await eventually(() => kafka.closed.length === 1, 'taken');
    expect(kafka.access).toEqual([accessOf('ana'), accessOf('ben')]);
    expect(kafka.closed).toEqual([accessOf('ana')]);
    expect(await writers.find(KEY)?.writer?.write(RECORD)).toEqual({ is: 'written' });
  });

  it('goes on with what it has where its Secret is gone, and says so', async () => {
    let isThere = true;
    const { writers } = await openTo(() =>
      isThere ? Promise.resolve(accessOf('ana')) : Promise.reject(new Error('there is no Secret')),
    );
    isThere = false;
    await eventually(() => writers.stateOf(KEY)?.is === 'failed', 'told');
    expect(writers.stateOf(KEY)).toEqual({ is: 'failed', why: 'secret', sentence: 'there is no Secret' });
    expect(await writers.find(KEY)?.writer?.write(RECORD)).toEqual({ is: 'written' });
    isThere = true;
    await eventually(() => writers.stateOf(KEY)?.is === 'open', 'open again');
  });

  it('looks twice a second at most, however many events are refused', async () => {
    const clock = new FakeClock();
    let looks = 0;
    const kafka = new FakeKafka();
    kafka.topic('orders');
    const writers = start(
      kafka,
      () => {
        looks++;
        return Promise.resolve(accessOf('ana'));
      },
      clock,
    );
    for (let expected = 1; expected <= 4; expected++) {
      await eventually(() => clock.waiting === 1 && looks === expected, `look ${expected} is over`);
      for (let refused = 0; refused < 3; refused++) {
        writers.find(KEY)?.lookSoon();
        await new Promise((resolve) => setImmediate(resolve));
      }
      clock.advance(499);
      await new Promise((resolve) => setImmediate(resolve));
      expect(looks).toBe(expected);
      clock.advance(1);
    }
  });

  it('ends though its Kafka answers nothing any more, and though nobody says what it is reached with', async () => {
    let isSilent = false;
    let looks = 0;
    const { kafka, writers } = await openTo(() => {
      looks++;
      return isSilent ? new Promise(() => {}) : Promise.resolve(accessOf('ana'));
    });
    kafka.isHanging = true;
    const before = looks;
    await eventually(() => looks > before, 'it asks');
    await writers.stop();
    kafka.isHanging = false;
    isSilent = true;
    const other = start(kafka, () => new Promise(() => {}));
    await other.stop();
    expect(kafka.closed).toEqual([accessOf('ana')]);
  });
});
