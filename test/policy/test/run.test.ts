import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { knativeService } from '../../../src/kubernetes/kinds.ts';
import type { Defaulter } from '../../../src/policy/engine/default.ts';
import { defineRule } from '../../../src/policy/engine/rule.ts';
import { describeError } from '../../../src/policy/load/resolve.ts';
import { imageTag } from '../../../src/policy/rules/images/tag.ts';
import { loadPolicyTests } from '../../../src/policy/test/load.ts';
import { pairUp } from '../../../src/policy/test/pair.ts';
import { readPolicyTests } from '../../../src/policy/test/read.ts';
import { runPolicyTest } from '../../../src/policy/test/run.ts';
import { only } from '../builders.ts';
import { aPolicyFile, resolveFiles } from '../load/files.ts';

const POLICIES = resolveFiles({
  base: aPolicyFile('base', '  abstract: true'),
  broken: aPolicyFile('broken', '  images: 3'),
  prod: aPolicyFile(
    'prod',
    `  extends: base
  custom:
  - name: team
    match: {kinds: [serving.knative.dev/Service]}
    expression: has(object.metadata.labels) && has(object.metadata.labels.team)
    message: name your team
    action: warn
  - name: frozen
    match: {kinds: [serving.knative.dev/Service]}
    expression: oldObject == null || oldObject.metadata.labels == object.metadata.labels
    message: labels are for ever`,
  ),
});

const addsTimeout: Defaulter = {
  id: 'serving/timeout',
  kinds: [knativeService],
  fill: () => [{ path: '/spec/template/spec/timeoutSeconds', value: 60, from: '/spec/serving/timeoutSeconds/default' }],
};
const CATALOGUE = only({ rules: [defineRule(imageTag)], defaulters: [addsTimeout] });

const SERVICE = (image: string, more = '') => `
  - apiVersion: serving.knative.dev/v1
    kind: Service
    metadata: {name: cart, namespace: shop${more}}
    spec: {template: {spec: {containers: [{name: web, image: "${image}"}]}}}`;

function aTest(spec: string, name = 'a case'): string {
  return `apiVersion: weir.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: ${name}}\nspec:\n${spec}\n`;
}

/** The differences that the test finds, with a Service of this image. */
function differences(rest: string, { image = 'cart:latest', more = '' } = {}): readonly string[] {
  const text = aTest(`  environment: prod\n  objects:${SERVICE(image, more)}\n${rest}`);
  const { tests, errors } = readPolicyTests([{ file: 'case.yaml', text }], () => 'there is none');
  expect(errors.map(describeError)).toEqual([]);
  return tests.flatMap(
    (test) =>
      runPolicyTest(test, { policies: POLICIES, catalogue: CATALOGUE, now: new Date('2026-11-21') }).differences,
  );
}

const TAG = 'image cart:latest of web has the tag latest; name the version that was built';
const IMAGE = '/spec/template/spec/containers/0/image';

