/** When requests are sent and from when they are measured, on a clock that is moved by hand. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OpenLoop, type Result } from '../../../src/cli/load/openLoop.ts';
import type { Plan } from '../../../src/cli/load/options.ts';

const OK: Result = { status: 200, by: undefined, bytes: 2 };
const PLAN: Plan = { rate: 100, seconds: 1, connections: 10, timeoutMs: 500 };

let now = 0;
let timers: { at: number; callback: () => void }[] = [];
let sent: { at: number; done: (result: Result) => void; isBrokenOff: boolean }[] = [];
let results: [problem: string | number, milliseconds: number][] = [];
/** Milliseconds by which each timer is late. */
let lateness = 0;

const clock = {
  now: () => now,
  after(milliseconds: number, callback: () => void) {
    const timer = { at: now + milliseconds + lateness, callback };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  },
};

beforeEach(() => {
  now = 1000.25;
  timers = [];
  sent = [];
  results = [];
  lateness = 0;
});

function begin(plan: Partial<Plan> = {}): OpenLoop {
  return new OpenLoop(
    { ...PLAN, ...plan },
    {
      clock,
      send(done) {
        const request = { at: now, done, isBrokenOff: false };
        sent.push(request);
        return () => {
          request.isBrokenOff = true;
        };
      },
      onResult: (result, milliseconds) =>
        results.push(['problem' in result ? result.problem : result.status, milliseconds]),
    },
  );
}

/** Lets the timers go off that are due by then. */
function passTo(moment: number): void {
  for (;;) {
    const [first] = timers.filter(({ at }) => at <= moment).sort((one, other) => one.at - other.at);
    if (first === undefined) break;
    timers = timers.filter((each) => each !== first);
    now = Math.max(now, first.at);
    first.callback();
  }
  now = moment;
}

describe('OpenLoop', () => {
  it('sends at a constant rate, whether what was sent before is answered or not', () => {
    begin({ connections: 1000 });
    passTo(1100.25);
    expect(sent.map(({ at }) => at - 1000.25)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    passTo(5000);
    expect(sent).toHaveLength(100);
  });

  it('measures from when a request was due, where it had to wait for a connection', async () => {
    const loop = begin({ seconds: 0.04, connections: 1 });
    passTo(1080.25);
    expect(sent).toHaveLength(1);
    for (let index = 0; index < 4; index++) sent[index]?.done(OK);
    // the server stood still for 80 ms: of four requests one was sent, and all four felt it
    expect(results).toEqual([
      [200, 80],
      [200, 70],
      [200, 60],
      [200, 50],
    ]);
    expect(loop.state()).toMatchObject({ due: 4, sent: 4, waited: 3, behind: 0, underWay: 0 });
    await loop.over;
  });

  it('takes what a timer is late for no latency, and says where it is more than that', () => {
    lateness = 1.5;
    const loop = begin();
    passTo(1011.75);
    expect(sent).toHaveLength(2);
    now += 3;
    sent[1]?.done(OK);
    expect(results).toEqual([[200, 3]]);
    expect(loop.state()).toMatchObject({ waited: 0, behind: 0 });

    lateness = 0;
    now = 1100.25; // nobody came to look for 85 ms
    passTo(1100.25);
    sent[2]?.done(OK);
    expect(results[1]).toEqual([200, 80]);
    expect(loop.state().behind).toBe(8);
    expect(loop.state().waited).toBe(0);
  });

  it('counts a wait of the process as one, also after all connections were busy for a while', () => {
    const loop = begin({ connections: 1 });
    sent[0]?.done(OK);
    now = 1050.25;
    passTo(now);
    expect(loop.state()).toMatchObject({ waited: 0, behind: 1 });
  });

  it('gives up what is not answered in time, and what could not be sent by then', async () => {
    const loop = begin({ seconds: 0.03, connections: 2 });
    passTo(1499.25);
    expect(results).toEqual([]);
    passTo(1600);
    expect(results).toEqual([
      ['no answer within 0.5 s', 500],
      ['no answer within 0.5 s', 500],
      // the first made room for it
      ['no answer within 0.5 s', 500],
    ]);
    expect(sent.map(({ isBrokenOff }) => isBrokenOff)).toEqual([true, true, true]);
    await loop.over;
  });

  it('gives up what no connection was free for', () => {
    begin({ seconds: 0.03, connections: 1, timeoutMs: 5 });
    // nobody came to look until all three were too late
    now = 2000;
    passTo(now);
    expect(results.map(([problem]) => problem)).toEqual([
      'no answer within 0.005 s',
      'no connection was free within 0.005 s',
      'no connection was free within 0.005 s',
    ]);
  });

  it('sends nothing after it was stopped, and hears of nothing', async () => {
    const loop = begin();
    passTo(1020.25);
    loop.stop();
    await loop.over;
    passTo(3000);
    expect(sent).toHaveLength(3);
    expect(sent.every(({ isBrokenOff }) => isBrokenOff)).toBe(true);
    expect(results).toEqual([]);
    expect(loop.state()).toMatchObject({ due: 3, underWay: 3 });
  });

  it('says how many are due while they wait', () => {
    const loop = begin({ connections: 1 });
    passTo(1095);
    expect(loop.state()).toMatchObject({ due: 10, sent: 1, underWay: 1 });
  });

  it('sends one where the rate asks for less', async () => {
    const loop = begin({ rate: 0.01 });
    sent[0]?.done(OK);
    await loop.over;
    expect(results).toHaveLength(1);
  });
});
