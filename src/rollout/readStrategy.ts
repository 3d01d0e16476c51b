/** The strategy of a TrafficRollout's document: canary or blueGreen. */
import { isObject, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { member, nameOf, type Part, type Problems } from '../schedule/problems.ts';
import { readLength } from '../schedule/values.ts';
import type { BlueGreen, Canary, Pause, SmokeTest, Step } from './model.ts';

const MOST_STEPS = 50;
const DAY = 86_400_000;
const LONGEST_PAUSE = 30 * DAY;
const LONGEST_KEPT = 30 * DAY;
const SMOKE_TIMEOUT = 60_000;
const LONGEST_SMOKE = 3_600_000;

export function readStrategy(spec: Part, problems: Problems): Canary | BlueGreen | undefined {
  const strategy = problems.part(spec, 'strategy');
  if (strategy === undefined) {
    if (member(spec.object, 'strategy') === undefined) {
      problems.add(spec.path, 'strategy is missing; write strategy: {canary: {steps: [{percent: 10, pause: 5m}]}}');
    }
    return undefined;
  }
  problems.known(strategy, ['canary', 'blueGreen']);
  const canary = problems.part(strategy, 'canary');
  const blueGreen = problems.part(strategy, 'blueGreen');
  if (canary !== undefined && blueGreen !== undefined) {
    problems.add(join(strategy.path, 'blueGreen'), 'blueGreen stands beside canary; a rollout has one of the two');
    return undefined;
  }
  if (canary !== undefined) return readCanary(canary, problems);
  if (blueGreen !== undefined) return readBlueGreen(blueGreen, problems);
  if (member(strategy.object, 'canary') === undefined && member(strategy.object, 'blueGreen') === undefined) {
    problems.add(strategy.path, 'strategy is empty; write canary: {steps: […]} or blueGreen: {autoPromoteAfter: 10m}');
  }
  return undefined;
}

function readCanary(canary: Part, problems: Problems): Canary {
  problems.known(canary, ['steps']);
  const items = problems.items(canary, 'steps');
  const path = join(canary.path, 'steps');
  if (items.length === 0 && (member(canary.object, 'steps') === undefined || Array.isArray(canary.object.steps))) {
    problems.add(canary.path, 'steps are missing; write steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]');
  }
  if (items.length > MOST_STEPS) {
    problems.add(path, `${items.length} steps are more than ${MOST_STEPS}, the most that a rollout has`);
    return { type: 'canary', steps: [] };
  }
  const steps: Step[] = [];
  for (const [index, item] of items.entries()) {
    const step = readStep(item, join(path, index), problems);
    if (step === undefined) continue;
    const before = steps.at(-1);
    if (before !== undefined && step.percent <= before.percent) {
      problems.add(
        join(path, index, 'percent'),
        `percent is ${step.percent}, after a step of ${before.percent}; each step is larger than the one before it`,
      );
    }
    steps.push(step);
  }
  return { type: 'canary', steps };
}

function readStep(item: JsonValue, path: string, problems: Problems): Step | undefined {
  if (!isObject(item)) {
    problems.add(path, `a step is ${nameOf(item)}, and should be an object as in {percent: 10, pause: 5m}`);
    return undefined;
  }
  const part = { object: item, path };
  problems.known(part, ['percent', 'pause']);
  if (member(item, 'percent') === undefined) problems.add(path, 'percent is missing; write percent: 10');
  const percent = problems.integer(part, 'percent', 1, 100);
  const pause = readPause(part, 'pause', 0, problems);
  return percent === undefined ? undefined : { percent, pause };
}

/** `5m`, or `{}` for one that a person ends. */
function readPause(part: Part, key: string, unset: Pause, problems: Problems): Pause {
  const value = member(part.object, key);
  if (value === undefined) return unset;
  const path = join(part.path, key);
  if (isObject(value)) {
    problems.known({ object: value, path }, []);
    return 'person';
  }
  if (typeof value !== 'string') {
    problems.add(
      path,
      `${key} is ${nameOf(value)}, and should be a length of time as in 5m, or {} to wait for a person`,
    );
    return unset;
  }
  const length = readLength(part, key, '5m', problems);
  if (length === undefined) return unset;
  if (length <= LONGEST_PAUSE) return length;
  problems.add(path, `${key} is ${nameOf(value)}, and should be at most 30 days (720h)`);
  return unset;
}

function readBlueGreen(part: Part, problems: Problems): BlueGreen {
  problems.known(part, ['autoPromoteAfter', 'keepOld', 'smokeTest']);
  const autoPromoteAfter = readPause(part, 'autoPromoteAfter', 'person', problems);
  const keepOld = readLength(part, 'keepOld', '1h', problems) ?? 0;
  if (keepOld > LONGEST_KEPT) {
    problems.add(
      join(part.path, 'keepOld'),
      `keepOld is ${nameOf(part.object.keepOld)}, and should be at most 30 days (720h)`,
    );
  }
  return { type: 'blueGreen', autoPromoteAfter, keepOld, smokeTest: readSmokeTest(part, problems) };
}

function readSmokeTest(part: Part, problems: Problems): SmokeTest | undefined {
  const test = problems.part(part, 'smokeTest');
  if (test === undefined) return undefined;
  problems.known(test, ['http', 'job', 'timeout']);
  const timeout = readLength(test, 'timeout', '1m', problems) ?? SMOKE_TIMEOUT;
  if (timeout < 1_000 || timeout > LONGEST_SMOKE) {
    problems.add(join(test.path, 'timeout'), `timeout is ${nameOf(test.object.timeout)}, and should be from 1s to 1h`);
  }
  const http = problems.part(test, 'http');
  const job = problems.part(test, 'job');
  if ((http === undefined) === (job === undefined)) {
    problems.add(
      test.path,
      'a smoke test is one of http: {path: /healthz} and job: {fromCronJob: smoke-test}; write one of the two',
    );
    return undefined;
  }
  if (job !== undefined) {
    problems.known(job, ['fromCronJob']);
    const cronJob = problems.needed(job, 'fromCronJob', 'smoke-test');
    return cronJob === undefined ? undefined : { type: 'job', cronJob, timeout };
  }
  return http === undefined ? undefined : readHttp(http, timeout, problems);
}

/** What begins with two slashes, or with what a URL takes for one, names another host. */
const OWN_PATH = /^\/([^/\\]|$)/;

function readHttp(http: Part, timeout: number, problems: Problems): SmokeTest | undefined {
  problems.known(http, ['path', 'status']);
  const path = problems.text(http, 'path', '/healthz') ?? '/';
  const status = problems.integer(http, 'status', 100, 599) ?? 200;
  if (OWN_PATH.test(path)) return { type: 'http', path, status, timeout };
  problems.add(join(http.path, 'path'), `path is ${nameOf(path)}, and should begin with one / as in /healthz`);
  return undefined;
}
