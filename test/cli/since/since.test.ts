import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BatchReader } from '../../../src/cli/since/batch.ts';
import { addFiles, check, folderWith, service, TAGGED, tagPolicies, weir } from '../harness.ts';
import { withKustomize } from '../withKustomize.ts';

const policies = tagPolicies('prod');

/** A repository with these files in its only commit. */
function repositoryWith(files: Record<string, string>): string {
  const cwd = folderWith({ ...policies, ...files });
  commit(cwd);
  return cwd;
}

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', cwd, ...identity, ...args], { stdio: 'ignore' });
}

function commit(cwd: string): void {
  git(cwd, 'init');
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-m', 'state');
}

const args = ['.', '--env', 'prod', '--since', 'HEAD'];

describe('weir check --since', () => {
  it('warns of what stood there, and denies what is new', async () => {
    const cwd = repositoryWith({ 'cart.yaml': service(), 'good.yaml': service({ name: 'good', image: TAGGED }) });
    addFiles(cwd, { 'good.yaml': service({ name: 'good' }), 'new/new.yaml': service({ name: 'new' }) });
    const { code, result } = await check(args, { cwd });
    expect(code).toBe(1);
    expect(result.findings.map(({ action, since, resource }) => [resource.name, action, since])).toEqual([
      ['cart', 'warn', 'HEAD'],
      ['good', 'deny', undefined],
      ['new', 'deny', undefined],
    ]);
    expect(result.summary).toMatchObject({ deny: 2, warn: 1 });
    expect((await weir(['check', 'cart.yaml', '--env', 'prod', '--since', 'HEAD'], { cwd })).code).toBe(0);
  });

  it('denies another value in the same place', async () => {
    const cwd = repositoryWith({ 'cart.yaml': service() });
    addFiles(cwd, { 'cart.yaml': service({ image: 'registry.example.com/other:latest' }) });
    expect((await check(args, { cwd })).result.findings).toMatchObject([{ action: 'deny' }]);
  });

  it('knows an object again in another file, and a named container in another place', async () => {
    const old = service({ image: 'a:latest\n        name: app' });
    const cwd = repositoryWith({ 'cart.yaml': old });
    rmSync(path.join(cwd, 'cart.yaml'));
    addFiles(cwd, {
      'moved/cart.yaml': service({
        image: `${TAGGED}\n        name: first\n      - image: a:latest\n        name: app`,
      }),
    });
    const { result } = await check(args, { cwd });
    expect(result.findings.filter(({ rule }) => rule === 'images/tag')).toMatchObject([
      { action: 'warn', path: '/spec/template/spec/containers/1/image' },
    ]);
  });

  it('lets nobody in through an exception that has run out', async () => {
    const exception = `apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: launch, namespace: shop}
spec: {rules: [images/tag], reason: launch, owner: shop, until: "2026-11-01"}
`;
    const cwd = repositoryWith({ 'cart.yaml': service(), 'exception.yaml': exception });
    const { result } = await check(args, { cwd });
    expect(result.findings.filter(({ rule }) => rule === 'images/tag')).toMatchObject([{ action: 'deny' }]);
  });

  withKustomize('builds kustomizations as they were', async () => {
    const cwd = repositoryWith({
      'base/kustomization.yaml': 'resources: [cart.yaml]\n',
      'base/cart.yaml': service(),
      'overlay/kustomization.yaml': 'resources: [../base]\n',
    });
    addFiles(cwd, {
      'base/kustomization.yaml': 'resources: [cart.yaml, new.yaml]\n',
      'base/new.yaml': service({ name: 'new' }),
    });
    const { result } = await check(['overlay', '--env', 'prod', '--since', 'HEAD'], { cwd });
    expect(result.findings.map(({ action, resource }) => [resource.name, action])).toEqual([
      ['cart', 'warn'],
      ['new', 'deny'],
    ]);
  });

  it('takes the environment of a path from weir.yaml as for today', async () => {
    const weirYaml =
      'apiVersion: weir.dev/v1alpha1\nkind: Configuration\nenvironments: [{name: prod, paths: [apps]}]\n';
    const cwd = repositoryWith({ 'apps/cart.yaml': service() });
    addFiles(cwd, { 'weir.yaml': weirYaml });
    expect(await check(['.', '--since', 'HEAD'], { cwd })).toMatchObject({
      code: 0,
      result: { findings: [{ action: 'warn' }] },
    });
  });

  it('takes the environment of today where nothing of then tells one', async () => {
    const namespace = (labels: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop${labels}}\n`;
    const cwd = repositoryWith({ 'apps/cart.yaml': service(), 'apps/shop.yaml': namespace('') });
    addFiles(cwd, {
      'apps/shop.yaml': namespace(', labels: {weir.dev/environment: prod}'),
      'apps/new.yaml': service({ name: 'new' }),
    });
    const { result } = await check(['.', '--since', 'HEAD'], { cwd });
    expect(result.findings.map(({ action, resource }) => [resource.name, action])).toEqual([
      ['cart', 'warn'],
      ['new', 'deny'],
    ]);
  });

  it('denies in a new environment what another one let pass', async () => {
    const namespace = (name: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {weir.dev/environment: ${name}}}\n`;
    const dev = tagPolicies('dev')['policies/dev.yaml']?.replace('rules:', 'rules:\n    images/tag: off') ?? '';
    const cwd = repositoryWith({ 'cart.yaml': service(), 'shop.yaml': namespace('dev'), 'policies/dev.yaml': dev });
    addFiles(cwd, { 'shop.yaml': namespace('prod') });
    expect((await check(['.', '--since', 'HEAD'], { cwd })).result.findings).toMatchObject([{ action: 'deny' }]);
  });

  it('follows no link out of the past', async () => {
    const outside = folderWith({ 'cart.yaml': service() });
    const cwd = folderWith({ ...policies, 'other.yaml': service({ name: 'other' }) });
    symlinkSync(path.join(outside, 'cart.yaml'), path.join(cwd, 'cart.yaml'));
    commit(cwd);
    const { result } = await check(args, { cwd });
    expect(result.findings.map(({ action, resource }) => [resource.name, action])).toEqual([
      ['cart', 'deny'],
      ['other', 'warn'],
    ]);
  });

  it.each<[args: string[], stderr: RegExp]>([
    [['.', '--since', 'nowhere'], /^weir: --since nowhere: the repository has no such commit; fetch it first/],
    [['.', '--since', '--output=x'], /^weir: --since --output=x: the repository has no such commit/],
    [['-', '--since', 'HEAD'], /^weir: --since cannot look up what comes from standard input/],
  ])('%j is refused', async (given, stderr) => {
    const cwd = repositoryWith({ 'cart.yaml': service() });
    const ran = await weir(['check', ...given, '--env', 'prod'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(stderr);
  });

  it('is refused where there is no repository or no git', async () => {
    const bare = folderWith({ ...policies, 'cart.yaml': service() });
    expect((await weir(['check', ...args], { cwd: bare })).stderr).toBe(
      `weir: --since HEAD: ${bare} is in no Git repository\n`,
    );
    expect((await weir(['check', ...args], { cwd: bare, env: { PATH: '' } })).stderr).toBe(
      'weir: --since needs git, which is not on the PATH\n',
    );
  });
});

describe('BatchReader', () => {
  it.each([1, 3, 7, 1000])('reads answers in pieces of %i bytes', (size) => {
    const stream = Buffer.from('aa blob 5\nhello\nbb blob 0\n\ncc blob 3\na\nb\n');
    const contents: string[] = [];
    const reader = new BatchReader((content) => contents.push(content.toString()));
    for (let at = 0; at < stream.length; at += size) reader.add(stream.subarray(at, at + size));
    expect(contents).toEqual(['hello', '', 'a\nb']);
  });
});
