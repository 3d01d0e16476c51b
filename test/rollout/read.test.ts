/** What a TrafficRollout's document may say, by src/rollout and by its CustomResourceDefinition. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { aDocument, aRollout } from './builders.ts';
import { BAD, canary, freeze, GOOD, metric } from './documents.ts';
import { refusals } from './schema.ts';

describe('a TrafficRollout', () => {
  it('has what is left out by default', () => {
    expect(aRollout()).toMatchObject({
      service: 'api-service',
      strategy: {
        type: 'canary',
        steps: [
          { percent: 10, pause: 300_000 },
          { percent: 50, pause: 300_000 },
        ],
      },
      maxSurge: { percent: 100 },
      progressDeadline: 600_000,
      isPaused: false,
      analysis: undefined,
      freeze: undefined,
    });
    expect(aRollout({ analysis: { metrics: [{ name: 'error-rate', max: 0 }] } }).analysis).toEqual({
      prometheus: undefined,
      interval: 60_000,
      failureLimit: 2,
      minimumRequests: 10,
      metrics: [{ name: 'error-rate', max: 0, query: undefined }],
    });
  });

  it.each(GOOD)('%s is read, and stored', (_, object) => {
    expect(readRollout(object).problems).toBeUndefined();
    expect(refusals(object)).toEqual([]);
  });

  it.each(BAD)('%j is told, and refused', (object, sentence, refusal) => {
    expect(readRollout(object).problems?.map(({ path, message }) => `${path} ${message}`)).toEqual([sentence]);
    expect(refusals(object)).toEqual([refusal]);
  });

  /** What a schema of Kubernetes cannot say, or prunes without a word. */
  it.each<[JsonObject, string]>([
    [
      canary({ percent: 5, pause: 300 }),
      '/spec/strategy/canary/steps/0/pause pause is 300, and should be a length of time as in 5m, or {} to wait for a person',
    ],
    [
      canary({ percent: 5, pause: { duration: '5m' } }),
      '/spec/strategy/canary/steps/0/pause/duration unknown field "duration"',
    ],
    [
      metric({ name: 'error-rate', max: 1.5 }),
      '/spec/analysis/metrics/0/max max is 1.5, and should be a share from 0 to 1 as in 0.01',
    ],
    [
      metric({ name: 'p95-latency', max: 500 }),
      '/spec/analysis/metrics/0/max max is 500, and should be a length of time as in 500ms',
    ],
    [aDocument({ stategy: {} }), '/spec/stategy unknown field "stategy"; did you mean "strategy"?'],
    [
      freeze({ windows: [{ name: 'friday', start: '0 12 * * 5', duration: '1h', minScale: 3 }] }),
      '/spec/freeze/windows/0/minScale unknown field "minScale"',
    ],
    [
      freeze({ timeZone: 'Europe/Lisbonn' }),
      '/spec/freeze/timeZone the tz database has no time zone "Europe/Lisbonn"; did you mean "Europe/Lisbon"?',
    ],
  ])('%j is told by who reads it', (object, sentence) => {
    expect(readRollout(object).problems?.map(({ path, message }) => `${path} ${message}`)).toEqual([sentence]);
  });

  it.each<JsonValue>([
    null,
    7,
    [],
    {},
    { serviceRef: [], strategy: 7, analysis: [], maxSurge: {}, progressDeadline: 3, paused: 'x', freeze: [] },
    { strategy: { canary: { steps: [null, [], 7, { percent: {}, pause: [] }] }, blueGreen: 7 } },
    { strategy: { blueGreen: { autoPromoteAfter: [], keepOld: {}, smokeTest: { http: 7, job: [] } } } },
    { analysis: { prometheus: 7, metrics: [null, 7, { name: {}, max: {}, query: [] }], failureLimit: {} } },
    { freeze: { timeZone: {}, windows: [null, 7, { name: {} }] } },
    { ['__proto__']: { strategy: {} } },
  ])('of %j nothing is read, and nothing breaks', (spec) => {
    const { rollout, problems } = readRollout({ ...aDocument(), spec });
    expect(rollout).toBeUndefined();
    expect(problems?.length).toBeGreaterThan(0);
  });
});
