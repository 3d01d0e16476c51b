import { describe, expect, it } from '@jest/globals';
import { deliverRecord, type Target } from '../../../../controllers/sources/kafka/deliver.ts';
import { eventOf } from '../../../../controllers/sources/kafka/event.ts';
import type { RecordHeader } from '../../../../src/cloudevents/kafka.ts';
import { kafkaRetries } from '../../../../src/knative/eventing/sources/kafka.ts';
import type { Happening } from '../../../../src/kubernetes/client/events.ts';
import type { Clock } from '../../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { ReadRecord } from '../../../../src/platform/eventing/kafka/record.ts';
import type { SendRequest, Sent } from '../../../../src/platform/eventing/send.ts';

const SOURCE: JsonObject = {
  apiVersion: 'sources.knative.dev/v1',
  kind: 'KafkaSource',
  metadata: { namespace: 'shop', name: 'orders', uid: '1' },
  spec: {
    delivery: { retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT1S' },
    ceOverrides: { extensions: { Team: 'shop' } },
  },
};
const SINK = 'http://sink/';
const LETTERS = 'http://letters/';
const RECORD: ReadRecord = {
  topic: 'orders',
  partition: 0,
  offset: 7n,
  timestamp: 0,
  key: undefined,
  value: Buffer.from('hello'),
  headers: [],
};

interface Delivered {
  readonly isDone: boolean;
  readonly sent: readonly SendRequest[];
  readonly waits: readonly number[];
  readonly told: readonly Happening[];
}

/** Answers by URL, one after another; the last again and again. */
async function deliver(
  answers: Readonly<Record<string, readonly (number | undefined)[]>>,
  {
    deadLetter,
    source = SOURCE,
    signal = new AbortController().signal,
    onSend,
  }: { deadLetter?: string; source?: JsonObject; signal?: AbortSignal; onSend?: () => void } = {},
): Promise<Delivered> {
  const sent: SendRequest[] = [];
  const waits: number[] = [];
  const told: Happening[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    after(milliseconds, callback) {
      waits.push(milliseconds);
      queueMicrotask(callback);
      return () => {};
    },
  };
  const target: Target = { source, sink: SINK, deadLetter, retries: kafkaRetries(SOURCE) };
  const isDone = await deliverRecord(RECORD, signal, {
    clock,
    target: () => target,
    record: (happening) => told.push(happening),
    send(request): Promise<Sent> {
      sent.push(request);
      onSend?.();
      const of = answers[request.url] ?? [];
      const count = sent.filter(({ url }) => url === request.url).length;
      const status = of[Math.min(count, of.length) - 1];
      if (status === undefined) return Promise.resolve({ status, error: 'connect ECONNREFUSED' });
      return Promise.resolve({ status, headers: {}, body: Buffer.from('no!'), retryAfter: undefined });
    },
  });
  return { isDone, sent, waits, told };
}

function attributesOf(request: SendRequest | undefined): Record<string, unknown> {
  return Object.fromEntries(request?.event.attributes ?? []);
}

describe('the event of a record', () => {
  it('is the record as data, with where it stood and what the source says', () => {
    const { attributes, data } = eventOf(SOURCE, RECORD);
    expect(Object.fromEntries(attributes)).toEqual({
      specversion: '1.0',
      id: 'partition:0/offset:7',
      type: 'dev.knative.kafka.event',
      source: '/apis/v1/namespaces/shop/kafkasources/orders#orders',
      subject: 'partition:0#7',
      time: '1970-01-01T00:00:00.000Z',
      knativekafkapartition: '0',
      knativekafkaoffset: '7',
      team: 'shop',
    });
    expect(data?.toString()).toBe('hello');
  });

  it('is the CloudEvent where it is one', () => {
    const binary = { ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't', ce_team: 'billing' };
    const headers = Object.entries(binary).map(([name, text]): RecordHeader => [name, Buffer.from(text)]);
    expect(Object.fromEntries(eventOf(SOURCE, { ...RECORD, headers }).attributes)).toEqual({
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 't',
      knativekafkapartition: '0',
      knativekafkaoffset: '7',
      team: 'shop',
    });
  });
});

describe('a record', () => {
  it('is done with when its event is taken', async () => {
    const { isDone, sent } = await deliver({ [SINK]: [202] });
    expect(isDone).toBe(true);
    expect(sent).toMatchObject([{ url: SINK, headers: { 'kn-namespace': 'shop', prefer: 'reply' }, timeout: 600_000 }]);
  });

  it.each<[answers: (number | undefined)[], attempts: number, waits: number[]]>([
    [[503, 202], 2, [1000]],
    [[undefined, 429, 200], 3, [1000, 2000]],
    [[500], 3, [1000, 2000]],
    [[400], 1, []],
    [[302], 1, []],
  ])('that is answered with %j is sent %d times', async (answers, attempts, waits) => {
    const found = await deliver({ [SINK]: answers });
    expect(found.sent).toHaveLength(attempts);
    expect(found.waits).toEqual(waits);
    expect(found.isDone).toBe(true);
  });

  it('that nobody takes is told, and is not sent for ever', async () => {
    const { told } = await deliver({ [SINK]: [400] });
    expect(told).toMatchObject([
      {
        type: 'Warning',
        reason: 'EventLost',
        note: 'an event of orders:0 is lost: http://sink/ did not take it: it answered 400; there is no dead-letter sink',
      },
    ]);
  });

  it('is told to have been lost where its dead letters are those of a cluster', async () => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    const source = { ...SOURCE, spec: { delivery: { retry: 0, deadLetterSink: { ref } } } };
    const { told } = await deliver({ [SINK]: [400] }, { source });
    expect(told).toMatchObject([
      { note: expect.stringMatching(/400; its dead-letter sink is that of a cluster, and /) },
    ]);
  });

  it('goes to the dead letters with why', async () => {
    const { sent, told, isDone } = await deliver({ [SINK]: [400], [LETTERS]: [503, 202] }, { deadLetter: LETTERS });
    expect(sent.map(({ url }) => url)).toEqual([SINK, LETTERS, LETTERS]);
    expect(attributesOf(sent.at(-1))).toMatchObject({
      knativeerrordest: SINK,
      knativeerrorcode: '400',
      knativeerrordata: Buffer.from('no!').toString('base64'),
    });
    expect(isDone).toBe(true);
    expect(told).toEqual([]);
  });

  it('says nothing of a code where no answer came', async () => {
    const { sent } = await deliver({ [SINK]: [undefined], [LETTERS]: [202] }, { deadLetter: LETTERS });
    expect(attributesOf(sent.at(-1))).toMatchObject({ knativeerrordest: SINK });
    expect(attributesOf(sent.at(-1))).not.toHaveProperty('knativeerrorcode');
  });

  it('is lost where the dead letters do not take it either, which is told', async () => {
    const { told, isDone } = await deliver({ [SINK]: [400], [LETTERS]: [400] }, { deadLetter: LETTERS });
    expect(isDone).toBe(true);
    expect(told[0]?.note).toContain('http://letters/ did not take it either');
  });

  it.each<[title: string, answers: (number | undefined)[], isDone: boolean]>([
    ['not done with while it fails', [500], false],
    ['not done with where it would be a dead letter', [400], false],
    ['done with where it was taken all the same', [202], true],
  ])('that is ended is %s', async (_, answers, expected) => {
    const ending = new AbortController();
    const { isDone, told, sent } = await deliver(
      { [SINK]: answers, [LETTERS]: [202] },
      {
        deadLetter: LETTERS,
        signal: ending.signal,
        onSend: () => ending.abort(),
      },
    );
    expect(isDone).toBe(expected);
    expect(told).toEqual([]);
    expect(sent).toHaveLength(1);
  });
});
