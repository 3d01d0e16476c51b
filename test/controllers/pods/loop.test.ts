import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../../controllers/pods/pod/backoff.ts';
import { startLoop } from '../../../controllers/pods/probes/loop.ts';
import { probeOf } from '../../../controllers/pods/probes/probe.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

interface Heard {
  readonly told: string[];
  readonly asked: number[];
  /** Moves the clock in steps, so that answers come in between. */
  pass(ms: number): Promise<void>;
  stop(): void;
}

/**
 * @param answers what is wrong at so many milliseconds; undefined: all is well
 * @param ranMs how long the program has run by then, since another probe was waited for
 */
function listen(answers: (at: number) => string | undefined, timing: object = {}, isEager = false, ranMs = 0): Heard {
  const clock = new FakeClock();
  const began = clock.now().getTime();
  const told: string[] = [];
  const asked: number[] = [];
  const at = () => clock.now().getTime() - began;
  const stop = startLoop({
    timing: {
      initialDelayMs: 0,
      periodMs: 10_000,
      timeoutMs: 1_000,
      successThreshold: 1,
      failureThreshold: 3,
      ...timing,
    },
    clock,
    startedAt: new Date(began - ranMs),
    isEager,
    ask: async () => {
      asked.push(at());
      return answers(at());
    },
    onSuccess: () => told.push(`${at()} success`),
    onFailure: (problem) => told.push(`${at()} ${problem}`),
    onTooMany: (problem) => told.push(`${at()} too many: ${problem}`),
  });
  return {
    told,
    asked,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 5) {
        clock.advance(5);
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    stop,
  };
}

describe('a probe', () => {
  it('counts failures in a row, and tells of each that is too many', async () => {
    const heard = listen((at) => (at < 15_000 ? undefined : 'no'));
    await heard.pass(51_000);
    expect(heard.told.map((line) => line.replace(/^\d+/, (ms) => String(Math.round(Number(ms) / 1000))))).toEqual([
      '10 success',
      '20 no',
      '30 no',
      '40 no',
      '40 too many: no',
      '50 no',
      '50 too many: no',
    ]);
  });

  it.each<[isEager: boolean, initialDelayMs: number, ranMs: number, first: number]>([
    [true, 0, 0, 0],
    [true, 5_000, 0, 5_000],
    [true, 5_000, 3_000, 2_000],
    [true, 5_000, 60_000, 0],
    [false, 0, 0, 10_000],
    [false, 5_000, 0, 10_000],
    [false, 25_000, 0, 25_000],
    [false, 25_000, 3_000, 22_000],
    [false, 25_000, 60_000, 10_000],
  ])('that is eager: %j, with a delay of %i, asks a program that has run for %i ms at %i', async (...row) => {
    const [isEager, initialDelayMs, ranMs, first] = row;
    const heard = listen(() => undefined, { initialDelayMs }, isEager, ranMs);
    await heard.pass(31_000);
    expect(heard.asked[0]).toBe(first);
  });

  it('needs as many successes in a row as it says', async () => {
    const heard = listen((at) => (at > 15_000 && at < 25_000 ? 'no' : undefined), { successThreshold: 2 }, true);
    await heard.pass(45_000);
    expect(heard.told.filter((line) => line.endsWith('success'))).toHaveLength(2);
    expect(heard.told[0]).toMatch(/^10\d\d\d success$/);
  });

  it.each([20, 60, 150, 390])('that is eager sees what is ready after %i ms a moment later', async (ready) => {
    const heard = listen((at) => (at < ready ? 'not yet' : undefined), {}, true);
    await heard.pass(1_000);
    // the clock moves by 5 ms
    expect(heard.asked.at(-1)).toBeLessThanOrEqual(ready + 5 + ready / 16);
    expect(heard.told).toHaveLength(1);
  });

  it('that is eager asks every 25 ms until the first success, and counts by its period', async () => {
    const heard = listen((at) => (at < 12_300 ? 'not yet' : undefined), {}, true);
    await heard.pass(500);
    expect(heard.asked.length).toBeLessThan(80);
    await heard.pass(1_500);
    expect(heard.asked.length).toBeGreaterThan(60);
    expect(heard.asked.filter((at) => at >= 1_000 && at < 2_000).length).toBeLessThanOrEqual(40);
    expect(heard.told).toEqual([]);
    await heard.pass(11_000);
    expect(heard.told).toHaveLength(2); // one failure that counts, and the success
    expect(heard.told[1]).toMatch(/^12[345]\d\d success$/);
    const before = heard.asked.length;
    await heard.pass(5_000);
    expect(heard.asked.length).toBe(before);
  });

  it('that is eager gives up as slowly as it says', async () => {
    const heard = listen(() => 'no', { failureThreshold: 2 }, true);
    await heard.pass(20_500);
    expect(heard.told.map((line) => line.replace(/^\d+ /, ''))).toEqual(['no', 'no', 'too many: no']);
  });

  it('that was ended asks no more, and tells nothing', async () => {
    const heard = listen(() => undefined);
    heard.stop();
    await heard.pass(20_000);
    expect(heard.asked).toEqual([]);
    expect(heard.told).toEqual([]);
  });
});

describe('a probe of a manifest', () => {
  const portOf = (port: unknown) => (port === 'http' ? 20_080 : 20_000);

  it.each([
    [{ tcpSocket: { port: 'http' } }, { check: { kind: 'tcp', port: 20_080 }, periodMs: 10_000, failureThreshold: 3 }],
    [
      { httpGet: { path: 'x', host: 'a.b' }, periodSeconds: 0 },
      { check: { kind: 'http', path: '/x', headers: [['Host', 'a.b']] }, periodMs: 1_000 },
    ],
    [
      { httpGet: { httpHeaders: [{ name: 'A', value: 'b' }], scheme: 'HTTPS' }, timeoutSeconds: 7 },
      { check: { isTls: true, headers: [['A', 'b']] }, timeoutMs: 7_000 },
    ],
    [
      { exec: { command: ['a', 'b'] }, terminationGracePeriodSeconds: 3 },
      { check: { kind: 'exec', command: ['a', 'b'] }, graceMs: 3_000 },
    ],
    [{ grpc: { port: 1 } }, { check: { kind: 'grpc', port: 20_000 } }],
  ])('%j', (livenessProbe, expected) => {
    expect(probeOf({ livenessProbe }, 'livenessProbe', portOf)).toMatchObject(expected);
  });

  it.each([[{}], [{ livenessProbe: 'x' }], [{ livenessProbe: {} }]])('%j is none', (container) => {
    expect(probeOf(container, 'livenessProbe', portOf)).toBeUndefined();
  });
});

describe('the wait before a restart', () => {
  it('is none at first, then doubles up to five minutes, and begins anew after a long run', () => {
    const backoff = new Backoff();
    expect([1, 1, 1, 1, 1, 1, 1, 1].map((ran) => backoff.after(ran) / 1000)).toEqual([
      0, 10, 20, 40, 80, 160, 300, 300,
    ]);
    expect(backoff.after(601_000)).toBe(0);
    expect(backoff.after(1)).toBe(10_000);
  });
});
