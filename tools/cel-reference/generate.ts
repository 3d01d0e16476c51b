/**
 * Writes test/cel/testdata/kubernetes.json: what Kubernetes' own packages make of the expressions of cases.ts and of the
 * definitions of definitions.ts, as the Go program beside this file says it. Needs Go. With --check nothing is written,
 * and a difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arrayAt, isArray, type JsonValue, valueAt } from '../../src/kubernetes/json.ts';
import { groups } from './cases.ts';
import { definitions } from './definitions.ts';

const folder = import.meta.dirname;
const golden = `${folder}/../../test/cel/testdata/kubernetes.json`;
const DEFINITIONS = 300;

const asked = groups();
const schemas = definitions(DEFINITIONS);
const output = execFileSync('go', ['run', '.'], {
  cwd: folder,
  input: JSON.stringify({ groups: asked, definitions: schemas }),
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
});
const answer: JsonValue = JSON.parse(output);

function line(...parts: readonly (JsonValue | undefined)[]): string {
  return JSON.stringify(parts);
}

const shown = asked.map(({ name, schema, object, expressions }, index) => {
  const verdicts = valueAt(answer, 'verdicts', index);
  const lines = expressions.map((source, at) => line(source, isArray(verdicts) ? verdicts[at] : undefined));
  return `{"name":${JSON.stringify(name)},"schema":${JSON.stringify(schema ?? null)},"object":${JSON.stringify(object)},"expressions":[\n${lines.join(',\n')}\n]}`;
});
// The type of a schema has another name each time, and causes come in any order.
const refused = schemas.map((schema, index) => {
  const causes = arrayAt(answer, 'definitions', index).map((cause) =>
    String(cause).replaceAll(/selfType\d+/g, 'object'),
  );
  return line(schema, causes.sort());
});
const content = `{"groups":[\n${shown.join(',\n')}\n],"definitions":[\n${refused.join(',\n')}\n]}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what Kubernetes says; write it with: npm run golden:cel`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(golden, content);
  console.log(
    `${asked.reduce((sum, { expressions }) => sum + expressions.length, 0)} expressions, ${content.length} bytes`,
  );
}
