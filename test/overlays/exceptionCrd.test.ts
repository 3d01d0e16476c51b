/** The CustomResourceDefinition of PolicyException means what the engine reads. */
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { DYN } from '../../src/cel/check/types.ts';
import { compile } from '../../src/cel/program.ts';
import { fromJson } from '../../src/cel/values/json.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { readException, readUntil } from '../../src/policy/engine/exceptions.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { objectsAt, objectsOf, only } from './read.ts';

const crd = only(objectsOf('overlays/base/policyexceptions.yaml'), 'CustomResourceDefinition');
const [version = {}] = objectsAt(crd, 'spec', 'versions');
const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {};

const { policies } = await loadPolicies('policies');
const prod = policies.get('prod');
if (prod === undefined) throw new Error('no policy prod');
/** The most that a policy may let pass: what even this one does not read works nowhere. */
const lenient = { ...prod, actions: { 'exceptions/*': 'off' as const } };

const ajv = new Ajv({ strict: false, formats: { 'date-time': true, int64: true } });
const validate = ajv.compile(schema);

/** The schema's own refusals first, then those of its CEL, as the API server has them. */
function refusals(value: JsonValue | undefined): string[] {
  const object = objectAt(value) ?? {};
  if (!validate(object))
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  return rulesOf(schema, object, '');
}

function rulesOf(node: JsonObject, value: JsonValue | undefined, path: string): string[] {
  if (value === undefined) return [];
  const own = objectsAt(node, 'x-kubernetes-validations').flatMap((item) => {
    const compiled = compile(stringAt(item, 'rule') ?? '', { variables: { self: DYN }, result: 'bool' });
    if (!compiled.ok) throw new Error(compiled.message);
    const outcome = compiled.program.run({ self: fromJson(value) });
    return outcome.ok && outcome.value === true ? [] : [stringAt(item, 'message') ?? ''];
  });
  const properties = Object.entries(objectAt(node, 'properties') ?? {});
  const below = properties.flatMap(([name, child]) =>
    isObject(child) ? rulesOf(child, valueAt(value, name), `${path}/${name}`) : [],
  );
  return [...own, ...below];
}

const GOOD: JsonObject = {
  rules: ['autoscaling/max-scale'],
  reason: 'the sale needs twice the usual pods',
  owner: 'team-shop',
  until: '2026-12-01',
};

function exception(spec: JsonObject): JsonObject {
  const metadata = { name: 'black-friday', namespace: 'shop-prod' };
  return { apiVersion: 'weir.dev/v1alpha1', kind: 'PolicyException', metadata, spec: { ...GOOD, ...spec } };
}

/** JSON has no undefined: a field that is taken out. */
function without(field: string): JsonObject {
  const { [field]: _, ...rest } = GOOD;
  return { ...exception({}), spec: rest };
}

