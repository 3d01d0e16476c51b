/**
 * Writes test/kubernetes/yaml/testdata/kubernetes-reading.json: what Kubernetes reads in the texts of cases.ts, as the
 * Go program beside this file prints it. Needs Go. With --check nothing is written, and a difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cases } from './cases.ts';

interface Reading {
  readonly documents: readonly unknown[];
  readonly error?: string;
}

const folder = import.meta.dirname;
const golden = `${folder}/../../test/kubernetes/yaml/testdata/kubernetes-reading.json`;

/** A case as the golden file has it: the text, and the documents or true where there is an error. */
type GoldenCase = readonly [text: string, documents: readonly unknown[], isError?: true];

function read(texts: readonly string[]): GoldenCase[] {
  const output = execFileSync('go', ['run', '.'], {
    cwd: folder,
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const readings: Reading[] = JSON.parse(output);
  return texts.map((text, index) => {
    const { documents = [], error } = readings[index] ?? {};
    return error === undefined ? [text, documents] : [text, [], true];
  });
}

const unique = [...new Set(cases())];
const lines = read(unique).map((entry) => JSON.stringify(entry));
const content = `[\n${lines.join(',\n')}\n]\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what Kubernetes reads now; write it with: npm run golden:yaml`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(golden, content);
  console.log(`${unique.length} cases, ${Buffer.byteLength(content)} bytes`);
}
