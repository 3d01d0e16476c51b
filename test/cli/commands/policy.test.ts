import { describe, expect, it } from '@jest/globals';
import { folderWith, service, TAGGED, tagPolicies, weir } from '../harness.ts';

const policy = (name: string, spec: string) =>
  `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: ${name}}\nspec:\n${spec}`;

const files = {
  'policies/base.yaml': policy('base', '  abstract: true\n  images:\n    registries: [registry.example.com/*]\n'),
  'policies/dev.yaml': policy('dev', '  extends: base\n  enforcement: warn\n'),
  'policies/prod.yaml': policy('prod', '  extends: base\n  enforcement: deny\n'),
};

describe('weir policy', () => {
  it.each([
    ['show', 'prod'],
    ['show', '--env', 'prod'],
  ])('%s %s prints the effective policy', async (...args) => {
    const { code, stdout } = await weir(['policy', ...args], { cwd: folderWith(files) });
    expect(code).toBe(0);
    expect(stdout).toContain('name: prod');
    expect(stdout).toMatch(/registries: +# policies\/base\.yaml:7/);
  });

  it('diff prints what differs, also as JSON', async () => {
    const cwd = folderWith(files);
    expect((await weir(['policy', 'diff', 'dev', 'prod'], { cwd })).stdout).toMatch(
      /enforcement +warn +policies\/dev.yaml:6 +deny +policies\/prod.yaml:6\n/,
    );
    const { stdout } = await weir(['policy', 'diff', 'dev', 'prod', '-o', 'json'], { cwd });
    expect(JSON.parse(stdout)).toEqual([
      {
        pointer: '/spec/enforcement',
        left: 'warn',
        right: 'deny',
        leftSource: 'policies/dev.yaml:6',
        rightSource: 'policies/prod.yaml:6',
      },
    ]);
    expect((await weir(['policy', 'diff', 'dev', 'dev'], { cwd })).stdout).toBe('dev and dev are the same\n');
  });

  it.each<[args: string[], stderr: string]>([
    [['show'], 'weir: which policy? weir policy show --env NAME\n'],
    [['show', 'prdo'], 'weir: no policy "prdo"; did you mean "prod"? policies has base, dev, prod\n'],
    [['diff', 'dev', 'nothing'], 'weir: no policy "nothing"; policies has base, dev, prod\n'],
    [['diff', 'dev', 'prod', '-o', 'xml'], 'weir: unknown output "xml" (one of text, json)\n'],
    [['test', 'nowhere'], 'weir: there is no folder nowhere\n'],
  ])('%j is refused', async (args, stderr) => {
    expect(await weir(['policy', ...args], { cwd: folderWith(files) })).toMatchObject({ code: 2, stderr });
  });

  it('validate says every mistake with its place', async () => {
    const cwd = folderWith({ ...files, 'policies/edge.yaml': policy('edge', '  extends: bsae\n  imagse: {}\n') });
    const { code, stdout } = await weir(['policy', 'validate'], { cwd, env: {} });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^policies\/edge\.yaml:5:\d+: .*did you mean "base"/m);
    expect(stdout).toMatch(/^policies\/edge\.yaml:6:\d+: .*did you mean "images"/m);
    expect(stdout).toContain('dev, prod, base (abstract) can be used');
    expect(await weir(['policy', 'validate'], { cwd: folderWith(files) })).toMatchObject({ code: 0 });
  });

  it('validate says which reserved resources are kept in roles and bindings alone', async () => {
    const reserved = (group: string, resources: string) =>
      `    - {apiGroup: ${group}, resources: [${resources}], subjects: ["Group:platform"]}\n`;
    const rbac = `  abstract: true\n  rbac:\n    reserved:\n${reserved('weir.dev', 'policyexceptions, scalingschedule')}${reserved('apps', 'deployments, daemonsets')}${reserved('example.com', 'things')}`;
    const cwd = folderWith({ ...files, 'policies/base.yaml': policy('base', rbac) });
    const { code, stdout } = await weir(['policy', 'validate'], { cwd });
    const note = (place: string, whose: string, hint = '') =>
      `policies/base.yaml:${place}: note: at admission nobody is asked who writes ${whose}, which rbac.reserved names: roles and bindings alone are held to it${hint}`;
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        note('8:58', 'scalingschedule of weir.dev', '; did you mean "scalingschedules"?'),
        note('9:49', 'daemonsets of apps'),
        note('10:43', 'things of example.com'),
        'valid: dev, prod, base (abstract) in policies',
        '',
      ],
    ]);
  });

  it('test runs the tests of a folder', async () => {
    const test = (name: string, image: string, expected: string) => `apiVersion: weir.dev/v1alpha1
kind: PolicyTest
metadata: {name: ${name}}
spec:
  environment: prod
  rules: [images/tag]
  files: [${image}.yaml]
  expect: ${expected}
`;
    const cwd = folderWith({
      ...tagPolicies('prod'),
      'tests/good.yaml': test('good', 'tagged', '[]'),
      'tests/tagged.yaml': service({ image: TAGGED }),
      'tests/latest.yaml': service(),
    });
    const good = await weir(['policy', 'test', 'tests'], { cwd });
    expect(good).toMatchObject({ code: 0, stdout: 'pass  good  tests/good.yaml:1\n1 passed, 0 failed\n' });

    const both = folderWith({
      ...tagPolicies('prod'),
      'tests/bad.yaml': test('bad', 'latest', '[]'),
      'tests/latest.yaml': service(),
    });
    const bad = await weir(['policy', 'test', 'tests'], { cwd: both });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^FAIL {2}bad {2}tests\/bad\.yaml:1\n {6}unexpected: deny images\/tag of Service\/cart/);
    expect(await weir(['policy', 'test', '.'], { cwd: folderWith({}) })).toMatchObject({ code: 2 });
  });
});
