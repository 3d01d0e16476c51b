import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { pointer, resolve } from '../../../src/kubernetes/pointer.ts';
import { describeSource, type EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { layer, merge } from '../../../src/policy/load/layer.ts';
import { aPolicyFile, errorsOf, resolveFiles } from './files.ts';

const BASE = aPolicyFile(
  'base',
  `  abstract: true
  description: what all share
  autoscaling:
    minScale: {default: 1, max: 10}
    classes: [kpa.autoscaling.knative.dev, hpa.autoscaling.knative.dev]
  images:
    registries: [a.example.com/*, b.example.com/*]
  rules: {images/tag: warn, images/digest: off}`,
);
const PROD = aPolicyFile(
  'prod',
  `  extends: base
  autoscaling:
    minScale:
      default: 2
    classes: [kpa.autoscaling.knative.dev]
  rules: {images/tag: deny}`,
);

function prodOf(files: Readonly<Record<string, string>>): EffectivePolicy {
  const set = resolveFiles(files);
  const prod = set.policies.get('prod');
  if (prod === undefined) throw new Error(`no prod: ${JSON.stringify(set.errors)}`);
  return prod;
}

describe('extends', () => {
  it('lets the child win field by field, and a list replace', () => {
    expect(prodOf({ base: BASE, prod: PROD })).toMatchObject({
      name: 'prod',
      enforcement: 'deny',
      autoscaling: { minScale: { default: 2, max: 10 }, classes: ['kpa.autoscaling.knative.dev'] },
      images: { registries: ['a.example.com/*', 'b.example.com/*'] },
      actions: { 'images/tag': 'deny', 'images/digest': 'off' },
    });
  });

  it('knows where each value was written, and what it replaced', () => {
    const prod = prodOf({ base: BASE, prod: PROD });
    const from = (...way: (string | number)[]) => describeSource(prod, pointer('spec', ...way));
    expect(from('autoscaling', 'minScale', 'default')).toBe('policies/prod.yaml:8 overrides policies/base.yaml:8');
    expect(from('autoscaling', 'minScale', 'max')).toBe('policies/base.yaml:8');
    expect(from('autoscaling', 'classes')).toBe('policies/prod.yaml:9 overrides policies/base.yaml:9');
    expect(from('autoscaling', 'classes', 0)).toBe('policies/prod.yaml:9');
    expect(from('autoscaling', 'classes', 1)).toBe('policies/prod.yaml:9 overrides policies/base.yaml:9');
    expect(from('images', 'registries', 1)).toBe('policies/base.yaml:11');
    expect(from('rules', 'images/tag')).toBe('policies/prod.yaml:10 overrides policies/base.yaml:12');
    expect(from('serving', 'timeoutSeconds')).toBe('policies/prod.yaml:4');
  });

  it('keeps what a file says about itself: abstract, extends, description', () => {
    const set = resolveFiles({ base: BASE, prod: PROD });
    expect([...set.policies.keys()]).toEqual(['prod']);
    expect([...set.abstract.keys()]).toEqual(['base']);
    expect(set.specs.get('prod')).toMatchObject({ extends: 'base' });
    expect(set.specs.get('prod')).not.toHaveProperty('description');
  });

  it('works in any order of files, over several generations, and within one file', () => {
    const one = [
      aPolicyFile('c', '  extends: b\n  autoscaling: {maxScale: {default: 3}}'),
      aPolicyFile('a', '  autoscaling: {maxScale: {default: 1, max: 9}}'),
      aPolicyFile('b', '  extends: a\n  autoscaling: {maxScale: {default: 2}}'),
    ].join('---\n');
    const { policies, errors } = resolveFiles({ one });
    expect(errors).toEqual([]);
    const maxScales = [...policies].map(([name, policy]) => [name, policy.autoscaling?.maxScale]);
    expect(Object.fromEntries(maxScales)).toEqual({
      a: { default: 1, max: 9 },
      b: { default: 2, max: 9 },
      c: { default: 3, max: 9 },
    });
    const c = policies.get('c');
    expect(c && describeSource(c, '/spec/autoscaling/maxScale/default')).toBe(
      'policies/one.yaml:6 overrides policies/one.yaml:19 overrides policies/one.yaml:12',
    );
  });

  it("lays the policy's Knative over the usual settings", () => {
    const { knative } = prodOf({
      prod: aPolicyFile('prod', '  knative: {version: "1.20", features: {multi-container: disabled}}'),
    });
    expect(knative).toEqual({
      version: '1.20',
      features: { 'multi-container': 'disabled' },
      autoscaler: {},
      defaults: {},
      gateways: ['kourier-system', 'knative-serving'],
      systemNamespace: 'knative-serving',
    });
  });

  it.each<[what: string, files: Record<string, string>, errors: string[]]>([
    [
      'a missing parent',
      { prod: aPolicyFile('prod', '  extends: bas'), base: aPolicyFile('base') },
      ['policies/prod.yaml:5:12: extends "bas", and there is no policy of that name; did you mean "base"?'],
    ],
    [
      'a missing parent like no other',
      { prod: aPolicyFile('prod', '  extends: company-wide') },
      ['policies/prod.yaml:5:12: extends "company-wide", and there is no policy of that name; there are prod'],
    ],
    [
      'itself as its parent',
      { prod: aPolicyFile('prod', '  extends: prod') },
      ['policies/prod.yaml:5:12: extends itself: prod extends prod; let one of them extend nothing'],
    ],
    [
      'a cycle',
      {
        a: aPolicyFile('a', '  extends: b'),
        b: aPolicyFile('b', '  extends: c'),
        c: aPolicyFile('c', '  extends: b'),
      },
      ['policies/b.yaml:5:12: extends itself: b extends c extends b; let one of them extend nothing'],
    ],
    [
      'the name of another',
      { a: aPolicyFile('prod'), b: aPolicyFile('prod') },
      ['policies/b.yaml:3:18: a policy is called "prod" already, in policies/a.yaml:3; each needs a name of its own'],
    ],
    [
      "a bound below the parent's default",
      { base: BASE, prod: aPolicyFile('prod', '  extends: base\n  autoscaling: {minScale: {max: 0}}') },
      ['policies/prod.yaml:6:27: autoscaling.minScale.default is 1, above its own max 0 (policies/base.yaml:8)'],
    ],
    [
      "a max-scale below the parent's default min-scale",
      {
        base: BASE,
        prod: aPolicyFile('prod', '  extends: base\n  autoscaling: {minScale: {default: 5}, maxScale: {max: 3}}'),
      },
      ['policies/prod.yaml:6:37: autoscaling.minScale.default is 5, above autoscaling.maxScale.max 3'],
    ],
  ])('refuses %s', (_, files, errors) => {
    expect(errorsOf(files)).toEqual(errors);
  });

  it('uses neither of two policies of one name', () => {
    const { policies, broken } = resolveFiles({
      a: aPolicyFile('prod'),
      b: aPolicyFile('prod'),
      c: aPolicyFile('dev'),
    });
    expect([...policies.keys()]).toEqual(['dev']);
    expect([...broken]).toEqual(['prod']);
  });

  it('tells a parent that cannot be read once, and not that it is missing', () => {
    const { errors, broken } = resolveFiles({ base: 'spec: [', prod: aPolicyFile('prod', '  extends: base') });
    expect(errors).toMatchObject([{ file: 'policies/base.yaml', line: 1 }]);
    expect([...broken]).toEqual(['base', 'prod']);
  });

  it('keeps the others usable where one has an error', () => {
    const set = resolveFiles({
      base: BASE,
      broken: aPolicyFile('broken', '  extends: base\n  images: 3'),
      child: aPolicyFile('child', '  extends: broken'),
      prod: PROD,
    });
    expect([...set.policies.keys()]).toEqual(['prod']);
    expect([...set.broken]).toEqual(['broken', 'child']);
    expect(set.errors).toHaveLength(1);
  });

  it('hands on what else of weir.dev lies in the folder', () => {
    const exception =
      'apiVersion: weir.dev/v1alpha1\nkind: PolicyException\nmetadata: {name: x, namespace: shop}\nspec: {}\n';
    const { others, errors } = resolveFiles({ base: BASE, exceptions: exception });
    expect(errors).toEqual([]);
    expect(others).toMatchObject([{ file: 'policies/exceptions.yaml', line: 1, object: { kind: 'PolicyException' } }]);
  });

  it("gives the child its parent's custom rules unless it brings its own", () => {
    const rule = (name: string) =>
      `  custom: [{name: ${name}, match: {kinds: [Secret]}, expression: "true", message: m}]`;
    const { policies, errors } = resolveFiles({
      base: aPolicyFile('base', rule('one')),
      heir: aPolicyFile('heir', '  extends: base\n  rules: {custom/one: warn}'),
      own: aPolicyFile('own', `  extends: base\n${rule('two')}`),
    });
    expect(errors).toEqual([]);
    expect(policies.get('heir')?.custom.map(({ id }) => id)).toEqual(['custom/one']);
    expect(policies.get('own')?.custom.map(({ id }) => id)).toEqual(['custom/two']);
  });
});

/** Specs of any depth: mappings, lists and scalars under few keys, so that parent and child meet. */
const spec: fc.Arbitrary<JsonObject> = fc.letrec((tie) => ({
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value') as fc.Arbitrary<JsonValue>, {
    maxKeys: 4,
  }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
})).object as fc.Arbitrary<JsonObject>;

