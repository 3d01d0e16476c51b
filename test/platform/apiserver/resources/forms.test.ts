import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import { scheduleFault } from '../../../../src/platform/apiserver/resources/checks/cron.ts';
import { isAddress, isCidr } from '../../../../src/platform/apiserver/resources/checks/formats.ts';
import { byPreference } from '../../../../src/platform/apiserver/resources/custom/versions.ts';
import { finalizerWarnings } from '../../../../src/platform/apiserver/resources/custom/warnings.ts';
import { canonicalQuantity } from '../../../../src/platform/apiserver/resources/go/quantity.ts';

describe('quantities', () => {
  it.each([
    ['0.5', '500m'],
    [0.5, '500m'],
    ['1000m', '1'],
    ['2000', '2k'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1000Ki', '1000Ki'],
    ['512Ki', '512Ki'],
    ['1e3', '1e3'],
    ['0', '0'],
    ['-1', '-1'],
    ['x', undefined],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalQuantity(given)).toBe(canonical);
  });
});

describe('schedules', () => {
  it.each([
    ['*/5 * * * *', undefined],
    ['0 9-17/2 1,15 jan-mar MON', undefined],
    ['@daily', undefined],
    ['@every 1h30m', undefined],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['@soon', 'unrecognized descriptor: @soon'],
  ])('%s: %s', (schedule, fault) => {
    expect(scheduleFault(schedule)).toBe(fault);
  });
});

describe('addresses', () => {
  it.each(['10.0.0.1', '::1', '2001:db8::ffff', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8'])('%s is one', (text) => {
    expect(isAddress(text)).toBe(true);
  });

  it.each(['10.0.0', '10.0.0.256', '010.0.0.1', ':', '1::2::3', '1:2:3:4:5:6:7:8:9', 'localhost', ''])(
    '%s is none',
    (text) => {
      expect(isAddress(text)).toBe(false);
    },
  );

  it.each([
    ['10.0.0.0/8', true],
    ['2001:db8::/64', true],
    ['10.0.0.0', false],
    ['10.0.0.0/33', false],
    ['::/129', false],
  ])('%s names a network: %s', (text, isNetwork) => {
    expect(isCidr(text)).toBe(isNetwork);
  });
});

it('versions come in the order of their maturity', () => {
  const versions = ['foo', 'v1alpha2', 'v1', 'v2', 'v1beta1', 'v10', 'bar', 'v1beta11', 'v1alpha1'];
  expect(versions.sort(byPreference)).toEqual([
    'v10',
    'v2',
    'v1',
    'v1beta11',
    'v1beta1',
    'v1alpha2',
    'v1alpha1',
    'bar',
    'foo',
  ]);
});

it('finalizers that may collide are told once', () => {
  const withFinalizers = (...finalizers: string[]): JsonObject => ({ metadata: { finalizers } });
  expect(finalizerWarnings(withFinalizers('example.com/x', 'orphan'), undefined)).toEqual([]);
  expect(finalizerWarnings(withFinalizers('example.com', 'x'), withFinalizers('x'))).toEqual([
    'metadata.finalizers: "example.com": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
  ]);
});

/** Types have been judged by then, but not everything that a schema leaves open. */
describe('objects of any shape', () => {
  const odd: JsonObject[] = [
    {},
    { metadata: null, spec: null, status: null },
    { metadata: [], spec: 'x', rules: {}, webhooks: [null, 1], subjects: 'x', data: [] },
    { spec: { template: null, ports: [null, 'x'], selector: [], rules: [1], limits: [{}], versions: [null, {}] } },
    JSON.parse('{"metadata":{"labels":{"__proto__":"x"}},"spec":{"__proto__":{"a":1}},"__proto__":{"polluted":true}}'),
  ];

  it.each(builtinResources().map((resource) => [resource.storedAs, resource] as const))('%s', (_name, { strategy }) => {
    const change = { now: new Date(0), subresource: '' };
    for (const object of odd) {
      const made = strategy.beforeCreate(strategy.withDefaults(object), change);
      strategy.validate(made, undefined, change);
      const changed = strategy.beforeUpdate(made, made, change);
      strategy.validate(changed, made, change);
      strategy.beforeUpdate(object, made, { ...change, subresource: 'status' });
      strategy.warnings(made, object);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