describe('a policy test', () => {
  it.each<[what: string, rest: string, expected: string[]]>([
    ['all that is expected', '  expect: [{rule: images/tag}, {rule: custom/team}]', []],
    [
      'every detail',
      `  expect:
  - {rule: custom/team, action: warn, object: Service/cart, path: "", message: name your team}
  - {rule: images/tag, action: deny, object: "Service/*", path: ${IMAGE}, message: "image * has the tag latest*"}`,
      [],
    ],
    ['only the rules that count', '  rules: ["images/*"]\n  expect: [{rule: images/tag}]', []],
    [
      'a finding that nobody expects',
      '  expect: [{rule: images/tag}]',
      ['unexpected: warn custom/team of Service/cart at the object itself: name your team'],
    ],
    [
      'nothing that is expected',
      '  expect: []',
      [
        `unexpected: deny images/tag of Service/cart at ${IMAGE}: ${TAG}`,
        'unexpected: warn custom/team of Service/cart at the object itself: name your team',
      ],
    ],
    [
      'a finding that does not come',
      '  rules: [images/tag]\n  expect: [{rule: images/tag}, {rule: images/digest, action: warn, path: /spec, message: pin it}]',
      ['missing: warn images/digest at /spec: pin it'],
    ],
    [
      'a finding that is expected twice',
      '  rules: [images/tag]\n  expect: [{rule: images/tag}, {rule: images/tag, object: Service/cart}]',
      ['missing: images/tag of Service/cart'],
    ],
    [
      'another action, path and message',
      '  rules: [images/tag]\n  expect: [{rule: images/tag, action: warn, path: /spec, object: Service/shop, message: no tag}]',
      [
        `other than expected: images/tag of Service/cart: action is "deny", expected "warn"; object is "Service/cart", expected "Service/shop"; path is "${IMAGE}", expected "/spec"; message is "${TAG}", expected "no tag"`,
      ],
    ],
    [
      'a default',
      '  rules: [x]\n  expect: []\n  defaults: [{path: /spec/template/spec/timeoutSeconds, value: 60, object: Service/cart}]',
      [],
    ],
    [
      'a default of any value',
      '  rules: [x]\n  expect: []\n  defaults: [{path: /spec/template/spec/timeoutSeconds}]',
      [],
    ],
    [
      'a default of another value',
      '  rules: [x]\n  expect: []\n  defaults: [{path: /spec/template/spec/timeoutSeconds, value: "60"}]',
      ['other than expected: the default at /spec/template/spec/timeoutSeconds of Service/cart is 60, expected "60"'],
    ],
    [
      'a default that must not be',
      '  rules: [x]\n  expect: []\n  defaults: [{path: /spec/template/spec/timeoutSeconds, value: null}, {path: /spec/other, value: null}]',
      ['other than expected: the default at /spec/template/spec/timeoutSeconds of Service/cart is 60, expected none'],
    ],
    [
      'a default that does not come',
      '  rules: [x]\n  expect: []\n  defaults: [{path: /spec/other, object: Service/cart}]',
      ['missing: a default at /spec/other of Service/cart'],
    ],
  ])('with %s', (_, rest, expected) => {
    expect(differences(rest)).toEqual(expected);
  });

  it('judges an update by the object before', () => {
    const old = `  old:${SERVICE('cart:1', ', labels: {team: a}')}\n`;
    const rest = `${old}  rules: [custom/frozen]\n  expect: [{rule: custom/frozen}]`;
    expect(differences(rest, { more: ', labels: {team: b}' })).toEqual([]);
    expect(differences(rest, { more: ', labels: {team: a}' })).toEqual(['missing: custom/frozen']);
  });

  it.each([
    ['2026-12-01', []],
    ['2027-01-01', [`unexpected: deny images/tag of Service/cart at ${IMAGE}: ${TAG}`]],
  ])('takes exceptions into account, on %s', (now, expected) => {
    const exception = `
  - apiVersion: weir.dev/v1alpha1
    kind: PolicyException
    metadata: {name: x, namespace: shop}
    spec: {rules: [images/*], reason: the sale, owner: team-shop, until: 2026-12-31}`;
    const text = aTest(
      `  environment: prod\n  now: ${now}\n  rules: [images/*]\n  objects:${SERVICE('cart:latest')}${exception}\n  expect: []`,
    );
    const { tests } = readPolicyTests([{ file: 'case.yaml', text }], () => '');
    const results = tests.map((test) =>
      runPolicyTest(test, { policies: POLICIES, catalogue: CATALOGUE, now: new Date(0) }),
    );
    expect(results.map((result) => result.differences)).toEqual([expected]);
  });

  it.each([
    ['prdo', 'there is no environment "prdo"; did you mean "prod"?'],
    ['elsewhere', 'there is no environment "elsewhere"; there are prod'],
    ['base', 'the policy base is abstract: name an environment that extends it'],
    ['broken', 'the policy broken has errors, so that nothing can be judged by it'],
  ])('for the environment %s', (environment, expected) => {
    const text = aTest(`  environment: ${environment}\n  objects:${SERVICE('a')}\n  expect: []`);
    const { tests } = readPolicyTests([{ file: 'case.yaml', text }], () => '');
    expect(
      tests.map(
        (test) => runPolicyTest(test, { policies: POLICIES, catalogue: CATALOGUE, now: new Date(0) }).differences,
      ),
    ).toEqual([[expected]]);
  });
});