describe('laying a child over its parent', () => {
  it('equals a merge that asks for each path who says it last', () => {
    fc.assert(
      fc.property(spec, spec, (below, above) => {
        const merged = merge(below, above);
        for (const path of new Set([...leafPaths(below), ...leafPaths(above)])) {
          expect(resolve(merged, path)).toEqual(naive(below, above, path));
        }
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(spec, spec, (below, above) => expect(merge(merge(below, above), above)).toEqual(merge(below, above))),
    );
  });

  it('knows the place of every value, and of none that is not there', () => {
    fc.assert(
      fc.property(spec, spec, (below, above) => {
        const document = (file: string, value: JsonObject) => ({
          file,
          text: '',
          value: { spec: value },
          locate: () => ({ file, line: 1, column: 1 }),
        });
        const parent = layer(undefined, document('base', below), below);
        const child = layer(parent, document('prod', above), above);
        for (const path of child.sources.keys()) expect(resolve({ spec: child.spec }, path)).toBeDefined();
        for (const path of leafPaths(child.spec)) {
          const file = resolve(above, path) === undefined ? 'base' : 'prod';
          expect(child.sources.get(`/spec${path}`)?.file).toBe(file);
        }
      }),
    );
  });
});

function leafPaths(value: JsonValue | undefined, path = ''): string[] {
  if (!isObject(value)) return [path];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, item]) => leafPaths(item, path + pointer(key)));
}

/** The last word on one path: the child's, where nothing of the child's stands in the way there. */
function naive(below: JsonObject, above: JsonObject, path: string): JsonValue | undefined {
  const own = resolve(above, path);
  const inherited = resolve(below, path);
  if (own !== undefined) return isObject(own) && isObject(inherited) ? merge(inherited, own) : own;
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const covering = resolve(above, at);
    if (covering !== undefined && !isObject(covering)) return undefined;
  }
  return inherited;
}
