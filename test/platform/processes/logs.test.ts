import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContainerLogs, containerLogs, type LogPlace } from '../../../src/platform/processes/logs/logs.ts';
import type { ReadOptions } from '../../../src/platform/processes/logs/read.ts';
import type { Output } from '../../../src/platform/processes/processes.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

let folder: string;
let clock: FakeClock;
let logs: ContainerLogs;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-logs-'));
  clock = new FakeClock();
  logs = containerLogs({ folder, clock, mostBytes: 2_000 });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const place: LogPlace = { namespace: 'shop', pod: 'cart', uid: 'u-1', container: 'web', start: 0 };

function write(output: Output, text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> | undefined {
  return output.write(stream, Buffer.from(text));
}

async function read(options: ReadOptions = {}, at = place): Promise<string | undefined> {
  const pieces = logs.read(at, options);
  if (pieces === undefined) return undefined;
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

/** `line 0`, `line 1`, …, a second apart. */
function writeLines(output: Output, count: number): void {
  for (let line = 0; line < count; line++) {
    write(output, `line ${line}\n`);
    clock.advance(1_000);
  }
}

describe('the log of a container', () => {
  it('is a line with its time, stream and tag each', () => {
    const output = logs.open(place);
    write(output, 'one\ntwo\nthr');
    write(output, 'oops\n', 'stderr');
    write(output, 'ee');
    output.close();
    expect(readFileSync(path.join(folder, 'shop_cart_u-1', 'web', '0.log'), 'utf8').split('\n')).toEqual([
      '2026-05-04T08:00:00.000000000Z stdout F one',
      '2026-05-04T08:00:00.000000000Z stdout F two',
      '2026-05-04T08:00:00.000000000Z stderr F oops',
      '2026-05-04T08:00:00.000000000Z stdout F three',
      '',
    ]);
  });

  it.each<[title: string, options: ReadOptions, expected: string]>([
    ['all of it', {}, 'line 0\nline 1\nline 2\nerror\n'],
    ['the last lines', { tailLines: 2 }, 'line 2\nerror\n'],
    ['more lines than there are', { tailLines: 9 }, 'line 0\nline 1\nline 2\nerror\n'],
    ['no line', { tailLines: 0 }, ''],
    ['since then', { since: new Date('2026-05-04T08:00:02Z') }, 'line 2\nerror\n'],
    ['so many bytes', { limitBytes: 9 }, 'line 0\nli'],
    ['one stream', { stream: 'stderr' }, 'error\n'],
    ['with times', { tailLines: 1, hasTimestamps: true }, '2026-05-04T08:00:03.000000000Z error\n'],
  ])('is read: %s', async (_, options, expected) => {
    const output = logs.open(place);
    writeLines(output, 3);
    write(output, 'error\n', 'stderr');
    expect(await read(options)).toBe(expected);
    output.close();
    expect(await read(options)).toBe(expected);
  });

  it('holds long lines in parts, and gives them back as they were', async () => {
    logs = containerLogs({ folder, clock });
    const output = logs.open(place);
    const text = `${'x'.repeat(50_000)}\nshort\n`;
    write(output, text.slice(0, 20_000));
    write(output, text.slice(20_000));
    output.close();
    const raw = readFileSync(path.join(folder, 'shop_cart_u-1', 'web', '0.log'), 'utf8').split('\n');
    expect(raw.map((line) => line.split(' ')[2])).toEqual(['P', 'P', 'P', 'F', 'F', undefined]);
    expect(await read()).toBe(text);
  });

  it('keeps the end of what is too much, in two files', async () => {
    const output = logs.open(place);
    writeLines(output, 200);
    output.close();
    const kept = path.join(folder, 'shop_cart_u-1', 'web');
    expect(readdirSync(kept).sort()).toEqual(['0.log', '0.log.1']);
    const text = (await read()) ?? '';
    expect(text.endsWith('line 198\nline 199\n')).toBe(true);
    expect(text.split('\n').length).toBeGreaterThan(45);
    expect(text.split('\n').length).toBeLessThan(100);
    expect(await read({ tailLines: 50 })).toBe(
      `${Array.from({ length: 50 }, (__, line) => `line ${150 + line}`).join('\n')}\n`,
    );
  });

  it('goes on where another file could not be begun for a while', async () => {
    const output = logs.open(place);
    const blocked = path.join(folder, 'shop_cart_u-1', 'web', '0.log.new');
    mkdirSync(blocked);
    writeLines(output, 60);
    // what has the number of a file that was closed would be written to
    const other = openSync(path.join(folder, 'other'), 'w');
    writeLines(output, 60);
    closeSync(other);
    expect(readFileSync(path.join(folder, 'other'), 'utf8')).toBe('');
    rmSync(blocked, { recursive: true });
    write(output, 'after\n');
    output.close();
    expect(await read()).toMatch(/line 0\n(.*\n)*after\n$/);
  });

  it('is followed over its rotations until it ends, by several at once', async () => {
    const output = logs.open(place);
    write(output, 'before\n');
    const all = read({ follow: true });
    const tail = read({ follow: true, tailLines: 0 });
    const ending = new AbortController();
    const left = read({ follow: true, signal: ending.signal });
    for (let line = 0; line < 100; line++) {
      write(output, `line ${line}\n`);
      await new Promise((resolve) => setImmediate(resolve));
      if (line === 50) ending.abort();
    }
    output.close();
    const lines = Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join('');
    expect(await all).toBe(`before\n${lines}`);
    expect(await tail).toBe(lines);
    expect((await left)?.length).toBeLessThan(lines.length);
  });

  it('of the start before is kept, and no earlier one', async () => {
    for (const start of [0, 1, 2]) {
      const output = logs.open({ ...place, start });
      write(output, `start ${start}\n`);
      output.close();
    }
    expect(await read({}, { ...place, start: 2 })).toBe('start 2\n');
    expect(await read({}, { ...place, start: 1 })).toBe('start 1\n');
    expect(await read({}, place)).toBeUndefined();
  });

  it('goes with its Pod, and with those that went while nobody looked', async () => {
    for (const uid of ['u-1', 'u-2', 'u-3']) logs.open({ ...place, uid }).close();
    logs.remove(place);
    expect(await read()).toBeUndefined();
    logs.removeOthers(new Set(['u-3']));
    expect(readdirSync(folder)).toEqual(['shop_cart_u-3']);
  });

  it('holds up who floods it with empty lines, which are longer where they are kept', () => {
    logs = containerLogs({ folder, clock });
    const output = logs.open(place);
    expect(write(output, '\n'.repeat(4_000))).toBeUndefined();
    expect(write(output, '\n'.repeat(64 * 1024))).toBeDefined();
    output.close();
  });

  it('holds up who floods it, and nobody else', async () => {
    logs = containerLogs({ folder, clock });
    const flooding = logs.open(place);
    const quiet = logs.open({ ...place, container: 'quiet' });
    const much = 'x'.repeat(64 * 1024);
    let wait: Promise<void> | undefined;
    let pieces = 0;
    while (wait === undefined) {
      wait = write(flooding, much);
      pieces++;
    }
    expect(pieces).toBe(8);
    expect(write(quiet, 'hello\n')).toBeUndefined();
    let isOver = false;
    void wait.then(() => {
      isOver = true;
    });
    clock.advance(100);
    await wait;
    expect(isOver).toBe(true);
    expect(write(flooding, much)).toBeUndefined();
    flooding.close();
    quiet.close();
  });
});
