/** Core kinds: what Go would have dropped, kept or filled in when it read the JSON into its structs. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { coreSchema } from '../../../../src/platform/apiserver/schemas/core/coreSchema.ts';
import { withDefaults } from '../../../../src/platform/apiserver/schemas/defaults.ts';
import { checkFields } from '../../../../src/platform/apiserver/schemas/fields.ts';
import { prune } from '../../../../src/platform/apiserver/schemas/prune.ts';
import type { Schema } from '../../../../src/platform/apiserver/schemas/schema.ts';
import { validate } from '../../../../src/platform/apiserver/schemas/validate.ts';

function schemaOf(group: string, kind: string): Schema {
  const schema = coreSchema(group, 'v1', kind);
  if (schema === undefined) throw new Error(`there is no ${kind}`);
  return schema;
}

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
}

describe('fields of core kinds', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['', pod({ containers: [{ name: 'a', imgae: 'x' }], nope: 1 }), ['spec.containers[0].imgae', 'spec.nope']],
    ['', { ...pod({}), metadata: { name: 'a', nmae: 'b', labels: { any: 'x' } }, top: 1 }, ['metadata.nmae', 'top']],
    ['', pod({ nodeSelector: { 'any/key': 'x' }, volumes: [{ name: 'v', csi: { x: 1 } }] }), ['spec.volumes[0].csi.x']],
  ])('%s', (group, object, paths) => {
    expect(checkFields(object, schemaOf(group, 'Pod')).unknown).toEqual(paths.map((path) => `unknown field "${path}"`));
  });

  it('looks into no schema of a custom resource that may be of several shapes', () => {
    const openAPIV3Schema = { type: 'object', nope: 1, properties: { a: { items: { nope: 2 }, alsoNope: 3 } } };
    const definition = { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema } }] } };
    const base = 'spec.versions[0].schema.openAPIV3Schema';
    expect(checkFields(definition, schemaOf('apiextensions.k8s.io', 'CustomResourceDefinition')).unknown).toEqual([
      `unknown field "${base}.nope"`,
      `unknown field "${base}.properties.a.alsoNope"`,
    ]);
  });
});

describe('pruning core kinds', () => {
  it.each<[what: string, spec: JsonObject, expected: JsonObject]>([
    [
      'unknown fields',
      { hostname: 'h', nope: 1, containers: [{ name: 'a', nope: 2 }] },
      { hostname: 'h', containers: [{ name: 'a' }] },
    ],
    ['nulls', { hostname: null, containers: [{ name: 'a', image: null }] }, { containers: [{ name: 'a' }] }],
    [
      'nulls in maps and lists',
      { nodeSelector: { a: null }, containers: [null] },
      { nodeSelector: { a: '' }, containers: [{}] },
    ],
    ['what a map holds', { nodeSelector: { any: 'x' } }, { nodeSelector: { any: 'x' } }],
  ])('%s', (_, spec, expected) => {
    expect(prune(pod(spec), schemaOf('', 'Pod'))).toEqual(pod(expected));
  });

  it('gives back the same object where nothing goes', () => {
    const object = pod({ containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }] });
    expect(prune(object, schemaOf('', 'Pod'))).toBe(object);
  });

  it('takes a key that JavaScript has a meaning for to be a key', () => {
    const object: JsonObject = JSON.parse('{"kind":"ConfigMap","data":{"__proto__":"x"},"__proto__":{"a":1},"nope":1}');
    const pruned = prune(object, schemaOf('', 'ConfigMap'));
    expect(JSON.stringify(pruned)).toBe('{"kind":"ConfigMap","data":{"__proto__":"x"}}');
  });
});

describe('defaults of core kinds', () => {
  it('are those of OpenAPI that are values', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }];
    const object = pod({ containers: [{ name: 'a', ports }] });
    expect(withDefaults(object, schemaOf('', 'Pod'))).toEqual(
      pod({ containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }, ports[1] ?? null] }] }),
    );
  });

  it('leave an object alone that needs none', () => {
    const object = pod({ containers: [{ name: 'a', image: 'b' }], imagePullSecrets: [{}] });
    expect(withDefaults(object, schemaOf('', 'Pod'))).toBe(object);
  });
});

it('leaves the validation of core kinds to those who know them', () => {
  expect(validate(pod({ containers: 'none' }), schemaOf('', 'Pod'))).toEqual([]);
});
