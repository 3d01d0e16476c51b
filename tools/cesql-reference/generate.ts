/**
 * Writes test/knative/eventing/cesql/testdata/sdk-go.json: the tree that sdk-go makes of each expression of cases.ts, as
 * the Go program beside this file prints it, or null where it refuses. Needs Go. With --check nothing is written, and a
 * difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cases } from './cases.ts';

const folder = import.meta.dirname;
const golden = `${folder}/../../test/knative/eventing/cesql/testdata/sdk-go.json`;

const unique = [...new Set(cases())];
const output = execFileSync('go', ['run', '.'], {
  cwd: folder,
  input: JSON.stringify(unique),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  // sdk-go complains of each character that it passes over.
  stdio: ['pipe', 'pipe', 'ignore'],
});
const trees: (string | null)[] = JSON.parse(output);
const lines = unique.map((text, index) => JSON.stringify([text, trees[index]]));
const content = `[\n${lines.join(',\n')}\n]\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what sdk-go makes of the cases; write it with: npm run golden:cesql`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(golden, content);
  console.log(`${unique.length} cases, ${Buffer.byteLength(content)} bytes`);
}
