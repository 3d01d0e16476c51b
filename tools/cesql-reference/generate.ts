/**
 * Writes what sdk-go, by the Go program beside this file, makes of expressions, one golden file each: their trees, or null
 * where it refuses them (cases.ts), and what they come to for an event (evaluations.ts). Needs Go. With --check nothing is
 * written, and a difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cases } from './cases.ts';
import { evaluations } from './evaluations.ts';

interface Answer {
  readonly trees: readonly (string | null)[];
  readonly results: readonly unknown[];
}

const folder = import.meta.dirname;
const testdata = `${folder}/../../test/knative/eventing/cesql/testdata`;

const expressions = [...new Set(cases())];
const asked = evaluations();
const output = execFileSync('go', ['run', '.'], {
  cwd: folder,
  input: JSON.stringify({ expressions, evaluations: asked }),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  // sdk-go complains of each character that it passes over.
  stdio: ['pipe', 'pipe', 'ignore'],
});
const { trees, results }: Answer = JSON.parse(output);

keep(
  'sdk-go.json',
  expressions.map((text, index) => [text, trees[index]]),
);
keep(
  'evaluated.json',
  asked.map(({ expression, attributes }, index) => [expression, attributes, results[index]]),
);

function keep(name: string, entries: readonly unknown[]): void {
  const golden = `${testdata}/${name}`;
  const content = `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(golden, content);
    console.log(`${name}: ${entries.length} cases, ${Buffer.byteLength(content)} bytes`);
  } else if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what sdk-go makes of the cases; write it with: npm run golden:cesql`);
    process.exitCode = 1;
  }
}