describe('reading policy tests', () => {
  const read = (text: string) =>
    readPolicyTests([{ file: 'case.yaml', text }], (file) =>
      file === 'cart.yaml' ? new TextEncoder().encode('kind: Service\napiVersion: v1\n') : 'there is none',
    );

  it.each<[what: string, spec: string, errors: string[]]>([
    [
      'a misspelt field',
      '  enviroment: prod\n  objects: []\n  expect: []',
      [
        'case.yaml:5:3: spec lacks "environment"',
        'case.yaml:5:3: unknown field "enviroment"; did you mean "environment"?',
      ],
    ],
    ['no expectation', `  environment: prod\n  objects:${SERVICE('a')}`, ['case.yaml:5:3: spec lacks "expect"']],
    [
      'an unknown action',
      `  environment: prod\n  objects:${SERVICE('a')}\n  expect: [{rule: a/b, action: block}]`,
      ['case.yaml:11:32: expect[0].action is "block", and should be one of deny, warn, audit'],
    ],
    [
      'no objects',
      '  environment: prod\n  expect: []',
      ['case.yaml:4:1: the test has no objects; give it some, or files that hold them'],
    ],
    [
      'a date that is none',
      `  environment: prod\n  now: tomorrow\n  objects:${SERVICE('a')}\n  expect: []`,
      ['case.yaml:6:8: now is "tomorrow", which is no date; write one such as 2026-12-01 or 2026-12-01T08:00:00Z'],
    ],
    [
      'a file that is not there',
      '  environment: prod\n  files: [cart.yaml, shop.yaml]\n  expect: []',
      ['case.yaml:6:22: shop.yaml cannot be read: there is none'],
    ],
  ])('with %s', (_, spec, errors) => {
    expect(read(aTest(spec)).errors.map(describeError)).toEqual(errors);
  });

  it('leaves alone what is no test', () => {
    expect(
      read('kind: Service\napiVersion: v1\n---\nkind: EnvironmentPolicy\napiVersion: weir.dev/v1alpha1\n'),
    ).toEqual({ tests: [], errors: [] });
    expect(read('a: [')).toEqual({ tests: [], errors: [] });
  });

  it('takes several tests from a file, each with its place', () => {
    const one = aTest('  environment: prod\n  files: [cart.yaml]\n  expect: []');
    const { tests, errors } = read(`${one}---\n${one}`);
    expect(errors).toEqual([]);
    expect(tests).toMatchObject([
      { name: 'a case', file: 'case.yaml', line: 1, objects: [{ kind: 'Service' }] },
      { name: 'a case', file: 'case.yaml', line: 9 },
    ]);
  });
});

describe('a folder of policy tests', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'weir-tests-'));
    await mkdir(path.join(folder, 'sub'));
    await writeFile(
      path.join(folder, 'cart.yaml'),
      `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: cart}\n`,
    );
    await writeFile(
      path.join(folder, 'sub', 'case.yaml'),
      aTest('  environment: prod\n  files: [../cart.yaml]\n  expect: []'),
    );
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('finds them in its subfolders, and the files that they name', async () => {
    const { tests, errors } = await loadPolicyTests(folder, 'tests');
    expect(errors).toEqual([]);
    expect(tests).toMatchObject([{ name: 'a case', file: 'tests/sub/case.yaml', objects: [{ kind: 'Service' }] }]);
  });

  it('says that it is not there', async () => {
    const { errors } = await loadPolicyTests(path.join(folder, 'nowhere'), 'nowhere');
    expect(errors.map(describeError)).toEqual(['nowhere: the tests cannot be read: there is none']);
  });
});

describe('pairUp', () => {
  const fits = (wanted: string, got: string) => got.startsWith(wanted);

  it.each<[expected: string[], actual: string[], missing: string[], unexpected: string[]]>([
    [[], [], [], []],
    [['a'], [], ['a'], []],
    [[], ['a'], [], ['a']],
    [['a', 'ab'], ['ab', 'ac'], [], []],
    [['', 'a', 'ab'], ['ab', 'ac', 'b'], [], []],
    [['ab', 'ab'], ['ab', 'ac'], ['ab'], ['ac']],
  ])('%j with %j', (expected, actual, missing, unexpected) => {
    expect(pairUp(expected, actual, fits)).toEqual({ missing, unexpected });
  });
});
