/** What reads expressions ends with the platform, also where that is killed while one goes on for ever. */
import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, jest } from '@jest/globals';
import { Evaluator } from '../../../src/platform/eventing/transform/evaluator.ts';
import { until } from './kit.ts';

const FILE = pathToFileURL(path.resolve('src/platform/eventing/transform/evaluator.ts')).href;
const PLATFORM = `
import { Evaluator } from ${JSON.stringify(FILE)};
// it holds up no end by itself
setInterval(() => undefined, 1000);
const evaluator = new Evaluator({ timeMs: 600_000 });
await evaluator.problemOf('1');
evaluator.evaluate('($f := function($x) { $f($x) }; $f(1))', '{}');
process.stdout.write('begun');
`;

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
    await evaluator.problemOf('1');
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
])('answers each event where there is %s for its process, and the next where there is', async (_, start, why) => {
  const kill = jest.spyOn(ChildProcess.prototype, 'kill').mockReturnValue(false);
  let isPoor = true;
  const evaluator = new Evaluator({ spawn: (...all) => (isPoor ? start() : spawn(...all)) });
  const answers = await Promise.all(Array.from({ length: 1000 }, () => evaluator.evaluate('{"a": 1}', '{}')));
  expect(new Set(answers.map(({ is }) => is))).toEqual(new Set(['failed']));
  expect(answers.at(-1)).toMatchObject({ problem: expect.stringContaining(why) });
  // of one without an id it would reach this one
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
  isPoor = false;
  expect(await evaluator.evaluate('{"a": 1}', '{}')).toMatchObject({ is: 'made' });
  evaluator.end();
});

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
  const endless = evaluator.evaluate('($f := function($x) { $f($x) }; $f(1))', '{}');
  const waiting = Array.from({ length: 1000 }, () => evaluator.evaluate('{"a": 1}', '{}'));
  expect(await evaluator.evaluate('{"a": 1}', '{}')).toEqual({
    is: 'full',
    problem: '1000 events wait to be transformed',
  });
  evaluator.end();
  const answers = await Promise.all([endless, ...waiting]);
  expect(new Set(answers.map(({ is }) => is))).toEqual(new Set(['full']));
});
