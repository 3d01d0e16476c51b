import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith, weir } from '../harness.ts';
import { withKustomize } from '../withKustomize.ts';

const POLICY = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec:
  autoscaling: {minScale: {default: 2, min: 1}, maxScale: {default: 20, max: 50}}
`;
const order = (name = 'order') => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/max-scale: "500"
    spec:
      containers:
      - image: registry.example.com/shop/order:1.4.2
        env:
        - name: DB_PASSWORD
          value: hunter2-is-long-enough
`;
const KUSTOMIZATION = 'resources: [order.yaml]\n';
const FIX = ['--env', 'prod', '--fix', '-w'];

function read(folder: string, file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

describe('weir render -w', () => {
  withKustomize('writes nothing where something of it is built by Kustomize', async () => {
    const files = {
      'a/order.yaml': order(),
      'base/order.yaml': order(),
      'base/kustomization.yaml': KUSTOMIZATION,
      'policies/prod.yaml': POLICY,
    };
    const cwd = folderWith(files);
    const { code, stderr } = await weir(['render', '.', ...FIX], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^weir: base.*: built by Kustomize, and cannot be written in place, so nothing was written;/,
    );
    expect([read(cwd, 'a/order.yaml'), read(cwd, 'base/order.yaml')]).toEqual([order(), order()]);
  });

  it('writes the files that are named beside their kustomization, and leaves that alone', async () => {
    const cwd = folderWith({
      'base/order.yaml': order(),
      'base/kustomization.yaml': KUSTOMIZATION,
      'policies/prod.yaml': POLICY,
    });
    const named = ['base/kustomization.yaml', 'base/order.yaml'];
    const { code } = await weir(['render', ...named, ...FIX], { cwd });
    expect(code).toBe(0);
    expect(read(cwd, 'base/order.yaml')).toContain('max-scale: "50"');
    expect(read(cwd, 'base/kustomization.yaml')).toBe(KUSTOMIZATION);
  });

  it('fills in nothing with --no-defaults, which goes with --fix alone', async () => {
    const cwd = folderWith({ 'order.yaml': order(), 'policies/prod.yaml': POLICY });
    await weir(['render', 'order.yaml', '--no-defaults', ...FIX], { cwd });
    expect(read(cwd, 'order.yaml')).toContain('max-scale: "50"');
    expect(read(cwd, 'order.yaml')).not.toContain('min-scale');
    for (const wrong of [['-w'], ['--fix', '--knative']]) {
      const { code, stderr } = await weir(['render', 'order.yaml', '--no-defaults', ...wrong], { cwd });
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('--no-defaults fills in nothing: it goes with --fix'),
      ]);
    }
  });

  it('refuses a link that leads out of what was named, before it writes anything', async () => {
    const cwd = folderWith({
      'in/a.yaml': order('a'),
      'in/deep/b.yaml': order('b'),
      'out/order.yaml': order(),
      'policies/prod.yaml': POLICY,
    });
    symlinkSync('../out/order.yaml', path.join(cwd, 'in/linked.yaml'));
    for (const named of ['in', 'in/linked.yaml']) {
      const { code, stderr } = await weir(['render', named, ...FIX], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining('in/linked.yaml is reached by a symbolic link')]);
    }
    expect([read(cwd, 'in/a.yaml'), read(cwd, 'out/order.yaml')]).toEqual([order('a'), order()]);
  });

  it('writes through a link that stays within, keeps it, and keeps the mode and no temporary file', async () => {
    const cwd = folderWith({ 'in/deep/order.txt': order(), 'policies/prod.yaml': POLICY });
    symlinkSync('deep/order.txt', path.join(cwd, 'in/order.yaml'));
    chmodSync(path.join(cwd, 'in/deep/order.txt'), 0o664);
    const before = statSync(path.join(cwd, 'in/deep/order.txt'));
    const { code } = await weir(['render', 'in', ...FIX], { cwd });
    expect(code).toBe(0);
    expect(lstatSync(path.join(cwd, 'in/order.yaml')).isSymbolicLink()).toBe(true);
    const after = statSync(path.join(cwd, 'in/deep/order.txt'));
    expect(after.mode & 0o777).toBe(0o664);
    expect(after.ino).not.toBe(before.ino); // a new file took its name at once
    expect(read(cwd, 'in/deep/order.txt')).toContain('max-scale: "50"');
    expect(readdirSync(path.join(cwd, 'in/deep'))).toEqual(['order.txt']);
  });

  it.each<[args: string[], verb: string]>([
    [['-w'], 'fixed'],
    [[], 'fixed'],
    [['--check'], 'would fix'],
  ])('lists each fix with %j, and which Secret to create, without a value', async (args, verb) => {
    const cwd = folderWith({ 'order.yaml': order(), 'policies/prod.yaml': POLICY });
    const { stderr } = await weir(['render', 'order.yaml', '--env', 'prod', '--fix', ...args], { cwd });
    expect(stderr).toContain(`order.yaml: ${verb} autoscaling/max-scale of Service order\n`);
    expect(stderr).toMatch(/^order.yaml: create the Secret order\S* with the key \S+, and rotate its value: /m);
    expect(stderr).not.toContain('hunter2');
  });

  it('names the paths and options in what --check says', async () => {
    const cwd = folderWith({ 'a b/order.yaml': order(), 'policies/prod.yaml': POLICY });
    const { stderr } = await weir(['render', 'a b', '--check', '--fix', '--env', 'prod'], { cwd });
    expect(stderr).toContain("1 of 1 file would change; write it with: weir render -w --fix 'a b' --env prod\n");
  });
});

describe('the hints of weir check', () => {
  it('carry the paths and options that were given', async () => {
    const cwd = folderWith({ 'order.yaml': order(), 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['check', 'order.yaml', '-e', 'prod', '-p', 'policies'], { cwd, columns: 200 });
    expect(stdout).toContain('; see them with: weir render order.yaml --env prod --policies policies\n');
    expect(stdout).toMatch(
      /\d findings can be fixed by: weir render --fix -w order.yaml --env prod --policies policies\n/,
    );
  });

  it('print what was read from standard input, which cannot be written', async () => {
    const cwd = folderWith({ 'policies/prod.yaml': POLICY });
    const { stdout } = await weir(['check', '-', '--env', 'prod'], { cwd, stdin: order() });
    expect(stdout).toMatch(/ of standard input can be fixed by: weir render --fix - --env prod\n$/);
  });

  withKustomize('lead to the sources of what Kustomize builds, by a command that works', async () => {
    const cwd = folderWith({
      'base/order.yaml': order(),
      'base/kustomization.yaml': KUSTOMIZATION,
      'plain/other.yaml': order('other'),
      'policies/prod.yaml': POLICY,
    });
    const { stdout } = await weir(['check', '.', '--env', 'prod'], { cwd });
    expect(stdout).toMatch(/\d findings can be fixed by: weir render --fix -w plain\/other.yaml --env prod\n/);
    const command = 'render --fix --no-defaults -w base/order.yaml --env prod';
    expect(stdout).toContain(`in its sources by: weir ${command}; or let Kustomize call weir fn\n`);
    expect(await weir(command.split(' '), { cwd })).toMatchObject({ code: 0 });
    expect(read(cwd, 'base/order.yaml')).toContain('max-scale: "50"');
  });
});
