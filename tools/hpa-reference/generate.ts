/**
 * Writes test/controllers/hpa/testdata/kubernetes.json: what Kubernetes' own controller of HorizontalPodAutoscalers makes
 * of the moments of cases.ts, as the Go program beside this file says it. Needs Go. With --check nothing is written, and a
 * difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arrayAt, type JsonValue } from '../../src/kubernetes/json.ts';
import { cases } from './cases.ts';

const folder = import.meta.dirname;
const golden = `${folder}/../../test/controllers/hpa/testdata/kubernetes.json`;

const asked = cases();
const output = execFileSync('go', ['run', '.'], {
  cwd: folder,
  input: JSON.stringify(asked),
  encoding: 'utf8',
  env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
  maxBuffer: 64 * 1024 * 1024,
});
const answers: JsonValue = { answers: JSON.parse(output) };
const lines = arrayAt(answers, 'answers').map((answer) => JSON.stringify(answer));
const content = `[\n${lines.join(',\n')}\n]\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what Kubernetes says; write it with: npm run golden:hpa`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(golden, content);
  console.log(`${asked.length} moments, ${content.length} bytes`);
}
