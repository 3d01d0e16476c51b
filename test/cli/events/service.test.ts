/** `weir events dead-letters --url` and `weir events serve`, one beside the other. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedLetters, startLetters } from '../../../src/platform/eventing/letters/start.ts';
import { anEvent, temporaryFolder } from '../../platform/eventing/kit.ts';
import { weir } from '../harness.ts';

let place: ReturnType<typeof temporaryFolder>;
let started: StartedLetters;

beforeAll(async () => {
  place = temporaryFolder();
  const file = path.join(place.folder, 'letters.db');
  started = await startLetters({ file, port: 0, askPort: 0, bind: '127.0.0.1' });
  const why = { knativeerrordest: 'http://10.0.0.1/', knativeerrorcode: 503 };
  started.store.add(anEvent('o-1', { ...why, knativeerrordata: Buffer.from('no\u001b[31m bank').toString('base64') }));
});

afterAll(async () => {
  await started.close();
  place.remove();
});

const letters = (...args: string[]) =>
  weir(['events', 'dead-letters', '--url', `http://127.0.0.1:${started.askPort}`, ...args]);

describe('weir events dead-letters --url', () => {
  it('lists what a dead-letter service keeps, and shows one', async () => {
    const { stdout, code } = await letters();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ID +TYPE +NOT TAKEN BY/);
    expect(stdout).toMatch(/o-1 +test\.made +address 10\.0\.0\.1 .* 503 +no.* bank/);
    expect(stdout).not.toContain('\u001b');
    const one = await letters('o-1');
    expect(one.stdout).toContain('not taken by  address 10.0.0.1, given up at 2');
    expect(one.stdout).toContain('data          {"n":1}');
  });

  it('puts back, and says what was not taken', async () => {
    const { stderr, code } = await letters('--all', '--return');
    expect(code).toBe(1);
    expect(stderr).toContain(
      '1 event not sent: o-1 says that it was for http://10.0.0.1/, which is no name of the cluster',
    );
  });

  it.each([
    [['-t', 'billing'], '--trigger is nothing that a dead letter says of itself'],
    [['none'], 'there is no dead letter of the id "none"'],
    [['--since', 'x'], '--since is "x", and must be a length of time'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { stderr, code } = await letters(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('says how a port is led to it where nobody answers', async () => {
    const { stderr } = await weir(['events', 'dead-letters', '--url', 'http://127.0.0.1:9']);
    expect(stderr).toContain('no dead-letter service answers at http://127.0.0.1:9');
    expect(stderr).toContain('kubectl port-forward');
    expect((await weir(['events', 'dead-letters', '--url', 'x'])).stderr).toContain('--url is "x"');
  });
});

describe('weir events serve', () => {
  it.each([
    [['--port', 'x'], '--port is "x"'],
    [['--most', '0'], '--most is "0"'],
    [['--bytes', '1'], '--bytes is "1"'],
    [['--age', 'soon'], '--age is "soon"'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { stderr, code } = await weir(['events', 'serve', '--file', path.join(place.folder, 'x.db'), ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('says that another has the file', async () => {
    const { stderr } = await weir([
      'events',
      'serve',
      '--file',
      path.join(place.folder, 'letters.db'),
      '--port',
      '0',
      '--ask-port',
      '0',
    ]);
    expect(stderr).toContain('dead letters cannot be taken');
  });
});
