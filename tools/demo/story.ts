/** What `npm run demo` tells: one small shop, judged for dev and for prod, and what is different between the two. */
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { type CheckResult, count, describePlace, type ReportedFinding } from '../../src/report/result.ts';

export const SHOP = 'examples/shop';
/** Of the finding that is shown in full. */
const SHOWN_RULE = 'autoscaling/min-scale';
const SHOWN_VALUES: readonly [name: string, path: string][] = [
  ['min-scale', '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale'],
  ['max-scale', '/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale'],
  ['target', '/spec/template/metadata/annotations/autoscaling.knative.dev~1target'],
  ['cpu request', '/spec/template/spec/containers/0/resources/requests/cpu'],
  ['cpu limit', '/spec/template/spec/containers/0/resources/limits/cpu'],
  ['memory request', '/spec/template/spec/containers/0/resources/requests/memory'],
  ['memory limit', '/spec/template/spec/containers/0/resources/limits/memory'],
];
const WIDTH = 80;
const SAME = '-';

/** Checks the shop for both environments by the program itself, and puts the page together. */
export async function story(io: Io): Promise<string> {
  const dev = await check('dev', io);
  const prod = await check('prod', io);
  return `The shop in ${SHOP} goes to two environments. The manifests are the same;
the policies are not.

${table([['', 'dev', 'prod'], ...totals(dev, prod)])}

What is judged differently:

${table([['object', 'rule', 'dev', 'prod', 'where'], ...differences(dev, prod)])}

One of them in full:

${inFull(prod)}

What order.yaml, which says nothing but its image, gets from the policy:

${table([['', 'dev', 'prod'], ...values(dev, prod)])}

Look further, with npx --no-install in front:

${table(COMMANDS)}
`;
}

const COMMANDS: readonly string[][] = [
  [`weir check ${SHOP} --env prod`, 'every finding'],
  [`weir explain ${SHOWN_RULE}`, 'what a rule is for'],
  [`weir explain ${SHOP}/order.yaml --env prod`, 'who decided each value'],
  [`weir render ${SHOP} --env prod --fix --knative`, 'as the cluster runs it'],
  ['weir policy diff dev prod', 'how policies differ'],
];

async function check(environment: string, io: Io): Promise<CheckResult> {
  let output = '';
  const captured: Io = { ...io, stdout: { write: (text) => (output += text) } };
  await main(['check', SHOP, '--env', environment, '-o', 'json'], captured);
  return JSON.parse(output);
}

function totals(dev: CheckResult, prod: CheckResult): string[][] {
  return [
    ['denied', String(dev.summary.deny), String(prod.summary.deny)],
    ['warnings', String(dev.summary.warn), String(prod.summary.warn)],
    ['values filled in', String(dev.defaults.length), String(prod.defaults.length)],
  ];
}

function differences(dev: CheckResult, prod: CheckResult): string[][] {
  const rows: string[][] = [];
  const seen = new Set<string>();
  for (const finding of [...prod.findings, ...dev.findings]) {
    const key = keyOf(finding);
    if (seen.has(key)) continue;
    seen.add(key);
    const [left, right] = [actionOf(dev, key), actionOf(prod, key)];
    if (left === right) continue;
    const { resource, rule, file = '', line } = finding;
    rows.push([`${resource.kind} ${resource.name}`, rule, left, right, `${file.slice(SHOP.length + 1)}:${line}`]);
  }
  return rows.sort((left, right) => Number(right.includes('deny')) - Number(left.includes('deny')));
}

function keyOf({ rule, resource }: ReportedFinding): string {
  return `${resource.kind} ${resource.name} ${rule}`;
}

function actionOf(result: CheckResult, key: string): string {
  return result.findings.find((finding) => keyOf(finding) === key)?.action ?? SAME;
}

/** The finding with its place, what is wrong, why that matters, and what would put it right. */
function inFull(result: CheckResult): string {
  const finding = result.findings.find(({ rule }) => rule === SHOWN_RULE);
  const rule = catalogue.rules.find(({ id }) => id === SHOWN_RULE);
  if (finding === undefined || rule === undefined) throw new Error(`the shop no longer breaks ${SHOWN_RULE}`);
  const fix = finding.fix === undefined ? [] : [`fix    weir render --fix (${count(finding.fix.length, 'edit')})`];
  return [
    describePlace(finding),
    `${finding.action}   ${finding.rule}`,
    ...wrapped('what', finding.message),
    ...wrapped('why', rule.why),
    ...fix,
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}

function wrapped(name: string, words: string): string[] {
  const lines = [name.padEnd(6)];
  for (const word of words.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + word.length > WIDTH - 2) lines.push(`${' '.repeat(6)} ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function values(dev: CheckResult, prod: CheckResult): string[][] {
  return SHOWN_VALUES.map(([name, path]) => [name, filledIn(dev, path), filledIn(prod, path)]);
}

function filledIn(result: CheckResult, path: string): string {
  const found = result.defaults.find((each) => each.file === `${SHOP}/order.yaml` && each.path === path);
  return found === undefined ? SAME : String(found.value);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
