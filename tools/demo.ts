/** `npm run demo`: one small shop, judged for dev and for prod, and what is different between the two. */
import { type Io, processIo } from '../src/cli/io.ts';
import { main } from '../src/cli/main.ts';
import type { CheckResult, ReportedFinding } from '../src/report/result.ts';

const SHOP = 'examples/shop';
const io = processIo();

console.log(`The shop in ${SHOP} goes to two environments. Nothing in it is different; the policies are.\n`);
for (const environment of ['dev', 'prod']) {
  console.log(`$ weir check ${SHOP} --env ${environment}\n`);
  const code = await main(['check', SHOP, '--env', environment], io);
  console.log(`\nexit code ${code}\n`);
}
console.log('What is different:\n');
console.log(difference(await result('dev'), await result('prod')));
console.log(`
Look further:
  npx --no-install weir explain autoscaling/min-scale              what a rule is for
  npx --no-install weir explain ${SHOP}/order.yaml --env prod   who decided each value
  npx --no-install weir render ${SHOP} --env prod --fix         the manifests as the cluster will have them
  npx --no-install weir policy diff dev prod                       the two policies side by side`);

async function result(environment: string): Promise<CheckResult> {
  let output = '';
  const captured: Io = { ...io, stdout: { write: (text) => (output += text) } };
  await main(['check', SHOP, '--env', environment, '-o', 'json'], captured);
  return JSON.parse(output);
}

function difference(dev: CheckResult, prod: CheckResult): string {
  const rows = [['', 'dev', 'prod']];
  for (const key of new Set([...dev.findings, ...prod.findings].map(keyOf))) {
    const [left, right] = [actionOf(dev, key), actionOf(prod, key)];
    if (left !== right) rows.push([key, left, right]);
  }
  rows.push(['values filled in', String(dev.defaults.length), String(prod.defaults.length)]);
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows
    .map(([first = '', left = '', right = '']) => `  ${first.padEnd(width)}  ${left.padEnd(6)}  ${right}`)
    .join('\n');
}

function keyOf({ rule, resource }: ReportedFinding): string {
  return `${resource.kind} ${resource.name}: ${rule}`;
}

function actionOf(result: CheckResult, key: string): string {
  return result.findings.find((finding) => keyOf(finding) === key)?.action ?? '-';
}
