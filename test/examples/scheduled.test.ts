/** examples/scheduled on `weir up`, with a schedule of seconds: what came in is in a report, and in one alone. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { objectAt } from '../../src/kubernetes/json.ts';
import { weir } from '../cli/harness.ts';
import { objectsIn } from '../overlays/read.ts';
import { type Platform, startPlatform } from './platform.ts';

jest.setTimeout(600_000);

const FOLDER = 'examples/scheduled';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('scheduled');
  const [source = {}] = platform.objects('every-hour.yaml');
  const everySecond = { ...source, spec: { ...objectAt(source, 'spec'), schedule: '* * * * * *' } };
  await platform.apply('data-processor.yaml', everySecond);
}, 600_000);

afterAll(async () => platform?.end(), 300_000);

const sell = async (amount: number) => (await platform.ask('data-processor', '/sales', String(amount))).status;

/** Those with sales in them. */
async function reports(): Promise<{ due: string; sales: number; total: number }[]> {
  return JSON.parse((await platform.ask('data-processor', '/reports')).body);
}

const sum = async (of: 'sales' | 'total') => (await reports()).reduce((all, each) => all + each[of], 0);

describe('scheduled', () => {
  it('has each sale in a report, and in one alone', async () => {
    const amounts = [3, 4, 12.5];
    for (const amount of amounts) expect(await sell(amount)).toBe(201);
    await platform.until(async () => (await sum('sales')) === 3, 'the reports');
    expect(await sum('total')).toBe(19.5);
    for (const { due } of await reports()) expect(Date.parse(due)).toBeGreaterThan(0);
  });

  it('makes no second report where the source sends a run once more', async () => {
    const rows = () => platform.rows('.weir/claims/default/reports/data-processor.db', 'SELECT due FROM reports');
    const run = { id: 'run-1', type: 'dev.knative.sources.ping', time: '2026-11-22T03:00:00.000Z' };
    for (let times = 0; times < 3; times++) expect((await platform.bring('data-processor', run)).status).toBe(204);
    expect(rows().filter(({ due }) => due === run.time).length).toBe(1);
  });

  it('takes in the next run what came while there was none', async () => {
    await platform.kill();
    await platform.start();
    const before = await sum('sales');
    expect(await sell(7)).toBe(201);
    await platform.until(async () => (await sum('sales')) === before + 1, 'a report');
  });

  it('is what comes of a CronJobSource, with a warning', async () => {
    const file = `${FOLDER}/cron-job-source.yaml`;
    const { stdout, stderr } = await weir(['render', '--fix', '--no-defaults', '--env', 'dev', file], {
      cwd: process.cwd(),
    });
    expect(stderr).toContain('fixed eventing/removed-api of CronJobSource data-processor-cron');
    const [made = {}] = objectsIn(stdout, file);
    const [wanted = {}] = objectsIn(readFileSync(`${FOLDER}/every-hour.yaml`, 'utf8'), file);
    const { timezone: _, ...spec } = objectAt(wanted, 'spec') ?? {};
    expect(made).toEqual({ ...wanted, spec });
  });
});
