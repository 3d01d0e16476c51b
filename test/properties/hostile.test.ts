/** Input that hurts: each kind of it is a clear error of its own file, or read as Kubernetes reads it, and nothing else suffers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { check, folderWith, LATEST, service, tagPolicies } from '../cli/harness.ts';
import { aliasBomb } from './hostileText.ts';

jest.setTimeout(60_000);

const DEEP = 100_000;
const policies = tagPolicies('prod');

const HELM = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  {{- if .Values.min }}
  template: {}
  {{- end }}
`;

describe('a file that cannot be judged', () => {
  it.each<[what: string, content: () => string | Uint8Array, message: RegExp]>([
    ['a Helm template', () => HELM, /^this is a template, not a manifest; render it first/],
    ['an alias bomb', () => aliasBomb(), /alias/],
    ['a mapping of 100,000 levels', () => 'a: '.repeat(DEEP), /./],
    ['a list of 100,000 levels', () => '['.repeat(DEEP) + ']'.repeat(DEEP), /1000 levels|nest/],
    ['JSON of 100,000 levels', () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, /1000 levels|nest/],
    ['100,000 levels by indentation', () => `${'- '.repeat(DEEP)}a\n`, /1000 levels|nest/],
    ['50 MB', () => `a: ${'x'.repeat(50_000_000)}`, /has 48 MiB, and at most 16 MiB are read/],
    ['binary bytes', () => Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0xff, 0xfe]), /./],
    ['a ZIP file', () => Buffer.from('504b030414000000080000002100', 'hex'), /./],
    ['UTF-16', () => Buffer.from(`\ufeff${service()}`, 'utf16le'), /UTF-16|UTF-8/],
    ['bytes that are no UTF-8', () => Buffer.concat([Buffer.from(service()), Buffer.from([0xc3, 0x28])]), /UTF-8/],
    ['a merge conflict', () => `<<<<<<< HEAD\n${service()}=======\n${service()}>>>>>>> main\n`, /./],
    ['a tab as indentation', () => 'apiVersion: v1\nkind: Secret\nmetadata:\n\tname: x\n', /tab/i],
    ['an alias of nothing', () => `${service()}x: *nowhere\n`, /nowhere/],
    ['a quote that does not end', () => 'apiVersion: v1\nkind: "Secret\n', /./],
    ['a Kubernetes object in JSON with a comma too many', () => '{"apiVersion": "v1", "kind": "Secret",,}', /./],
  ])('%s is an error with its file, and the file beside it is judged', async (_, content, message) => {
    const cwd = folderWith({ ...policies, 'bad.yaml': content(), 'good.yaml': service() });
    const { code, result, stderr } = await check(['.', '--env', 'prod'], { cwd });

    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(result.findings.map(({ file, line }) => [file, line])).toContainEqual(['good.yaml', 10]);
    expect(result.errors.length).toBeGreaterThan(0);
    for (const error of result.errors) {
      expect(error.file).toBe('bad.yaml');
      expect(error.message).toMatch(message);
      expect(error.message).not.toMatch(/undefined|\[object |NaN|[.\s]$|\n|^[A-Z]\w*Error|maximum call stack/i);
      expect(error.message.length).toBeLessThan(500);
    }
  });

  it('alone exits 2 with its sentence, in text', async () => {
    const cwd = folderWith({ ...policies, 'bad.yaml': HELM });
    const { code, result } = await check(['bad.yaml', '--env', 'prod'], { cwd });
    expect([code, result.findings, result.errors.length]).toEqual([2, [], 1]);
  });
});

describe('a file that hurts less', () => {
  const crlf = service().replaceAll('\n', '\r\n');
  const object = JSON.stringify({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { template: { spec: { containers: [{ image: LATEST }] } } },
  });

  it.each<[what: string, content: string | Uint8Array, count: number]>([
    ['a byte order mark', `\ufeff${service()}`, 1],
    ['Windows line ends', crlf, 1],
    ['a byte order mark and Windows line ends', `\ufeff${crlf}`, 1],
    ['empty documents', `---\n---\n# nothing\n---\n${service()}---\n\n---\nnull\n---\n~\n...\n`, 1],
    ['a List', `apiVersion: v1\nkind: List\nitems:\n- ${service().trimEnd().replaceAll('\n', '\n  ')}\n`, 1],
    [
      'a List in a List',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'List', items: [JSON.parse(object)] }, JSON.parse(object)],
      }),
      2,
    ],
    ['a ServiceList', `{"apiVersion":"serving.knative.dev/v1","kind":"ServiceList","items":[${object}]}`, 1],
    ['JSON on one line', object, 1],
    ['JSON over several lines', JSON.stringify(JSON.parse(object), null, 4), 1],
    ['JSON objects one after the other', `${object}\n${object.replace('cart', 'order')}`, 2],
    ['keys named __proto__', `${service()}__proto__: {polluted: true}\nconstructor: {prototype: {polluted: 1}}\n`, 1],
    ['a __proto__ in JSON', object.replace('{"api', '{"__proto__":{"polluted":true,"kind":"Secret"},"api'), 1],
    [
      'a __proto__ among labels',
      service().replace('name: cart', 'name: cart\n  labels: {__proto__: x, toString: y}'),
      1,
    ],
    ['a merge key', service().replace('spec:\n', 'x: &x {a: 1}\ny: {<<: *x}\nspec:\n'), 1],
    ['no line end at its end', service().trimEnd(), 1],
    ['a very long line', `# ${'x'.repeat(1_000_000)}\n${service()}`, 1],
  ])('%s is read as Kubernetes reads it', async (_, content, count) => {
    const cwd = folderWith({ ...policies, 'odd.yaml': content, 'good.yaml': service({ name: 'good' }) });
    const { result } = await check(['.', '--env', 'prod'], { cwd });
    const tags = result.findings.filter(({ rule }) => rule === 'images/tag');
    expect(tags.filter(({ file }) => file === 'odd.yaml').length).toBe(count);
    expect(tags.filter(({ file }) => file === 'good.yaml').length).toBe(1);
    expect(result.errors).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    for (const { file, line } of tags) {
      if (file === 'odd.yaml') expect(String(content).split('\n')[(line ?? 0) - 1]).toContain(LATEST);
    }
  });

  it.each([
    ['YAML', service().replace('name: cart', 'name: cart\n  labels: {__proto__: {polluted: true}}')],
    ['JSON', object.replace('"name":"cart"', '"name":"cart","labels":{"__proto__":{"polluted":true}}')],
  ])('takes __proto__ in %s for a key like any other', async (_, content) => {
    const { result } = await check(['.', '--env', 'prod'], { cwd: folderWith({ ...policies, 'odd.yaml': content }) });
    expect(result.findings.map(({ rule, path: pointer }) => `${rule} ${pointer}`)).toContain(
      'knative/schema /metadata/labels/__proto__',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('takes the last of duplicate keys, and says so', async () => {
    const twice = `${service({ image: 'registry.example.com/shop/cart:1.4.2' })}        image: ${LATEST}\n`;
    const { result } = await check(['.', '--env', 'prod'], { cwd: folderWith({ ...policies, 'odd.yaml': twice }) });
    expect(result.findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['yaml/duplicate-key', 10],
      ['images/tag', 11],
    ]);
  });
});

describe('what is no file', () => {
  const cases: [what: string, make: (cwd: string) => void, file: string, message: RegExp][] = [
    ['a named pipe', (cwd) => execFileSync('mkfifo', [path.join(cwd, 'bad.yaml')]), 'bad.yaml', /^a named pipe, not a/],
    ['a link to itself', (cwd) => symlinkSync('bad.yaml', path.join(cwd, 'bad.yaml')), 'bad.yaml', /lead in a circle/],
    ['a link to nothing', (cwd) => symlinkSync('nothing', path.join(cwd, 'bad.yaml')), 'bad.yaml', /no such file/],
    ['a link to the folder above', (cwd) => symlinkSync('.', path.join(cwd, 'loop')), 'loop', /leads back to/],
    ['a device', (cwd) => symlinkSync('/dev/zero', path.join(cwd, 'bad.yaml')), 'bad.yaml', /^a device, not a file/],
  ];
  if (process.platform === 'linux') {
    // Reading this one fails for everybody, root too.
    const memory = (cwd: string) => symlinkSync('/proc/self/mem', path.join(cwd, 'bad.yaml'));
    cases.push(['a file that cannot be read', memory, 'bad.yaml', /^cannot be read: /]);
  }

  it.each(cases)('%s is an error, and the file beside it is judged', async (_, make, file, message) => {
    const cwd = folderWith({ ...policies, 'good.yaml': service() });
    make(cwd);
    const { code, result } = await check(['.', '--env', 'prod'], { cwd });
    expect(code).toBe(2);
    expect(result.findings.map((finding) => finding.file)).toEqual(['good.yaml']);
    expect(result.errors).toEqual([{ file, message: expect.stringMatching(message) }]);
  });

  it('two links that lead to each other end', async () => {
    const cwd = folderWith({ ...policies, 'a/good.yaml': service() });
    mkdirSync(path.join(cwd, 'b'));
    symlinkSync('../b', path.join(cwd, 'a', 'to-b'));
    symlinkSync('../a', path.join(cwd, 'b', 'to-a'));
    const { code, result } = await check(['.', '--env', 'prod'], { cwd });
    expect([code, result.findings.length, result.errors]).toEqual([1, 1, []]);
  });

  it('a folder that is named as a manifest is read as a folder', async () => {
    const cwd = folderWith({ ...policies, 'bad.yaml/good.yaml': service() });
    const { result } = await check(['.', '--env', 'prod'], { cwd });
    expect(result.findings.map(({ file }) => file)).toEqual(['bad.yaml/good.yaml']);
  });
});