describe('the CRD of PolicyException', () => {
  it.each`
    what                          | object
    ${'as the guide has it'}      | ${exception({ rules: ['autoscaling/max-scale', 'resources/*'], match: { kinds: ['serving.knative.dev/Service'], names: ['checkout', 'checkout-*'] } })}
    ${'for every object'}         | ${exception({ match: {} })}
    ${'with empty lists'}         | ${exception({ match: { kinds: [], names: [] } })}
    ${'for a core kind'}          | ${exception({ match: { kinds: ['Secret'] } })}
    ${'until a moment'}           | ${exception({ until: '2026-12-01T18:00:00Z' })}
    ${'until a minute'}           | ${exception({ until: '2026-12-01T18:00+01:00' })}
    ${'until a part of a second'} | ${exception({ until: '2026-12-01T18:00:00.5-05:00' })}
    ${'until YAML’s midnight'}    | ${exception({ until: '2026-12-01T00:00:00Z' })}
    ${'until a leap day'}         | ${exception({ until: '2028-02-29' })}
    ${'for a custom rule'}        | ${exception({ rules: ['custom/team-label'] })}
  `('takes one $what, which the engine reads', ({ object }) => {
    expect(refusals(object)).toEqual([]);
    expect(readException(objectAt(object) ?? {}, prod)).toBeDefined();
  });

  it.each`
    what                     | object                                          | refusal
    ${'without rules'}       | ${without('rules')}                             | ${'/spec required'}
    ${'with no rule'}        | ${exception({ rules: [] })}                     | ${'/spec/rules minItems'}
    ${'without a reason'}    | ${without('reason')}                            | ${'/spec required'}
    ${'with a blank reason'} | ${exception({ reason: ' ' })}                   | ${'/spec/reason pattern'}
    ${'without an owner'}    | ${without('owner')}                             | ${'/spec required'}
    ${'with a blank owner'}  | ${exception({ owner: '' })}                     | ${'/spec/owner pattern'}
    ${'without an end'}      | ${without('until')}                             | ${'/spec required'}
    ${'until a word'}        | ${exception({ until: 'tomorrow' })}             | ${'/spec/until pattern'}
    ${'until a number'}      | ${exception({ until: 20261201 })}               | ${'/spec/until type'}
    ${'without its zone'}    | ${exception({ until: '2026-12-01T18:00:00' })}  | ${'/spec/until pattern'}
    ${'until a 13th month'}  | ${exception({ until: '2026-13-01' })}           | ${'/spec/until pattern'}
    ${'until a 32nd day'}    | ${exception({ until: '2026-12-32' })}           | ${'/spec/until pattern'}
    ${'until a 25th hour'}   | ${exception({ until: '2026-12-01T25:00:00Z' })} | ${'/spec/until pattern'}
    ${'until a leap second'} | ${exception({ until: '2026-12-01T23:59:60Z' })} | ${'/spec/until pattern'}
  `('refuses one $what, which the engine does not read', ({ object, refusal }) => {
    expect(refusals(object)).toEqual([refusal]);
    expect(readException(objectAt(object) ?? {}, prod)).toBeUndefined();
  });

  it.each`
    rules                                              | refusal
    ${['knative/schema']}                              | ${'what Knative itself refuses (knative/…) nobody can excuse'}
    ${['knative/*']}                                   | ${'what Knative itself refuses (knative/…) nobody can excuse'}
    ${['autoscaling/max-scale', 'exceptions/expired']} | ${'what is wrong with an exception (exceptions/…) no exception excuses'}
    ${['Autoscaling/max-scale']}                       | ${'/spec/rules/0 pattern'}
    ${['']}                                            | ${'/spec/rules/0 pattern'}
  `('refuses $rules, which excuse nothing under any policy', ({ rules, refusal }) => {
    expect(refusals(exception({ rules }))).toEqual([refusal]);
  });

  it.each`
    match
    ${{ kinds: ['Secret '] }}
    ${{ kinds: ['service'] }}
    ${{ kinds: ['serving.knative.dev/'] }}
    ${{ names: [''] }}
    ${{ names: 'checkout' }}
  `('refuses $match, which fits nothing', ({ match }) => {
    expect(refusals(exception({ match }))).toHaveLength(1);
  });

  it('leaves to the policy how wide and how long', () => {
    const wide = exception({ rules: ['*'] });
    const long = exception({ until: '2099-01-01' });
    expect([refusals(wide), refusals(long)]).toEqual([[], []]);
    expect(readException(wide, prod)).toBeUndefined();
    expect(readException(wide, lenient)).toBeDefined();
  });

  it('reads the same texts as an end', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
    const date = fc
      .tuple(fc.constantFrom('2026', '0000', '9999', '26'), two(14), two(33))
      .map((parts) => parts.join('-'));
    const fraction = fc.constantFrom('', '.5', '.000', '.');
    const second = fc.oneof(
      fc.constant(''),
      fc.tuple(two(61), fraction).map(([text, part]) => `:${text}${part}`),
    );
    const zone = fc.oneof(
      fc.constantFrom('Z', '', 'z', '+0100'),
      fc
        .tuple(fc.constantFrom('+', '-'), two(25), two(61))
        .map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
    );
    const time = fc
      .tuple(two(25), two(61), second, zone)
      .map(([hours, minutes, rest, end]) => `T${hours}:${minutes}${rest}${end}`);
    const text = fc.tuple(date, fc.oneof(fc.constant(''), time)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (until) => (refusals(exception({ until })).length === 0) === (readUntil(until) !== undefined)),
      { numRuns: 5000, examples: [['2026-02-30'], ['2026-12-01T24:00:00Z'], ['2026-12-01T24:00:01Z']] },
    );
  });

  it('is called as the engine calls the kind', () => {
    expect(stringAt(crd, 'metadata', 'name')).toBe('policyexceptions.weir.dev');
    expect(crd.spec).toMatchObject({ group: 'weir.dev', scope: 'Namespaced', names: { kind: 'PolicyException' } });
    expect(version).toMatchObject({ name: 'v1alpha1', subresources: { status: {} } });
  });

  it('knows every field that the engine reads, and says what each means', () => {
    const fields = objectAt(schema, 'properties', 'spec', 'properties') ?? {};
    expect(Object.keys(fields)).toEqual(['rules', 'match', 'reason', 'owner', 'until']);
    expect(Object.keys(objectAt(fields, 'match', 'properties') ?? {})).toEqual(['kinds', 'names']);
    const described = [...Object.values(fields), ...Object.values(objectAt(fields, 'match', 'properties') ?? {})];
    for (const field of described) expect(stringAt(field, 'description')).toBeDefined();
  });
});
