/** What reads expressions ends with the platform, also where that is killed while one goes on for ever. */
import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { Evaluator } from '../../../src/platform/eventing/transform/evaluator.ts';
import { until } from './kit.ts';

const FILE = pathToFileURL(path.resolve('src/platform/eventing/transform/evaluator.ts')).href;
const PLATFORM = `
import { Evaluator } from ${JSON.stringify(FILE)};
// it holds up no end by itself
setInterval(() => undefined, 1000);
const evaluator = new Evaluator({ timeMs: 600_000 });
await evaluator.read('1');
evaluator.evaluate('($f := function($x) { $f($x) }; $f(1))', '{}');
process.stdout.write('begun');
`;

const ENDLESS = '($f := function($x) { $f($x) }; $f(1))';

/** As Linux tells them. */
function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children
    .split(' ')
    .filter((each) => each !== '')
    .map(Number);
}

(process.platform === 'linux' ? it : it.skip)(
  'leaves no process behind that is killed',
  async () => {
    const platform = spawn(process.execPath, ['--input-type=module', '-e', PLATFORM], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    platform.stdout.on('data', (chunk: Buffer) => (output += chunk));
    await until(() => output === 'begun', 'it has begun');
    const children = childrenOf(platform.pid ?? 0);
    expect(children).toHaveLength(1);
    platform.kill('SIGKILL');
    await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)), 'its child has ended');
  },
  120_000,
);

(process.platform === 'linux' ? it : it.skip)(
  'goes on where a terminal sends its signals to all of its processes',
  async () => {
    const evaluator = new Evaluator({ timeMs: 60_000 });
    await evaluator.read('1');
    const [child = 0] = childrenOf(process.pid);
    const slow = evaluator.evaluate('{"a": $sum([1..2000000])}', '{}');
    process.kill(child, 'SIGINT');
    process.kill(child, 'SIGTERM');
    expect(await slow).toMatchObject({ is: 'made' });
    expect(await evaluator.evaluate('{"a": 1}', '{}')).toMatchObject({ is: 'made', json: '{"a":1}' });
    expect(childrenOf(process.pid)).toEqual([child]);
    evaluator.end();
  },
  120_000,
);

it.each([
  [
    'no memory',
    () => {
      throw new Error('spawn ENOMEM');
    },
    'ENOMEM',
  ],
  ['no file', () => new ChildProcess(), 'could not be started'],
])(
  'tells everybody to come later where there is %s for its process, and transforms where there is',
  async (_, start, why) => {
    const kill = jest.spyOn(ChildProcess.prototype, 'kill').mockReturnValue(false);
    let isPoor = true;
    const evaluator = new Evaluator({ spawn: (...all) => (isPoor ? start() : spawn(...all)) });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => evaluator.evaluate('{"a": 1}', '{}')));
    expect(new Set(answers.map(({ is }) => is))).toEqual(new Set(['later']));
    expect(answers.at(-1)).toMatchObject({ problem: expect.stringContaining(why) });
    // which says nothing of how an expression is written
    expect(await evaluator.read('1')).toEqual({ is: 'unknown', problem: expect.stringContaining(why) });
    // of one without an id it would reach this one
    expect(kill).not.toHaveBeenCalled();
    kill.mockRestore();
    isPoor = false;
    expect(await evaluator.evaluate('{"a": 1}', '{}')).toMatchObject({ is: 'made' });
    evaluator.end();
  },
);

it.each([
  ['{"a": $pad("x", 9000000)}', 'the expression gives more than 8388608 characters of JSON'],
  ['{"contenttype": $pad("x", 9000)}', 'contenttype has more than 2000 characters'],
  ['$error($pad("x", 9000))', expect.stringMatching(/^x {1999}( at character \d+)?$/)],
])('bounds what %s gives', async (expression, problem) => {
  const evaluator = new Evaluator({ timeMs: 60_000 });
  expect(await evaluator.evaluate(expression, '{}')).toEqual({ is: 'failed', problem });
  evaluator.end();
});

it('takes so many at once and no more, and answers all of them at the end', async () => {
  const evaluator = new Evaluator({ timeMs: 60_000 });
  await evaluator.read('1');
  const endless = evaluator.evaluate(ENDLESS, '{}');
  const waiting = Array.from({ length: 1000 }, () => evaluator.evaluate('{"a": 1}', '{}'));
  expect(await evaluator.evaluate('{"a": 1}', '{}')).toEqual({
    is: 'later',
    problem: '1000 events wait to be transformed',
  });
  evaluator.end();
  const answers = await Promise.all([endless, ...waiting]);
  expect(new Set(answers.map(({ is }) => is))).toEqual(new Set(['later']));
});

