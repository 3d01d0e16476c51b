/** Objects without a name: no sentence about them has a hole where the name belongs. */
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { rules } from '../../../src/policy/rules/index.ts';
import { verdictOf } from '../builders.ts';

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../../policies'), 'policies');

/** Two spaces, a space before a sign that follows a word, or one at an end of the sentence. */
const HOLE = / {2}| [,;:)]|\( |^ | $/;

type Strip = (object: JsonObject) => JsonValue;

function withoutOwnName(object: JsonObject): JsonValue {
  const { name, ...metadata } = isObject(object.metadata) ? object.metadata : {};
  return { ...object, metadata };
}

function withoutNames(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutNames);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([key]) => key !== 'name');
  return Object.fromEntries(fields.map(([key, field]) => [key, field === undefined ? null : withoutNames(field)]));
}

function messagesOf(rule: Rule, text: string, strip: Strip): string[] {
  const objects = readManifests(text, 'example.yaml').documents.map(({ object }) => strip(object));
  const policy = policies.get(rule.examples.environment ?? 'prod');
  if (policy === undefined) throw new Error(`no policy for ${rule.id}`);
  return objects.filter(isObject).flatMap((object) => {
    const beside = objects.filter((other) => other !== object).filter(isObject);
    return verdictOf(catalogue, object, policy, { beside }).findings.map(({ rule, message }) => `${rule}: ${message}`);
  });
}

describe.each<[string, Strip]>([
  ['objects without a name', withoutOwnName],
  ['objects in which nothing has a name', withoutNames],
])('%s', (_, strip) => {
  it.each(rules.map((rule) => [rule.id, rule] as const))(
    'leave no hole in what the examples of %s get',
    (_id, rule) => {
      const messages = [rule.examples.bad, rule.examples.good].flatMap((text) => messagesOf(rule, text, strip));
      expect(messages.filter((message) => HOLE.test(message))).toEqual([]);
    },
  );
});

it('leaves no hole in what NetworkPolicies get beside pods without a name', () => {
  const service = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}}
`;
  const closed = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{podSelector: {}}]}]}
`;
  const [first] = rules;
  const messages = first === undefined ? [] : messagesOf(first, `${service}---\n${closed}`, (object) => object);
  expect(messages.filter((message) => HOLE.test(message))).toEqual([]);
  expect(messages).toContainEqual(expect.stringContaining('NetworkPolicy closed closes a Service without a name to'));
  expect(messages).toContainEqual(expect.stringContaining('the way from a Service without a name to DNS'));
});
