import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith, weir } from '../harness.ts';

const example = readFileSync(
  path.resolve(import.meta.dirname, '../../../examples/schedules/business-hours.yaml'),
  'utf8',
);
const cwd = folderWith({
  'hours.yaml': example,
  'two.yaml': `${example}---\n${example.replace('name: business-hours', 'name: other')}`,
  'minutes.yaml': example.replace('0 8 * * 1-5', '*/2 * * * *').replace('0 18 * * 1-5', '1-59/2 * * * *'),
  'broken.yaml': example.replace('Europe/Lisbon', 'Europe/Lisboa'),
  'suspended.yaml': `${example}  suspend: true\n`,
  'overridden.yaml': `${example}  override: {minScale: 30, until: "2026-11-23T12:00:00Z"}\n`,
  'sale.yaml': `${example.replace('minScale: 10', 'minScale: 30')}---
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop-prod}
spec:
  rules: [autoscaling/min-scale]
  match: {kinds: [serving.knative.dev/Service], names: [api-service]}
  reason: a sale
  owner: team-shop
  until: "2026-11-25T12:00:00Z"
`,
  'none.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
});

const run = (...args: string[]) => weir(['schedule', ...args], { cwd });

describe('weir schedule preview', () => {
  it('draws a week from today', async () => {
    const { stdout, stderr, code } = await run('preview', 'hours.yaml');
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toBe(`business-hours in shop-prod · Service api-service · Europe/Lisbon (UTC+00:00)

                  00    03    06    09    12    15    18    21    pod-hours
▸ Sat 2026-11-21  2░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░      48
  Sun 2026-11-22  2░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░      48
  Mon 2026-11-23  2░░░░░░░░░░░░░░░10██████████████████2░░░░░░░░░░░     128
  Tue 2026-11-24  2░░░░░░░░░░░░░░░10██████████████████2░░░░░░░░░░░     128
  Wed 2026-11-25  2░░░░░░░░░░░░░░░10██████████████████2░░░░░░░░░░░     128
  Thu 2026-11-26  2░░░░░░░░░░░░░░░10██████████████████2░░░░░░░░░░░     128
  Fri 2026-11-27  2░░░░░░░░░░░░░░░10██████████████████2░░░░░░░░░░░     128

window weekdays  min-scale 10  "0 8 * * 1-5" to "0 18 * * 1-5"
default          min-scale 2   outside of the windows

736 pod-hours, against 1,680 with min-scale 10 at all times: 56 % less
`);
  });

  it('cuts to the bounds of the environment that is named, from the end of an exception on', async () => {
    const args = ['sale.yaml', '--from', '2026-11-25', '--to', '2026-11-26', '-o', 'json'];
    const held = async (...more: string[]) => {
      const entries: { from: string; minScale: number }[] = JSON.parse((await run('preview', ...args, ...more)).stdout);
      return entries.map(({ from, minScale }) => `${from.slice(5, 16)} ${minScale}`);
    };
    expect(await held()).toEqual([
      '11-25T00:00 2',
      '11-25T08:00 30',
      '11-25T18:00 2',
      '11-26T08:00 30',
      '11-26T18:00 2',
    ]);
    expect(await held('--env', 'prod')).toEqual([
      '11-25T00:00 2',
      '11-25T08:00 30',
      '11-25T12:00 20',
      '11-25T18:00 2',
      '11-26T08:00 20',
      '11-26T18:00 2',
    ]);
  });

  it('says where the clock is turned', async () => {
    const { stdout } = await run('preview', 'hours.yaml', '--from', '2026-03-29', '--to', '2026-03-29');
    expect(stdout).toContain('  Sun 2026-03-29 *2█  2█');
    expect(stdout).toContain('* Sun 2026-03-29 has 23 hours: the clock goes from 01:00 to 02:00\n');
    expect(stdout).toContain('46 pod-hours, against 46 with min-scale 2 at all times: as much');
  });

  it('says that a block cannot show all that changes within it', async () => {
    const { stdout } = await run('preview', 'minutes.yaml');
    expect(stdout).toContain('\na block is 30 minutes; where more changes within one, it shows one of the values\n');
    expect((await run('preview', 'hours.yaml')).stdout).not.toContain('a block is');
  });

  it.each([40, 80, 100, 200])('fits a terminal of %d columns', async (columns) => {
    const { stdout } = await weir(['schedule', 'preview', 'hours.yaml'], {
      cwd,
      columns,
      isTTY: true,
      env: { NO_COLOR: '1' },
    });
    const rows = stdout.split('\n').filter((line) => /20\d\d-\d\d-\d\d/.test(line));
    expect(rows).toHaveLength(7);
    const widest = Math.max(...rows.map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(Math.max(columns, 50));
  });

  it('has colours on a terminal, and none with NO_COLOR', async () => {
    const colored = await weir(['schedule', 'preview', 'hours.yaml'], { cwd, isTTY: true, env: { TERM: 'xterm' } });
    const plain = await weir(['schedule', 'preview', 'hours.yaml'], {
      cwd,
      isTTY: true,
      env: { TERM: 'xterm', NO_COLOR: '1' },
    });
    expect(colored.stdout).toContain('\u001b[32m10██');
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('is a list without gaps as JSON', async () => {
    const { stdout } = await run('preview', 'hours.yaml', '-o', 'json', '--from', '2026-11-23', '--to', '2026-11-23');
    expect(JSON.parse(stdout)).toEqual([
      { from: '2026-11-23T00:00:00.000Z', to: '2026-11-23T08:00:00.000Z', minScale: 2, maxScale: null, window: null },
      {
        from: '2026-11-23T08:00:00.000Z',
        to: '2026-11-23T18:00:00.000Z',
        minScale: 10,
        maxScale: null,
        window: 'weekdays',
      },
      { from: '2026-11-23T18:00:00.000Z', to: '2026-11-24T00:00:00.000Z', minScale: 2, maxScale: null, window: null },
    ]);
  });

  it.each([
    [['preview', 'none.yaml'], 'none.yaml has no ScalingSchedule (apiVersion: weir.dev/v1alpha1)'],
    [['preview', '-'], 'standard input has no ScalingSchedule (apiVersion: weir.dev/v1alpha1)'],
    [['preview'], "missing required argument 'file-or-name'; weir schedule preview --help shows how"],
    [['preview', 'away.yaml'], 'away.yaml: there is no such file'],
    [['preview', 'two.yaml'], 'two.yaml has 2 ScalingSchedules (business-hours, other); say which with --name'],
    [
      ['preview', 'two.yaml', '--name', 'othr'],
      'two.yaml has no such ScalingSchedule; did you mean "other"? It has business-hours, other',
    ],
    [
      ['preview', 'hours.yaml', '--from', 'soon'],
      '--from soon is no time; write a date (2026-12-24), or a moment (2026-12-24T18:00:00Z)',
    ],
    [['preview', 'hours.yaml', '--to', '2020-01-01'], '--to 2020-01-01 is not after --from today'],
    [
      ['preview', 'hours.yaml', '--to', '2030-01-01'],
      'from today to 2030-01-01 is more than 400 days; choose a shorter time',
    ],
    [['preview', 'hours.yaml', '-o', 'yml'], 'unknown output "yml" (one of text, json)'],
    [
      ['preview', 'broken.yaml'],
      'ScalingSchedule business-hours cannot be read\n  broken.yaml:13:13: the tz database has no time zone "Europe/Lisboa"; did you mean "Europe/Lisbon"?',
    ],
  ])('%j is refused', async (args, sentence) => {
    const { stdout, stderr, code } = await run(...args);
    expect([stdout, stderr, code]).toEqual(['', `weir: ${sentence}\n`, 2]);
  });

  it('takes the one that is named', async () => {
    const { stdout } = await run('preview', 'two.yaml', '--name', 'other');
    expect(stdout).toMatch(/^other in shop-prod/);
  });
});

describe('weir schedule explain', () => {
  const lines = async (...args: string[]) => (await run('explain', ...args)).stdout.split('\n');

  it('says which window, since when and until when', async () => {
    expect(await lines('hours.yaml', '--at', '2026-11-23T10:00:00Z', '--env', 'prod')).toEqual([
      'business-hours in shop-prod · Service api-service · Europe/Lisbon',
      '',
      'at      Mon 2026-11-23 10:00 (UTC+00:00)',
      'holds   min-scale 10: window weekdays is active',
      'since   Mon 2026-11-23 08:00, 2 hours ago',
      'until   Mon 2026-11-23 18:00, in 8 hours; then default holds min-scale 2',
      'window  weekdays (now): min-scale 10, "0 8 * * 1-5" to "0 18 * * 1-5"',
      'policy  no rule of prod says anything about it',
      '',
    ]);
  });

  it('says what an override hides', async () => {
    const text = await lines('overridden.yaml', '--at', '2026-11-23T10:00:00Z', '--env', 'prod');
    expect(text).toContain('holds       min-scale 20: spec.override counts before any window, until it ends');
    expect(text).toContain('cut         min-scale 30 is cut to 20, the most that prod allows');
    expect(text).toContain('instead of  min-scale 10 (window weekdays)');
    expect(text).toContain('until       Mon 2026-11-23 12:00, in 2 hours; then window weekdays holds min-scale 10');
    expect(text.join('\n')).toContain('(schedule/bounds)');
  });

  it('says by which exception it goes beyond a bound, and what comes of it at its end', async () => {
    const during = await lines('sale.yaml', '--at', '2026-11-25T10:00:00Z', '--env', 'prod');
    expect(during).toContain('policy     no rule of prod says anything about it');
    expect(during).toContain(
      'exception  PolicyException black-friday lets minScale go beyond what prod allows until Wed 2026-11-25 12:00; then it is cut to 20',
    );
    const after = (await lines('sale.yaml', '--at', '2026-11-25T12:01:00Z', '--env', 'prod')).join('\n');
    expect(after).toContain('minScale is 30, and prod allows at most 20 (schedule/bounds)');
    expect(after).not.toContain('PolicyException');
  });

  it('says what suspending hides', async () => {
    const text = await lines('suspended.yaml');
    expect(text).toContain('holds       what the author wrote: spec.suspend is true');
    expect(text).toContain('instead of  min-scale 2 (default)');
    expect(text).toContain('until       somebody changes the schedule');
  });
});