it('keeps no more characters waiting than its bound, and takes one alone however large it is', async () => {
  const evaluator = new Evaluator({ timeMs: 60_000 });
  await evaluator.read('1');
  const endless = evaluator.evaluate(ENDLESS, '{}');
  const large = JSON.stringify('x'.repeat(20 * 1024 * 1024));
  const larger = JSON.stringify('x'.repeat(40 * 1024 * 1024));
  const first = evaluator.evaluate('{"a": $length($)}', large);
  expect(await evaluator.evaluate('{"a": 1}', large)).toEqual({
    is: 'later',
    problem: `events of ${large.length} characters wait to be transformed`,
  });
  const small = evaluator.evaluate('{"a": 1}', '{}');
  evaluator.end();
  expect((await Promise.all([endless, first, small])).map(({ is }) => is)).toEqual(['later', 'later', 'later']);

  const other = new Evaluator({ timeMs: 60_000 });
  await other.read('1');
  expect(await other.evaluate('{"a": 1}', larger)).toMatchObject({ is: 'made' });
  // what was given away waits no more
  const both = [other.evaluate('{"a": 1}', larger), other.evaluate('{"a": 2}', large)];
  expect((await Promise.all(both)).map(({ is }) => is)).toEqual(['made', 'made']);
  other.end();
});

/** Processes that do what the test says. */
function fakeChildren() {
  const children: ChildProcess[] = [];
  return {
    children,
    spawn: (): ChildProcess => {
      const child = Object.assign(new ChildProcess(), { connected: true, send: jest.fn(() => true) });
      children.push(child);
      return child;
    },
  };
}

it('waits before it starts another process, ever longer while nothing comes of one', async () => {
  const pauses: number[] = [];
  let go: () => void = () => undefined;
  const clock: Clock = {
    now: () => new Date(0),
    after(milliseconds, callback) {
      pauses.push(milliseconds);
      go = callback;
      return () => undefined;
    },
  };
  const { children, spawn } = fakeChildren();
  const evaluator = new Evaluator({ spawn, clock });
  const ask = () => evaluator.evaluate('{"a": 1}', '{}');
  let asked = ask();
  for (let round = 1; round <= 8; round++) {
    expect(children).toHaveLength(round);
    children.at(-1)?.emit('message', { isReady: true });
    children.at(-1)?.emit('exit', 1);
    expect(await asked).toEqual({
      is: 'givenUp',
      problem: 'the expression was given up: it took more than 128 MB, or more than its stack',
    });
    asked = ask();
    expect(children).toHaveLength(round);
    go();
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  const last = children.at(-1);
  last?.emit('message', { isReady: true });
  last?.emit('message', { number: 9, json: '{"a":1}', contentType: 'application/json' });
  expect(await asked).toMatchObject({ is: 'made' });
  const again = evaluator.read('1');
  last?.emit('exit', 1);
  expect(await again).toMatchObject({ is: 'unknown', problem: expect.stringContaining('given up') });
  expect(pauses.at(-1)).toBe(100);
  evaluator.end();
});

describe('a process that takes its time to begin', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('takes none of the time of an event for that', async () => {
    const { children, spawn } = fakeChildren();
    const evaluator = new Evaluator({ timeMs: 1000, spawn });
    const made = evaluator.evaluate('{"a": 1}', '{}');
    jest.advanceTimersByTime(20_000);
    children[0]?.emit('message', { isReady: true });
    jest.advanceTimersByTime(900);
    children[0]?.emit('message', { number: 1, json: '{"a":1}', contentType: 'application/json' });
    expect(await made).toMatchObject({ is: 'made', json: '{"a":1}' });
    evaluator.end();
  });

  it('is waited for half a minute, and says nothing of the expression', async () => {
    const { children, spawn } = fakeChildren();
    const evaluator = new Evaluator({ timeMs: 1000, spawn });
    const read = evaluator.read('{"a": 1}');
    jest.advanceTimersByTime(30_000);
    const problem = 'there is no process for its expression: it was not there within 30 s';
    expect(await read).toEqual({ is: 'unknown', problem });
    const next = evaluator.read('{"a": 1}');
    jest.advanceTimersByTime(100);
    const [late, child] = children;
    late?.emit('message', { isReady: true });
    late?.emit('exit', 0);
    expect(child?.send).not.toHaveBeenCalled();
    child?.emit('message', { isReady: true });
    child?.emit('message', { number: 1, problem: 'no' });
    expect(await next).toEqual({ is: 'wrong', problem: 'no' });
    evaluator.end();
  });
});
