import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { check, folderWith, LATEST, service, TAGGED, tagPolicies } from '../harness.ts';

const policies = tagPolicies('prod');
const args = ['.', '--env', 'prod'];

describe('weir check: what it reads', () => {
  it('finds manifests in folders, however they are written', async () => {
    const cwd = folderWith({
      ...policies,
      'a/cart.yaml': service(),
      'a/b/two.yml': `${service({ name: 'one' })}---\n${service({ name: 'two', image: TAGGED })}`,
      'list.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'serving.knative.dev/v1',
            kind: 'Service',
            metadata: { name: 'json', namespace: 'shop' },
            spec: { template: { spec: { containers: [{ image: LATEST }] } } },
          },
        ],
      }),
      'config.yaml': 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: x, namespace: shop}\n',
      'node_modules/x.yaml': service(),
      '.hidden/x.yaml': service(),
      'notes.txt': service(),
    });
    const { code, result } = await check(args, { cwd });

    expect(code).toBe(1);
    expect(result.errors).toEqual([]);
    expect(result.findings.map(({ file, line, column, resource }) => [file, line, column, resource.name])).toEqual([
      ['a/b/two.yml', 10, 16, 'one'],
      ['a/cart.yaml', 10, 16, 'cart'],
      ['list.json', 1, expect.any(Number), 'json'],
    ]);
    expect(result.summary).toEqual({
      resources: 5,
      judged: 4,
      deny: 3,
      warn: 0,
      audit: 0,
      untouched: 1,
      unassigned: 0,
    });
  });

  it('says of each finding all that the documentation promises', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service() });
    const { result } = await check(args, { cwd });
    expect(result).toMatchObject({ kind: 'CheckResult', excused: [], errors: [] });
    expect(result.findings).toEqual([
      {
        rule: 'images/tag',
        action: 'deny',
        environment: 'prod',
        resource: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' },
        path: '/spec/template/spec/containers/0/image',
        message: expect.stringContaining('has the tag latest'),
        file: 'cart.yaml',
        line: 10,
        column: 16,
      },
    ]);
  });

  it('reads standard input', async () => {
    const cwd = folderWith(policies);
    const { code, result } = await check(['-', '--env', 'prod'], { cwd, stdin: service() });
    expect(code).toBe(1);
    expect(result.findings).toMatchObject([{ file: '-', line: 10, column: 16 }]);
  });

  it('names a file outside of the working folder as the user did', async () => {
    const cwd = folderWith(policies);
    const elsewhere = folderWith({ 'cart.yaml': service() });
    const absolute = await check([elsewhere, '--env', 'prod'], { cwd });
    expect(absolute.result.findings).toMatchObject([{ file: path.join(elsewhere, 'cart.yaml') }]);
    const relative = await check([path.relative(cwd, elsewhere), '--env', 'prod'], { cwd });
    expect(relative.result.findings).toMatchObject([{ file: path.join('..', path.basename(elsewhere), 'cart.yaml') }]);
  });

  it('passes over what was never meant for Kubernetes in a folder, and refuses it where it is named', async () => {
    const files = { ...policies, 'cart.yaml': service({ image: TAGGED }), 'package.json': '{"name": "x"}' };
    const cwd = folderWith({ ...files, 'values.yaml': 'replicas: 2\n', 'list.yaml': '- a\n- b\n' });
    expect(await check(args, { cwd })).toMatchObject({ code: 0, result: { errors: [] } });

    const named = await check(['cart.yaml', 'package.json', '--env', 'prod'], { cwd });
    expect(named).toMatchObject({ code: 2, result: { errors: [{ file: 'package.json' }] } });
  });

  it('still speaks up for an object that lost its kind', async () => {
    const cwd = folderWith({ ...policies, 'broken.yaml': 'apiVersion: v1\nmetadata: {name: x}\n' });
    const { result } = await check(args, { cwd });
    expect(result.errors).toMatchObject([{ file: 'broken.yaml', message: expect.stringContaining('no kind') }]);
  });

  it('judges a folder once, whichever links lead to it', async () => {
    const cwd = folderWith({ ...policies, 'real/cart.yaml': service() });
    symlinkSync(path.join(cwd, 'real'), path.join(cwd, 'alias'));
    symlinkSync(path.join(cwd, 'real/cart.yaml'), path.join(cwd, 'cart.yaml'));
    const { result } = await check(args, { cwd });
    expect(result.findings).toHaveLength(1);
  });

  it('does not judge policies, settings and kustomization files', async () => {
    const cwd = folderWith({
      ...policies,
      'cart.yaml': service({ image: TAGGED }),
      'weir.yaml': 'apiVersion: weir.dev/v1alpha1\nkind: Configuration\n',
    });
    expect((await check(args, { cwd })).result.summary).toMatchObject({ resources: 1, untouched: 0 });
  });
});

