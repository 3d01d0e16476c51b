/** The policies that ship: they load, they say what the documentation says, and editors accept them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { isObject, valueAt } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { editorSchema } from '../../src/policy/load/editorSchema.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { environmentPolicySchema } from '../../src/policy/model/schema.ts';
import { everyRule } from '../../src/policy/rules/every.ts';
import { policyTestSchema } from '../../src/policy/test/policyTest.ts';

const set = await loadPolicies('policies');

function policyOf(name: string): EffectivePolicy {
  const policy = set.policies.get(name);
  if (policy === undefined) throw new Error(`no ${name}: ${JSON.stringify(set.errors)}`);
  return policy;
}

describe('the shipped policies', () => {
  it('have no error', () => {
    expect(set.errors).toEqual([]);
    expect([...set.policies.keys()]).toEqual(['dev', 'edge', 'prod', 'staging']);
    expect([...set.abstract.keys()]).toEqual(['base']);
  });

  it.each<[string, number, number, number, string, string[], string[]]>([
    ['dev', 0, 3, 50, '15s', ['50m', '500m'], ['128Mi', '512Mi']],
    ['staging', 1, 5, 80, '30s', ['100m', '750m'], ['256Mi', '768Mi']],
    ['prod', 2, 20, 100, '60s', ['200m', '2'], ['512Mi', '2Gi']],
  ])('%s fills in what the documentation says', (name, min, max, target, delay, cpu, memory) => {
    const { autoscaling, resources } = policyOf(name);
    expect(autoscaling?.minScale?.default).toBe(min);
    expect(autoscaling?.maxScale?.default).toBe(max);
    expect(autoscaling?.target?.default).toBe(target);
    expect(autoscaling?.scaleDownDelay?.default).toBe(delay);
    expect([resources?.requests?.cpu?.default, resources?.limits?.cpu?.default]).toEqual(cpu);
    expect([resources?.requests?.memory?.default, resources?.limits?.memory?.default]).toEqual(memory);
  });

  it.each(['dev', 'edge', 'prod', 'staging'])('%s bounds every scale and every container', (name) => {
    const { autoscaling, resources, images, enforcement } = policyOf(name);
    expect(enforcement).toBe('deny');
    expect(autoscaling?.maxScale?.max).toBeGreaterThan(0);
    expect(autoscaling?.maxScale?.min).toBeGreaterThan(0);
    for (const bounds of [resources?.requests, resources?.limits]) {
      expect(bounds?.cpu?.max).toBeDefined();
      expect(bounds?.memory?.max).toBeDefined();
    }
    expect(images?.registries).toEqual(['registry.example.com/*', 'ghcr.io/knative/*']);
  });

  it('never lets prod and edge scale to zero', () => {
    expect(policyOf('prod').autoscaling?.minScale?.min).toBeGreaterThan(0);
    expect(policyOf('edge').autoscaling?.minScale?.min).toBeGreaterThan(0);
    expect(policyOf('edge').autoscaling?.minScale?.default).toBe(1);
  });
});

const FILES = ['base', 'dev', 'edge', 'prod', 'staging'];
const published: unknown = JSON.parse(readFileSync('policies/environmentpolicy.schema.json', 'utf8'));

function compilePublished() {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { regex: true } });
  return ajv.compile(isObject(published) ? published : {});
}

describe('the published schema', () => {
  it('is current; npm run generate writes it anew', () => {
    expect(published).toEqual(editorSchema(everyRule));
  });

  it.each(FILES)('is named in %s.yaml, and accepts it as editors do', (name) => {
    const text = readFileSync(`policies/${name}.yaml`, 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=environmentpolicy\.schema\.json\n/);
    const validate = compilePublished();
    const { documents } = readYaml(text, name);
    for (const { value } of documents) {
      validate(value);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  it.each<[what: string, spec: object]>([
    ['an unknown field', { autoscaling: { maxscale: {} } }],
    ['an unknown rule', { rules: { 'images/nothing': 'warn' } }],
    ["one of Knative's rules", { rules: { 'knative/*': 'warn' } }],
    ['an unknown action', { rules: { 'images/tag': 'block' } }],
    ['a duration in words', { autoscaling: { window: { max: '1 minute' } } }],
    ['a quantity that is none', { resources: { limits: { cpu: { max: '2 cores' } } } }],
    ['a version that is a number', { knative: { version: 1.23 } }],
  ])('refuses %s', (_, spec) => {
    const validate = compilePublished();
    const document = { apiVersion: 'weir.dev/v1alpha1', kind: 'EnvironmentPolicy', metadata: { name: 'x' }, spec };
    expect(validate(document)).toBe(false);
    expect(validate({ ...document, spec: {} })).toBe(true);
  });

  it('comes from a schema that is one', () => {
    const ajv = new Ajv({ strict: false });
    for (const schema of [environmentPolicySchema, policyTestSchema, published]) {
      expect(ajv.validateSchema(isObject(schema) ? schema : {})).toBe(true);
    }
  });

  it('has no keyword and no format of our own', () => {
    const text = JSON.stringify(published);
    expect(text).not.toContain('x-weir');
    expect(valueAt(JSON.parse(text), '$schema')).toBe('http://json-schema.org/draft-07/schema#');
  });
});
