/** Who measures takes about as long as an interval: what it says counts, each once and in order. */
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { MeasureInterval, Question } from '../../../controllers/rollout/measure/source.ts';
import { type JsonObject, numberAt } from '../../../src/kubernetes/json.ts';
import { eventually, FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { ANALYSIS, CANARY, SECOND, Stage, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

/** Its hand can be moved without its timers, which ring too late then, as those of a busy process do. */
class LateClock extends FakeClock {
  late = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.late);
  }
}

const stage = new Stage();
const clock = new LateClock();
stage.clock = clock;
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

/** One before the first step. */
const FIRST_OF_STEP = 2;

interface Asked {
  readonly question: Question;
  readonly answer: () => void;
}

it('the verdict of an interval counts where its answer comes as the next one begins', async () => {
  const asked: Asked[] = [];
  // the first one takes its time, all others answer at once
  const measure: MeasureInterval = (question, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    asked.push({ question, answer: resolve });
    if (asked.length !== FIRST_OF_STEP) resolve();
    return promise.then(() => stage.measure(question, signal));
  };
  const spec: JsonObject = { ...CANARY, analysis: { ...ANALYSIS, interval: '2s', failureLimit: 5 } };
  await stage.open({ spec });
  await stage.start({ options: { measure } });
  await stage.settle();
  await stage.deploy('2');
  await stage.settle();
  await stage.pass(2_000, 2_000);
  expect([await stage.phase(), asked.length]).toEqual(['Progressing 1 10%', FIRST_OF_STEP - 1]);

  stage.fares.set(SECOND, { errors: 0.5 });
  clock.advance(2_000);
  await eventually(() => asked.length === FIRST_OF_STEP, 'the interval is asked about');
  // so long a round waits
  clock.advance(300);
  await stage.settle();
  // the round in which the answer is there is one in which the next interval is over, too
  clock.late = 2_000;
  asked.at(-1)?.answer();
  await stage.settle();
  const { analysis } = await stage.status();
  expect(asked).toHaveLength(FIRST_OF_STEP + 1);
  expect(numberAt(analysis, 'failures')).toBe(2);
  const [one, next] = asked.slice(FIRST_OF_STEP - 1);
  expect((next?.question.from ?? 0) >= (one?.question.to ?? 0)).toBe(true);
});