describe('weir check: input that hurts', () => {
  it('judges the rest, and exits 2', async () => {
    const cwd = folderWith({
      ...policies,
      'cart.yaml': service(),
      'binary.yaml': new Uint8Array([0, 1, 2, 3]),
      'latin1.yaml': new Uint8Array([0x61, 0x3a, 0xe4, 0x0a]),
      'half.yaml': `${service({ name: 'half' })}---\nkind: [unclosed\n`,
      'template.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
      'charts/x/Chart.yaml': 'apiVersion: v2\nname: x\n',
      'charts/x/templates/a.yaml': '{{- if .Values.a }}\n',
      'large.yaml': Buffer.alloc(17 * 1024 * 1024, '# large\n'),
    });
    mkdirSync(path.join(cwd, 'loop'));
    symlinkSync('..', path.join(cwd, 'loop/back'));
    symlinkSync('b.yaml', path.join(cwd, 'a.yaml'));
    symlinkSync('a.yaml', path.join(cwd, 'b.yaml'));
    symlinkSync('nowhere', path.join(cwd, 'gone.yaml'));
    execFileSync('mkfifo', [path.join(cwd, 'pipe.yaml')]);

    const { code, result } = await check(args, { cwd });
    expect(code).toBe(2);
    expect(result.findings.map(({ resource }) => resource.name)).toEqual(['cart', 'half']);
    const messages = Object.fromEntries(result.errors.map(({ file, message }) => [file, message]));
    expect(messages).toEqual({
      'a.yaml': expect.stringContaining('symbolic links lead in a circle'),
      'b.yaml': expect.stringContaining('symbolic links lead in a circle'),
      'binary.yaml': expect.stringContaining('binary'),
      'charts/x': expect.stringContaining('a Helm chart'),
      'gone.yaml': 'a symbolic link that cannot be followed: there is no such file or folder',
      'half.yaml': expect.any(String),
      'large.yaml': 'the file has 17 MiB, and at most 16 MiB are read; split it',
      'latin1.yaml': expect.stringContaining('UTF-8'),
      'loop/back': expect.stringContaining('leads back to'),
      'pipe.yaml': 'a named pipe, not a file; pipe it in and name - instead',
      'template.yaml': expect.stringContaining('template'),
    });
  });

  it('says which file or folder cannot be read', async () => {
    const cwd = folderWith({ ...policies, 'cart.yaml': service({ image: TAGGED }), 'secret.yaml': service() });
    chmodSync(path.join(cwd, 'secret.yaml'), 0);
    const { result } = await check([...args, 'nowhere'], { cwd });
    const messages = Object.fromEntries(result.errors.map(({ file, message }) => [file, message]));
    expect(messages.nowhere).toBe('cannot be read: there is no such file or folder');
    // Root reads everything.
    if (process.getuid?.() !== 0) expect(messages['secret.yaml']).toBe('cannot be read: permission denied');
  });

  it('bounds standard input', async () => {
    const cwd = folderWith(policies);
    const stdin = Buffer.alloc(17 * 1024 * 1024, '# large\n');
    const { code, result } = await check(['-', '--env', 'prod'], { cwd, stdin });
    expect(code).toBe(2);
    expect(result.errors).toMatchObject([{ file: '-', message: expect.stringContaining('17 MiB') }]);
  });
});
