/** The command line over generated folders: its outputs agree, and no file takes it down. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { arrayAt, type JsonObject, type JsonValue, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import type { JsonResult } from '../../src/report/json.ts';
import { folderWith, service, tagPolicies, weir } from '../cli/harness.ts';
import { ENVIRONMENTS } from './judging.ts';
import { mutated } from './mutations.ts';
import { objects, SECRETS } from './objects.ts';
import { outsideSecretPlaces } from './secrets.ts';

jest.setTimeout(60_000);

const POLICIES = path.resolve(import.meta.dirname, '../../policies');
const OTHERS = ['text', 'compact', 'sarif', 'junit', 'github'] as const;

type Folder = Record<string, string>;

/** A few files of a few objects each, in YAML and JSON. */
const folders: fc.Arbitrary<Folder> = fc
  .array(fc.array(fc.oneof(fc.constantFrom(...objects), mutated), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((files) =>
    Object.fromEntries(
      files.map((documents, index) =>
        index === 2 ? [`team/${index}.json`, listOf(documents)] : [`file ${index}.yaml`, yamlOf(documents)],
      ),
    ),
  );

function yamlOf(documents: readonly JsonObject[]): string {
  return documents.map((document) => dump(document, { lineWidth: -1, noRefs: true })).join('---\n');
}

function listOf(items: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1);
}

/** All outputs of one check, by their names. */
async function outputsOf(files: Folder, environment: string) {
  const cwd = folderWith(files);
  const toFiles = OTHERS.flatMap((format) => ['-o', `${format}=as.${format}`]);
  const args = ['check', '.', '--env', environment, '--policies', POLICIES, '-o', 'json', ...toFiles];
  const ran = await weir(args, { cwd });
  const read = (format: string) => readFileSync(path.join(cwd, `as.${format}`), 'utf8');
  return { ...ran, json: JSON.parse(ran.stdout) as JsonResult, read };
}

/** Rules, each as often as the output tells it, in order of their names. */
const RULES_IN: Readonly<Record<(typeof OTHERS)[number], (output: string) => string[]>> = {
  text: (output) => allMatches(withoutExcused(output), /^ {4}(?:deny |warn |audit) {2}(\S+)/gm),
  compact: (output) => allMatches(output, /: (?:deny|warn|audit): (\S+) \[\w+\]: /g),
  junit: (output) => allMatches(output.replace(/^.*excused: .*$/gm, ''), /: (?:deny|warn|audit): (\S+) \[\w+\]: /g),
  github: (output) => allMatches(output, /^::(?:error|warning|notice) .*title=(\S+) \(/gm),
  sarif: (output) => {
    const parsed: JsonValue = JSON.parse(output);
    return arrayAt(parsed, 'runs', 0, 'results')
      .filter((result) => arrayAt(result, 'suppressions').length === 0)
      .map((result) => stringAt(result, 'ruleId') ?? '')
      .sort();
  },
};

function allMatches(output: string, pattern: RegExp): string[] {
  return [...output.matchAll(pattern)].map((match) => match[1] ?? '').sort();
}

function withoutExcused(output: string): string {
  const at = output.search(/^Excused$/m);
  return at < 0 ? output : output.slice(0, at);
}

describe('the outputs of one check', () => {
  it('tell the same findings', async () => {
    await fc.assert(
      fc.asyncProperty(folders, fc.constantFrom(...ENVIRONMENTS), async (files, environment) => {
        const { json, read } = await outputsOf(files, environment);
        const rules = json.findings.map(({ rule }) => rule).sort();
        for (const format of OTHERS) {
          expect({ format, rules: RULES_IN[format](read(format)) }).toEqual({ format, rules });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never show a secret', async () => {
    const manifests = fc.array(fc.oneof(fc.constantFrom(...objects), mutated), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(manifests, fc.constantFrom(...ENVIRONMENTS), async (documents, environment) => {
        const { read, json } = await outputsOf({ 'all.yaml': yamlOf(documents) }, environment);
        const elsewhere = documents.map(outsideSecretPlaces).join();
        const secrets = SECRETS.filter((secret) => !elsewhere.includes(secret));
        const told = { messages: json.findings.map(({ message }) => message), errors: json.errors };
        // json and sarif hold fixes, too, which are for programs and write whole values.
        const outputs = ['text', 'compact', 'junit', 'github'].map(read).join('') + JSON.stringify(told);
        expect(secrets.filter((secret) => outputs.includes(secret))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('count what they tell, and exit by it', async () => {
    await fc.assert(
      fc.asyncProperty(folders, fc.constantFrom(...ENVIRONMENTS), async (files, environment) => {
        const { json, code, stderr, read } = await outputsOf(files, environment);
        const { deny, warn, audit, resources, judged, untouched, unassigned } = json.summary;
        const counted = (action: string) => json.findings.filter((finding) => finding.action === action).length;
        expect([deny, warn, audit]).toEqual([counted('deny'), counted('warn'), counted('audit')]);
        expect(judged + untouched + unassigned).toBe(resources);
        expect(code).toBe(json.errors.length > 0 || judged === 0 ? 2 : deny > 0 ? 1 : 0);
        expect(stderr).not.toMatch(STACK);

        expect(read('text')).toContain(`${judged} of ${resources} resource`);
        expect(read('github')).toContain(`weir: ${deny} denial`);
        expect(read('junit').match(/<failure /g)?.length ?? 0).toBe(
          new Set(json.findings.filter(({ action }) => action === 'deny').map(testCaseOf)).size,
        );
        const [run] = arrayAt(JSON.parse(read('sarif')), 'runs');
        const told = arrayAt(run, 'invocations', 0, 'toolExecutionNotifications').length;
        expect(told).toBe(json.errors.length);
      }),
      { numRuns: 30 },
    );
  });

  it('place every finding in a line of its file', async () => {
    await fc.assert(
      fc.asyncProperty(folders, fc.constantFrom(...ENVIRONMENTS), async (files, environment) => {
        const { json } = await outputsOf(files, environment);
        for (const { rule, file = '', line = 0, column = 0 } of json.findings) {
          const lines = (files[file] ?? '').split('\n');
          const text = lines[line - 1];
          expect({ rule, file, isThere: text !== undefined && column >= 1 && column <= text.length + 1 }).toEqual({
            rule,
            file,
            isThere: true,
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

function testCaseOf({ resource, file }: JsonResult['findings'][number]): string {
  const { apiVersion, kind, namespace, name } = resource;
  return [file, apiVersion, kind, namespace, name].join('\n');
}

const STACK = /\n\s+at |mistake of Weir/;

describe('garbage', () => {
  const pieces = fc.constantFrom(
    ...['apiVersion: v1\nkind: Secret\n', 'kind: List\nitems:\n', '- ', ': ', '\n', '\n---\n', '{', '}', '[', ']', ','],
    ...['"', "'", '&a ', '*a', '!!binary ', '!x ', '<<: ', '? ', '|', '>', '#', '%YAML 1.1\n', '\t', '\r\n', '\u0000'],
    ...['{{ .Values.image }}', '\ufeff', '${', '...', '\ud83d', 'é', '1e999', '0x', '.nan', '~', '"apiVersion":"v1"'],
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
    fc
      .tuple(fc.constant(service()), fc.nat(), fc.uint8Array({ maxLength: 8 }))
      .map(([text, at, bytes]) =>
        Buffer.concat([Buffer.from(text.slice(0, at % text.length)), bytes, Buffer.from(text)]),
      ),
  );
  const name = fc.constantFrom('bad.yaml', 'bad.yml', 'bad.json', 'weird name\n.yaml', 'kustomize.yaml', '#.json');

  it('is an error in a sentence or nothing at all, and what stands beside it is judged', async () => {
    await fc.assert(
      fc.asyncProperty(content, name, async (bytes, file) => {
        const cwd = folderWith({ ...tagPolicies('prod'), 'good.yaml': service(), [file]: bytes });
        const { code, stdout, stderr } = await weir(['check', '.', '--env', 'prod', '-o', 'json'], { cwd });
        const { findings, errors } = JSON.parse(stdout) as JsonResult;
        expect(findings).toContainEqual(expect.objectContaining({ rule: 'images/tag', file: 'good.yaml' }));
        expect(code).toBe(errors.length > 0 ? 2 : 1);
        expect(stderr).toBe('');
        for (const error of errors) {
          expect(error.file).toBe(file);
          expect(error.message).not.toMatch(BROKEN);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('named by itself exits 2 with a sentence where nothing in it can be judged', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const cwd = folderWith({ ...tagPolicies('prod'), 'bad.yaml': bytes });
        const { code, stdout, stderr } = await weir(['check', 'bad.yaml', '--env', 'prod', '-o', 'json'], { cwd });
        const { summary, errors } = JSON.parse(stdout) as JsonResult;
        const isJudged = errors.length === 0 && summary.judged > 0;
        expect(code).toBe(isJudged ? Math.min(summary.deny, 1) : 2);
        expect(stderr).toMatch(isJudged || errors.length > 0 ? /^$/ : /^weir: nothing was judged: .*\n$/);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['render', 'explain', 'fn'])('takes weir %s down no more', async (command) => {
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const cwd = folderWith({ ...tagPolicies('prod'), 'bad.yaml': bytes });
        const args = command === 'fn' ? ['fn'] : [command, 'bad.yaml', '--env', 'prod'];
        const { code, stdout, stderr } = await weir(args, { cwd, stdin: bytes });
        expect([0, 1, 2]).toContain(code);
        expect(`${stdout}${stderr}`).not.toMatch(STACK);
        if (code === 2) expect(`${stdout}${stderr}`.trim()).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });
});

const BROKEN = /undefined|\[object |NaN|^\s*$|[.\s]$|\n|^[A-Z]\w*Error/;

describe('a result', () => {
  it('holds no value that JSON cannot', async () => {
    await fc.assert(
      fc.asyncProperty(folders, async (files) => {
        const { json } = await outputsOf(files, 'prod');
        for (const { path: pointer, value } of json.defaults) {
          expect(pointer).toMatch(/^\//);
          expect(value).toBeDefined();
        }
        expect(valueAt(json as unknown as JsonObject, 'kind')).toBe('CheckResult');
      }),
      { numRuns: 20 },
    );
  });
});
