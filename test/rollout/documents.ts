/** Documents of TrafficRollouts, and what is said about them: by src/rollout, and by an API server that has the CustomResourceDefinition. */
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { ANALYSIS, aDocument } from './builders.ts';

export const canary = (...steps: readonly JsonValue[]): JsonObject => aDocument({ strategy: { canary: { steps } } });
export const blueGreen = (parts: JsonObject): JsonObject => aDocument({ strategy: { blueGreen: parts } });
export const analysis = (parts: JsonObject): JsonObject => aDocument({ analysis: { ...ANALYSIS, ...parts } });
export const metric = (...metrics: readonly JsonObject[]): JsonObject => analysis({ metrics });
export const freeze = (parts: JsonObject): JsonObject =>
  aDocument({
    freeze: {
      timeZone: 'Europe/Lisbon',
      windows: [{ name: 'friday', start: '0 12 * * 5', duration: '66h' }],
      ...parts,
    },
  });

export const GOOD: readonly (readonly [what: string, document: JsonObject])[] = [
  ['a canary', aDocument()],
  ['a step without a pause, and one that waits for a person', canary({ percent: 1 }, { percent: 100, pause: {} })],
  ['blueGreen of nothing', blueGreen({})],
  ['blueGreen', blueGreen({ autoPromoteAfter: '10m', keepOld: '1h', smokeTest: { http: { path: '/', status: 204 } } })],
  [
    'a Job as a smoke test',
    blueGreen({ autoPromoteAfter: {}, smokeTest: { job: { fromCronJob: 'smoke' }, timeout: '5m' } }),
  ],
  ['an analysis', aDocument({ analysis: ANALYSIS })],
  ['a query', metric({ name: 'carts', max: -3.5, query: 'sum(rate(carts[$interval]))' })],
  ['pods as a surge', aDocument({ maxSurge: 3 })],
  ['a share as a surge', aDocument({ maxSurge: '50%' })],
  ['a freeze', freeze({ holidays: ['2026-12-25'] })],
  ['a pause by Git', aDocument({ paused: true, progressDeadline: '15m' })],
];

/** What a reader says; and the sentence of a rule, or the place and the keyword of the schema. */
export const BAD: readonly (readonly [document: JsonObject, sentence: string, refusal: string])[] = [
  [
    aDocument({ serviceRef: {} }),
    '/spec/serviceRef name is missing; write name: api-service',
    '/spec/serviceRef required',
  ],
  [
    aDocument({ strategy: {} }),
    '/spec/strategy strategy is empty; write canary: {steps: […]} or blueGreen: {autoPromoteAfter: 10m}',
    'exactly one of canary and blueGreen says how traffic moves',
  ],
  [
    aDocument({ strategy: { canary: { steps: [{ percent: 5 }] }, blueGreen: {} } }),
    '/spec/strategy/blueGreen blueGreen stands beside canary; a rollout has one of the two',
    'exactly one of canary and blueGreen says how traffic moves',
  ],
  [
    canary(),
    '/spec/strategy/canary steps are missing; write steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]',
    '/spec/strategy/canary/steps minItems',
  ],
  [
    canary({ percent: 0 }),
    '/spec/strategy/canary/steps/0/percent percent is 0, and should be a whole number from 1 to 100',
    '/spec/strategy/canary/steps/0/percent minimum',
  ],
  [
    canary({ percent: 20 }, { percent: 20 }),
    '/spec/strategy/canary/steps/1/percent percent is 20, after a step of 20; each step is larger than the one before it',
    'two steps have the same percent; each step is larger than the one before it',
  ],
  [
    blueGreen({ smokeTest: {} }),
    '/spec/strategy/blueGreen/smokeTest a smoke test is one of http: {path: /healthz} and job: {fromCronJob: smoke-test}; write one of the two',
    'a smoke test is one of http and job',
  ],
  [
    canary({ percent: 20 }, { percent: 10 }),
    '/spec/strategy/canary/steps/1/percent percent is 10, after a step of 20; each step is larger than the one before it',
    'a step is smaller than the one before it; each step is larger than the one before it',
  ],
  ...['//169.254.169.254/latest', '//', '/\\169.254.169.254', 'healthz'].map((path): [JsonObject, string, string] => [
    blueGreen({ smokeTest: { http: { path } } }),
    `/spec/strategy/blueGreen/smokeTest/http/path path is ${JSON.stringify(path)}, and should begin with one / as in /healthz`,
    '/spec/strategy/blueGreen/smokeTest/http/path pattern',
  ]),
  [
    blueGreen({ keepOld: '721h' }),
    '/spec/strategy/blueGreen/keepOld keepOld is "721h", and should be at most 30 days (720h)',
    'the old Revision is kept at most 30 days',
  ],
  [
    metric({ name: 'eror-rate', max: 1 }),
    '/spec/analysis/metrics/0/name metric "eror-rate" is not built in (error-rate, p95-latency) and has no query; did you mean "error-rate"?',
    'a metric that is not built in (error-rate, p95-latency) needs a query',
  ],
  [
    aDocument({ analysis: { metrics: [{ name: 'carts', max: 1, query: 'up' }] } }),
    '/spec/analysis/metrics/0/query a query needs a Prometheus; write prometheus: {address: http://prometheus.monitoring:9090}',
    'a query needs prometheus.address',
  ],
  [
    analysis({ prometheus: { address: 'http://user:password@prometheus:9090' } }),
    '/spec/analysis/prometheus/address address is "http://user:password@prometheus:9090", and should be a URL without a user and a query, as in http://prometheus.monitoring:9090',
    '/spec/analysis/prometheus/address pattern',
  ],
  [
    analysis({ interval: '0s' }),
    '/spec/analysis/interval interval is "0s", and should be from 1s to 24h',
    'an interval lasts from 1s to 24h',
  ],
  [
    aDocument({ maxSurge: '0%' }),
    '/spec/maxSurge maxSurge is "0%", and should be a number of pods from 1 on, or a share of stable\'s as in "50%"',
    'maxSurge is a number of pods from 1 on, or a share as in 50%',
  ],
  [
    freeze({ windows: [{ name: 'friday', start: '0 12 * * 5' }] }),
    '/spec/freeze/windows/0 window friday has no end; write end: "0 18 * * 1-5", or duration: 10h',
    'exactly one of end and duration says when a window ends',
  ],
];
