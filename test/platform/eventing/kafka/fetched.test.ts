import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { answerIn, type FetchAnswer, fetchedOf } from '../../../../src/platform/eventing/kafka/fetched.ts';
import { takeLeaderless } from '../../../../src/platform/eventing/kafka/leaderless.ts';

const NAMES = new Map([['id', 'orders']]);

function anAnswer(errorCodes: readonly number[], errorCode = 0): FetchAnswer {
  const partitions = errorCodes.map((code, partitionIndex) => ({ partitionIndex, errorCode: code, records: null }));
  return { errorCode, responses: [{ topicId: 'id', partitions }] };
}

/** As the client library throws it. */
function thrown(response: unknown, paths: readonly string[] = []): AggregateError {
  const errors = paths.map((path) => Object.assign(new Error('wrong'), { path }));
  return Object.assign(new AggregateError(errors, 'Received response with error'), { response });
}

describe('an answer with errors', () => {
  it('counts partition by partition', () => {
    const wanted = [0, 1, 2, 3].map((partition) => ({ topic: 'orders', partition, offset: 7n }));
    expect(fetchedOf(anAnswer([0, 1, 6]), wanted, NAMES)).toEqual([
      { topic: 'orders', partition: 0, is: 'read', records: [], next: 7n },
      { topic: 'orders', partition: 1, is: 'outOfRange' },
      { topic: 'orders', partition: 2, is: 'unread', why: 'its leader is another by now' },
    ]);
  });

  it('is the last of those that were asked for again', () => {
    const [first, last] = [thrown(anAnswer([6])), thrown(anAnswer([0, 6]))];
    expect(answerIn(new AggregateError([first, last]))).toEqual(anAnswer([0, 6]));
  });

  it.each<[title: string, error: unknown]>([
    ['a topic that is not there', thrown(anAnswer([0, 3]))],
    ['who may not read it', thrown(anAnswer([29]))],
    ['the question as a whole', thrown(anAnswer([], 71))],
    ['a connection that was cut', new AggregateError([thrown(anAnswer([6])), new Error('Connection closed')])],
    ['anything else', new Error('closed')],
  ])('that are those of %s is none', (_, error) => {
    expect(answerIn(error)).toBeUndefined();
  });
});

describe('what a Kafka tells of topics', () => {
  const METADATA = 3;
  const FETCH = 1;

  /** What comes of an answer that the library takes for wrong. */
  function taken(apiKey: number, error: Error): unknown {
    const connections = new EventEmitter();
    takeLeaderless(connections as unknown as Parameters<typeof takeLeaderless>[0]);
    const connection = { send: (_: number, __: number, ___: unknown, parse: () => unknown) => parse() };
    connections.emit('connecting', { connection });
    return connection.send(apiKey, 12, undefined, () => {
      throw error;
    });
  }

  it('is taken where only partitions are without a leader', () => {
    const answer = { topics: [] };
    expect(taken(METADATA, thrown(answer, ['/topics/0/partitions/1', '/topics/1/partitions/0']))).toBe(answer);
  });

  it.each<[title: string, apiKey: number, paths: string[]]>([
    ['of a topic that is not there', METADATA, ['/topics/0', '/topics/1/partitions/0']],
    ['of another request', FETCH, ['/topics/0/partitions/1']],
  ])('is an error where it is one %s', (_, apiKey, paths) => {
    expect(() => taken(apiKey, thrown({}, paths))).toThrow('Received response with error');
  });
});
