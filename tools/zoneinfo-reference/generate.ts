/**
 * Writes test/schedule/testdata/zoneinfo.json: when the windows of cases.json begin and end in every time zone over five
 * years, by Python's zoneinfo. Needs a Python with the tzdata package of the release that Node's ICU holds; PYTHON names
 * it. With --check nothing is written, and a difference is an error.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

interface Reference {
  readonly tz: string;
  readonly zones: Readonly<Record<string, readonly string[]>>;
}

const folder = import.meta.dirname;
const golden = `${folder}/../../test/schedule/testdata/zoneinfo.json`;

function ask(): Reference {
  const python = process.env.PYTHON ?? 'python3';
  const output = execFileSync(python, [`${folder}/reference.py`, `${folder}/cases.json`], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // no files of the machine's own: only the package
    env: { ...process.env, PYTHONTZPATH: '' },
  });
  return JSON.parse(output);
}

const { tz, zones } = ask();
if (tz !== process.versions.tz) {
  const [year = '', letter = 'a'] = (process.versions.tz ?? '').split(/(?=[a-z])/);
  const wanted = `${year}.${letter.charCodeAt(0) - 96}`;
  console.error(`Python has the tz data ${tz}, and Node ${process.versions.tz}: pip install tzdata==${wanted}`);
  process.exit(1);
}

/** Most zones go by the same hashes as others: each row stands once. */
const rows = new Map<string, string[]>();
for (const [name, hashes] of Object.entries(zones)) {
  const key = hashes.join(' ');
  rows.set(key, [...(rows.get(key) ?? []), name]);
}
const lines = [...rows].map(([hashes, names]) => JSON.stringify({ hashes, zones: names.join(' ') }));
const content = `{"tz":"${tz}","rows":[\n${lines.join(',\n')}\n]}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(golden, 'utf8') !== content) {
    console.error(`${golden} is not what zoneinfo says now; write it with: npm run golden:zones`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(golden, content);
  console.log(`${Object.keys(zones).length} zones, ${rows.size} rows, ${Buffer.byteLength(content)} bytes`);
}
