/** Schemas with rules, made by chance: what Kubernetes refuses for what its rules could cost. */
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { Random } from './random.ts';

/** Rules by the type of what they stand at. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  string: [
    'self.size() > 0',
    'self.matches("^[a-z]+$")',
    'self.contains("abc") || self.startsWith("x")',
    'self.split(",").all(x, x.size() > 0)',
    'self == "a"',
    'self.replace("a", "bb").contains("b")',
    'isIP(self) || self == ""',
    'quantity(self).isLessThan(quantity("5"))',
  ],
  integer: ['self > 0', 'self % 2 == 0'],
  array: [
    'self.size() > 0',
    'self.all(x, self.exists_one(y, x == y))',
    'self.all(x, x == x)',
    'self.filter(x, x == x).size() > 1',
    'self == self',
    'self.map(x, x) == self',
    'self.all(x, self.all(y, self.all(z, x == y || y == z)))',
  ],
  map: [
    'self.size() > 0',
    'self.all(k, k.matches("^[a-z]+$"))',
    'self.all(k, v, v == v)',
    'self.all(k, self[k] == self[k])',
  ],
  object: [
    'has(self.a)',
    '!has(self.b) || self.b == self.b',
    'has(self.a) && has(self.b) && self.a == self.b || true',
    'has(self.c) ? self.c == self.c : true',
  ],
};

export function definitions(count: number): JsonObject[] {
  const random = new Random(7);
  return Array.from({ length: count }, () => ({ type: 'object', properties: { spec: node(random, 3, true) } }));
}

function node(random: Random, depth: number, isObject: boolean): JsonObject {
  const kind = isObject ? 'object' : random.one(depth > 0 ? Object.keys(RULES) : ['string', 'integer']);
  const schema: Record<string, JsonValue> = { type: kind === 'map' ? 'object' : kind };
  const bound = (key: string, most: number): void => {
    if (random.below(3) > 0) schema[key] = random.below(most);
  };
  if (kind === 'string') {
    if (random.below(5) === 0) schema.enum = ['a', 'äbc', 'longer than that'];
    else if (random.below(4) === 0) schema.format = random.one(['byte', 'date', 'date-time', 'duration', 'ipv4']);
    bound('maxLength', 3000);
  }
  if (kind === 'array') {
    schema.items = node(random, depth - 1, false);
    bound('maxItems', 300);
  }
  if (kind === 'map') {
    schema.additionalProperties = node(random, depth - 1, false);
    bound('maxProperties', 300);
  }
  if (kind === 'object') {
    const properties: Record<string, JsonValue> = { a: node(random, depth - 1, false) };
    if (random.below(2) === 0) properties.b = node(random, depth - 1, false);
    if (random.below(3) === 0) properties.c = { 'x-kubernetes-int-or-string': true };
    schema.properties = properties;
    if (random.below(3) === 0) schema.required = ['a'];
  }
  if (random.below(3) > 0) schema['x-kubernetes-validations'] = rules(random, kind, schema);
  return schema;
}

function rules(random: Random, kind: string, { format, properties }: JsonObject): JsonValue[] {
  const isText = kind === 'string' && format !== undefined && format !== 'ipv4';
  const fields = Object.keys(properties ?? {});
  const texts = (RULES[kind] ?? []).filter((rule) =>
    [...rule.matchAll(/self\.([abc])\b/g)].every(([, name = '']) => fields.includes(name)),
  );
  return Array.from({ length: 1 + random.below(2) }, (): JsonObject => {
    const rule = isText ? 'self == self' : texts.length === 0 ? 'self == self' : random.one(texts);
    return random.below(5) === 0
      ? { rule, message: 'x', messageExpression: '"it is " + "so"' }
      : { rule, message: 'x' };
  });
}
