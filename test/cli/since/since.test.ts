import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
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

const TAGGED_SERVICE = service({ name: 'good', image: TAGGED });

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

describe('weir check --since, where files have moved', () => {
  const mapping = (...environments: string[]) =>
    `apiVersion: weir.dev/v1alpha1\nkind: Configuration\nenvironments: [${environments.join(', ')}]\n`;
  const cart = service();
  const lamp = service({ name: 'lamp' });

  async function actions(given: string[], cwd: string): Promise<Record<string, string>> {
    const { result } = await check(given, { cwd });
    return Object.fromEntries(result.findings.map(({ action, resource }) => [resource.name, action]));
  }

  function move(cwd: string, from: string, to: string): void {
    mkdirSync(path.dirname(path.join(cwd, to)), { recursive: true });
    git(cwd, 'mv', from, to);
  }

  it('follows a folder that got another name, and the environment with it', async () => {
    const cwd = repositoryWith({ 'k8s/prod/cart.yaml': cart, 'weir.yaml': mapping('{name: prod, paths: [k8s/prod]}') });
    move(cwd, 'k8s', 'deploy');
    addFiles(cwd, {
      'weir.yaml': mapping('{name: prod, paths: [deploy/prod]}'),
      'deploy/prod/lamp.yaml': lamp,
    });
    const expected = { cart: 'warn', lamp: 'deny' };
    expect(await actions(['.', '--since', 'HEAD'], cwd)).toEqual(expected);
    expect(await actions(['deploy/prod', '--since', 'HEAD'], cwd)).toEqual(expected);
  });

  it('follows each of two environments to its own new folder', async () => {
    const at = (folder: string) =>
      mapping(`{name: dev, paths: [${folder}/dev]}`, `{name: prod, paths: [${folder}/prod]}`);
    const inDev = `# of dev\n${service({ image: 'registry.example.com/shop/other:latest' })}`;
    const cwd = repositoryWith({
      ...tagPolicies('dev'),
      'weir.yaml': at('k8s'),
      'k8s/dev/cart.yaml': inDev,
      'k8s/prod/cart.yaml': cart,
    });
    move(cwd, 'k8s', 'deploy');
    addFiles(cwd, { 'weir.yaml': at('deploy') });
    const { result } = await check(['.', '--since', 'HEAD'], { cwd });
    expect(result.findings.map(({ environment, action }) => [environment, action])).toEqual([
      ['dev', 'warn'],
      ['prod', 'warn'],
    ]);
  });

  it('follows a file that moved in from outside of what is judged, added to Git or not', async () => {
    const cwd = repositoryWith({ 'old/cart.yaml': cart, 'old/lamp.yaml': lamp, 'apps/good.yaml': TAGGED_SERVICE });
    move(cwd, 'old/cart.yaml', 'apps/basket.yaml');
    renameSync(path.join(cwd, 'old/lamp.yaml'), path.join(cwd, 'apps/lamp.yaml'));
    expect(await actions(['apps', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual({ cart: 'warn', lamp: 'warn' });
    expect(await actions(['apps/basket.yaml', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual({ cart: 'warn' });
  });

  it.each<[string, before: Record<string, string>, after: Record<string, string>]>([
    ['split', { 'all.yaml': `${cart}---\n${lamp}` }, { 'apps/cart.yaml': cart, 'apps/lamp.yaml': lamp }],
    ['merged', { 'cart.yaml': cart, 'lamp.yaml': lamp }, { 'apps/all.yaml': `${lamp}---\n${cart}` }],
    [
      'left in part',
      { 'all.yaml': `${cart}---\n${lamp}---\n${TAGGED_SERVICE}` },
      { 'all.yaml': TAGGED_SERVICE, 'apps/all.yaml': `${cart}---\n${lamp}` },
    ],
  ])('knows the objects of files that were %s', async (_, before, after) => {
    const cwd = repositoryWith(before);
    for (const name of Object.keys(before)) rmSync(path.join(cwd, name));
    addFiles(cwd, { ...after, 'apps/new.yaml': service({ name: 'new' }) });
    const expected = { cart: 'warn', lamp: 'warn', new: 'deny' };
    expect(await actions(['apps', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual(expected);
    expect(await actions(['.', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual(expected);
  });

  it('denies a copy of what still stands where it stood', async () => {
    const cwd = repositoryWith({ 'old/cart.yaml': cart });
    addFiles(cwd, { 'apps/cart.yaml': cart });
    expect(await actions(['apps', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual({ cart: 'deny' });
    addFiles(cwd, { 'weir.yaml': mapping('{name: prod, paths: [apps]}') });
    expect(await actions(['.', '--since', 'HEAD', '--allow-unassigned'], cwd)).toEqual({ cart: 'deny' });
  });

  it('denies what moves to another environment', async () => {
    const both = mapping('{name: dev, paths: [dev]}', '{name: prod, paths: [prod]}');
    const off = tagPolicies('dev')['policies/dev.yaml']?.replace('rules:', 'rules:\n    images/tag: off') ?? '';
    const cwd = repositoryWith({ 'dev/cart.yaml': cart, 'weir.yaml': both, 'policies/dev.yaml': off });
    move(cwd, 'dev/cart.yaml', 'prod/cart.yaml');
    expect(await actions(['.', '--since', 'HEAD'], cwd)).toEqual({ cart: 'deny' });
    expect(await actions(['prod', '--since', 'HEAD'], cwd)).toEqual({ cart: 'deny' });
  });

  it('denies what moves to a cluster whose Namespace has another label', async () => {
    const shop = (environment: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {weir.dev/environment: ${environment}}}\n`;
    const off = tagPolicies('dev')['policies/dev.yaml']?.replace('rules:', 'rules:\n    images/tag: off') ?? '';
    const cwd = repositoryWith({
      'policies/dev.yaml': off,
      'dev/shop.yaml': shop('dev'),
      'dev/cart.yaml': cart,
      'prod/shop.yaml': shop('prod'),
      'old/prod/shop.yaml': shop('prod'),
      'old/prod/lamp.yaml': lamp,
    });
    move(cwd, 'dev/cart.yaml', 'prod/cart.yaml');
    move(cwd, 'old/prod/lamp.yaml', 'prod/lamp.yaml');
    const expected = { cart: 'deny', lamp: 'warn' };
    expect(await actions(['prod', '--since', 'HEAD'], cwd)).toEqual(expected);
    expect(await actions(['.', '--since', 'HEAD'], cwd)).toEqual(expected);
  });

  it('finds what moved among more names than Git is asked for', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `shop-${index}`);
    const all = names.map((name) => service({ name })).join('---\n');
    const cwd = repositoryWith({ 'old.yaml': all });
    move(cwd, 'old.yaml', 'apps/new.yaml');
    const found = await actions(['apps', '--env', 'prod', '--since', 'HEAD'], cwd);
    expect(new Set(Object.values(found))).toEqual(new Set(['warn']));
    expect(Object.keys(found)).toHaveLength(101);
  });

  it('knows a key that stands twice again, whatever its line', async () => {
    const policy = policies['policies/prod.yaml']?.replace('rules:', 'rules:\n    yaml/duplicate-key: deny') ?? '';
    const twice = (comment: string) => service({ image: `${TAGGED}${comment}\n        name: a\n        name: b` });
    const cwd = repositoryWith({ 'policies/prod.yaml': policy, 'cart.yaml': twice('') });
    addFiles(cwd, { 'cart.yaml': twice('\n        # a line more') });
    expect((await check(args, { cwd })).result.findings).toMatchObject([{ rule: 'yaml/duplicate-key', since: 'HEAD' }]);
  });

  withKustomize('follows a Kustomize root that got another name', async () => {
    const kustomization = 'namePrefix: my-\nresources: [cart.yaml]\nlabels: [{pairs: {team: shop}}]\n';
    const cwd = repositoryWith({ 'overlays/prod/kustomization.yaml': kustomization, 'overlays/prod/cart.yaml': cart });
    move(cwd, 'overlays/prod', 'clusters/prod');
    expect(await actions(['clusters/prod', '--env', 'prod', '--since', 'HEAD'], cwd)).toEqual({ 'my-cart': 'warn' });
    addFiles(cwd, { 'weir.yaml': mapping('{name: prod, paths: [clusters/prod]}') });
    expect(await actions(['.', '--since', 'HEAD'], cwd)).toEqual({ 'my-cart': 'warn' });
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
