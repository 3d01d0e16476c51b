import { describe, expect, it } from '@jest/globals';
import { valueAt } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';
import { diffPolicies, diffTable } from '../../src/policy/diff.ts';
import { showPolicy } from '../../src/policy/show.ts';
import { aPolicyFile, resolveFiles } from './load/files.ts';

const FILES = {
  base: aPolicyFile(
    'base',
    `  abstract: true
  enforcement: warn
  images:
    registries: [a.example.com/*]
    pullSecrets: [{registry: a.example.com, secret: "no"}]
  rules: {images/tag: warn}`,
  ),
  dev: aPolicyFile('dev', '  extends: base\n  autoscaling: {minScale: {default: 0}}\n  images: {registries: ["*"]}'),
  prod: aPolicyFile(
    'prod',
    `  extends: base
  enforcement: deny
  autoscaling: {minScale: {default: 2, max: 20}}
  rules: {images/tag: off}
  custom:
  - name: team
    match: {kinds: [Secret]}
    expression: |
      has(object.metadata.labels) &&
      "team" in object.metadata.labels
    message: "name your team: please"`,
  ),
};

const set = resolveFiles(FILES);

function side(name: string) {
  const policy = set.policies.get(name);
  const spec = set.specs.get(name);
  if (policy === undefined || spec === undefined) throw new Error(`no ${name}: ${JSON.stringify(set.errors)}`);
  return { policy, spec };
}

function show(name: string): string {
  const { policy, spec } = side(name);
  return showPolicy(policy, spec);
}

describe('showPolicy', () => {
  it('says where each value comes from and what it overrides', () => {
    expect(show('prod')).toBe(`apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata:
  name: prod
spec:
  enforcement: deny                   # policies/prod.yaml:6 overrides policies/base.yaml:6
  knative:
    version: "1.23"                   # built in
    features: {}                      # built in
    autoscaler: {}                    # built in
    defaults: {}                      # built in
    gateways:                         # built in
    - kourier-system
    - knative-serving
    systemNamespace: knative-serving  # built in
  autoscaling:
    minScale:
      default: 2                      # policies/prod.yaml:7
      max: 20                         # policies/prod.yaml:7
  images:
    registries:                       # policies/base.yaml:8
    - a.example.com/*
    pullSecrets:                      # policies/base.yaml:9
    - registry: a.example.com
      secret: "no"
  rules:
    images/tag: "off"                 # policies/prod.yaml:8 overrides policies/base.yaml:10
  custom:                             # policies/prod.yaml:9
  - name: team
    match:
      kinds:
        - Secret
    expression: |
      has(object.metadata.labels) &&
      "team" in object.metadata.labels
    message: "name your team: please"
`);
  });

  it.each(['dev', 'prod'])('writes a policy file that says of %s what it said before', (name) => {
    const again = resolveFiles({ again: show(name) });
    expect(again.errors).toEqual([]);
    const { sources: _sources, custom: _custom, ...policy } = side(name).policy;
    expect(again.policies.get(name)).toMatchObject(policy);
    const { extends: _extends, ...spec } = side(name).spec;
    expect(valueAt(readYaml(show(name), 'x.yaml').documents[0]?.value, 'spec')).toMatchObject(spec);
  });
});

describe('diffPolicies', () => {
  it('names each value that differs, with its places', () => {
    expect(diffPolicies(side('dev'), side('prod'))).toEqual([
      {
        pointer: '/spec/enforcement',
        left: 'warn',
        right: 'deny',
        leftSource: 'policies/base.yaml:6',
        rightSource: 'policies/prod.yaml:6 overrides policies/base.yaml:6',
      },
      {
        pointer: '/spec/autoscaling/minScale/default',
        left: 0,
        right: 2,
        leftSource: 'policies/dev.yaml:6',
        rightSource: 'policies/prod.yaml:7',
      },
      { pointer: '/spec/autoscaling/minScale/max', right: 20, rightSource: 'policies/prod.yaml:7' },
      {
        pointer: '/spec/images/registries',
        left: ['*'],
        right: ['a.example.com/*'],
        leftSource: 'policies/dev.yaml:7 overrides policies/base.yaml:8',
        rightSource: 'policies/base.yaml:8',
      },
      {
        pointer: '/spec/rules/images~1tag',
        left: 'warn',
        right: 'off',
        leftSource: 'policies/base.yaml:10',
        rightSource: 'policies/prod.yaml:8 overrides policies/base.yaml:10',
      },
      expect.objectContaining({
        pointer: '/spec/custom/team/name',
        right: 'team',
        rightSource: 'policies/prod.yaml:9',
      }),
      expect.objectContaining({ pointer: '/spec/custom/team/match/kinds' }),
      expect.objectContaining({ pointer: '/spec/custom/team/expression' }),
      expect.objectContaining({ pointer: '/spec/custom/team/message' }),
    ]);
  });

  it('finds none between a policy and itself, and the same ones from the other side', () => {
    expect(diffPolicies(side('dev'), side('dev'))).toEqual([]);
    const forth = diffPolicies(side('dev'), side('prod'));
    const back = diffPolicies(side('prod'), side('dev'));
    expect(new Set(back.map(({ pointer, left }) => [pointer, left]))).toEqual(
      new Set(forth.map(({ pointer, right }) => [pointer, right])),
    );
  });

  it('prints a table', () => {
    const differences = diffPolicies(side('dev'), side('prod')).slice(0, 4);
    expect(diffTable(differences, 'dev', 'prod')).toBe(`                              dev                         prod
enforcement                   warn  policies/base.yaml:6  deny             policies/prod.yaml:6
autoscaling.minScale.default  0     policies/dev.yaml:6   2                policies/prod.yaml:7
autoscaling.minScale.max      –                           20               policies/prod.yaml:7
images.registries             *     policies/dev.yaml:7   a.example.com/*  policies/base.yaml:8
`);
    expect(diffTable([], 'dev', 'prod')).toBe('dev and prod are the same\n');
  });
});
