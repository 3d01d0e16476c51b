/** One small shop, judged for dev and for prod by `weir check`, and what is different between the two. */
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import type { CheckResult, ReportedFinding } from '../../src/report/result.ts';

export const SHOP = 'examples/mistakes';
const SAME = '-';

/** Rows of a table, with their head: how often, and what one of the two denies. */
export async function shopRows(io: Io): Promise<string[][]> {
  const dev = await check('dev', io);
  const prod = await check('prod', io);
  return [
    ['', '', 'dev', 'prod', 'where'],
    ['in all', 'denied', String(dev.summary.deny), String(prod.summary.deny), ''],
    ['', 'warnings', String(dev.summary.warn), String(prod.summary.warn), ''],
    ['', 'filled in', String(dev.defaults.length), String(prod.defaults.length), ''],
    ...differences(dev, prod),
  ];
}

async function check(environment: string, io: Io): Promise<CheckResult> {
  let output = '';
  const captured: Io = { ...io, stdout: { write: (text) => (output += text) } };
  await main(['check', SHOP, '--env', environment, '-o', 'json'], captured);
  return JSON.parse(output);
}

function differences(dev: CheckResult, prod: CheckResult): string[][] {
  const rows: string[][] = [];
  const seen = new Set<string>();
  for (const finding of [...prod.findings, ...dev.findings]) {
    const key = keyOf(finding);
    if (seen.has(key)) continue;
    seen.add(key);
    const [left, right] = [actionOf(dev, key), actionOf(prod, key)];
    if (left === right || (left !== 'deny' && right !== 'deny')) continue;
    const { resource, rule, file = '', line } = finding;
    rows.push([`${resource.kind} ${resource.name}`, rule, left, right, `${file.slice(SHOP.length + 1)}:${line}`]);
  }
  return rows;
}

function keyOf({ rule, resource }: ReportedFinding): string {
  return `${resource.kind} ${resource.name} ${rule}`;
}

function actionOf(result: CheckResult, key: string): string {
  return result.findings.find((finding) => keyOf(finding) === key)?.action ?? SAME;
}
