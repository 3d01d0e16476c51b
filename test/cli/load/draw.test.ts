import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { draw } from '../../../src/cli/load/draw.ts';
import { jsonOf } from '../../../src/cli/load/json.ts';
import { Live, liveLines } from '../../../src/cli/load/live.ts';
import type { Measured } from '../../../src/cli/load/measured.ts';
import { BOUNDS, Latencies, Seconds, Tally } from '../../../src/cli/load/tally.ts';
import { rate, share, span, time } from '../../../src/cli/load/words.ts';

const colors = picocolors.createColors(false);

/** Three seconds with 100, 50 and 200 answers, of which the slowest ten waited for a start. */
function measured(): Measured {
  const tally = new Tally();
  const seconds = new Seconds();
  for (const [times, milliseconds] of [
    [100, 3],
    [50, 40],
    [200, 3],
  ] as const) {
    for (let index = 0; index < times; index++) {
      const result = {
        status: index % 50 === 0 ? 503 : 200,
        by: index < 10 ? 'hello-00002' : 'hello-00001',
        bytes: 10,
      };
      tally.add(result, milliseconds);
      seconds.add(result, milliseconds);
    }
    seconds.close(1);
  }
  tally.add({ problem: 'no answer within 30 s' }, 30_000);
  return {
    url: 'http://hello.shop.localhost:8080',
    plan: { rate: 117, seconds: 3, connections: 20, timeoutMs: 30_000 },
    by: 'k-revision',
    tally,
    seconds,
    loop: { due: 351, sent: 351, underWay: 0, waited: 12, behind: 40 },
    elapsedMs: 3_000,
  };
}

describe('what is drawn', () => {
  it('is what was sent, what came back and how long it took', () => {
    expect(draw(measured(), colors, 80)).toBe(`http://hello.shop.localhost:8080  117 requests a second for 3 s
351 due, 350 answered, 1 not: 117 a second in 3 s

               mean      p50      p90      p95      p99    p99.9      max
latency     8.29 ms  3.00 ms  40.0 ms  40.0 ms  40.0 ms  40.0 ms  40.0 ms

   to 5 ms  ██████████████████████████████████████████       300       85.7 %
  to 10 ms                                                     0          0 %
  to 20 ms                                                     0          0 %
  to 50 ms  ███████                                           50       14.3 %

answers/s   ▄▂█  200 at most
p99         ▁█▁  40.0 ms at most

status
  343   97.7 %  200
    7    2.0 %  503

answered by (k-revision)
  320   91.4 %  hello-00001
   30    8.6 %  hello-00002

no answer
  1    0.3 %  no answer within 30 s

12 requests were sent late, since 20 were under way; the wait is in their latency (--connections allows more)
40 requests were sent late, since this machine did not come to it: with fewer --rps the figures say more about what answers
`);
  });

  it('fits into the terminal while it goes on', () => {
    const lines = liveLines(
      { ...measured(), elapsedMs: 1500, loop: { due: 380, sent: 360, underWay: 9, waited: 0, behind: 0 } },
      colors,
      60,
    );
    expect(lines).toEqual([
      'http://hello.shop.localhost:8080',
      '███████████████░░░░░░░░░░░░░░░ 1 s of 3 s; Ctrl-C ends',
      '350 answered, 8 failed, 9 under way, 20 wait for a connecti…',
      'answers/s   ▄▂█  200',
      'p99         ▁█▁  3.00 ms',
    ]);
  });

  it('replaces what was drawn before', () => {
    let text = '';
    const live = new Live({ write: (piece) => (text += piece) });
    live.clear();
    live.draw(['one', 'two']);
    live.draw(['three']);
    live.clear();
    live.clear();
    expect(text).toBe('one\ntwo\n\x1b[2A\x1b[Jthree\n\x1b[1A\x1b[J');
  });

  it('says only what was sent where nothing was answered', () => {
    const tally = new Tally();
    tally.add({ problem: 'the answer broke off' }, 1);
    const text = draw(
      { ...measured(), tally, seconds: new Seconds(), loop: { due: 1, sent: 1, underWay: 3, waited: 0, behind: 0 } },
      colors,
    );
    expect(text.split('\n').slice(1)).toEqual([
      '1 due, 0 answered, 1 not, 3 under way when it was ended: 0.0 a second in 3 s',
      '',
      'no answer',
      '  1    100 %  the answer broke off',
      '',
    ]);
  });

  it('is a list wherever a server chooses the names', () => {
    const tally = new Tally();
    tally.add({ status: 200, by: '__proto__', bytes: 0 }, 1);
    expect(JSON.parse(JSON.stringify(jsonOf({ ...measured(), tally })))).toMatchObject({
      by: { answers: [{ value: '__proto__', count: 1 }] },
      statuses: { 200: 1 },
    });
  });
});

describe('Tally', () => {
  it('tells no more than 50 kinds apart', () => {
    const tally = new Tally();
    for (let index = 0; index < 80; index++) tally.add({ status: 200, by: `value ${index}`, bytes: 0 }, 1);
    expect(tally.by.size).toBe(51);
    expect(tally.by.get('others')).toBe(30);
  });
});

describe('Latencies', () => {
  it('knows percentiles to a thousandth, however large the number', () => {
    const latencies = new Latencies();
    for (let index = 1; index <= 10_000; index++) latencies.add(index / 10);
    expect(latencies.percentile(50) / 500).toBeCloseTo(1, 2);
    expect(latencies.percentile(99) / 990).toBeCloseTo(1, 2);
    expect(latencies.max / 1000).toBeCloseTo(1, 2);
    expect(latencies.mean / 500).toBeCloseTo(1, 2);
  });

  it('counts what is within bounds, and what is beyond the last in the last', () => {
    const latencies = new Latencies();
    for (const milliseconds of [0, 0.1, 0.11, 1, 5e5, 9e9]) latencies.add(milliseconds);
    const of = (bound: number) => latencies.counts[BOUNDS.indexOf(bound)];
    expect([of(0.1), of(0.2), of(1), of(500_000)]).toEqual([2, 1, 1, 2]);
  });

  it('says 0 of nothing', () => {
    const latencies = new Latencies();
    expect([latencies.percentile(50), latencies.mean, latencies.max]).toEqual([0, 0, 0]);
  });
});

describe('words', () => {
  it.each`
    said                  | text
    ${time(0.844)}        | ${'0.84 ms'}
    ${time(12.34)}        | ${'12.3 ms'}
    ${time(240.4)}        | ${'240 ms'}
    ${time(1_250)}        | ${'1.25 s'}
    ${time(12_340)}       | ${'12.3 s'}
    ${rate(49.84)}        | ${'49.8'}
    ${rate(1_204.4)}      | ${'1,204'}
    ${share(0, 10)}       | ${'0 %'}
    ${share(10, 10)}      | ${'100 %'}
    ${share(1, 10_000)}   | ${'under 0.1 %'}
    ${share(99_999, 1e5)} | ${'99.9 %'}
    ${span(0.25)}         | ${'0.3 s'}
    ${span(119)}          | ${'119 s'}
    ${span(120)}          | ${'2 min'}
    ${span(125)}          | ${'2 min 5 s'}
  `('$text', ({ said, text }) => {
    expect(said).toBe(text);
  });
});
