/**
 * Expressions that Kubernetes is asked about: those that people wrote down, and many that are made by chance, always the
 * same ones. A schema without bounds is for what is estimated.
 */
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { EXPRESSION_OBJECT, EXPRESSION_SCHEMA, EXPRESSIONS } from '../schemas-reference/expressions.ts';
import { EDGES } from './edges.ts';
import { Generator } from './generator.ts';

export interface Group {
  readonly name: string;
  /** Without one, `self` may be of any type. */
  readonly schema?: JsonObject;
  readonly object: JsonValue;
  readonly expressions: readonly string[];
}

const OBJECT: JsonObject = { ...EXPRESSION_OBJECT, 'a-b': { namespace: 'shop' } };

/** The same fields, none of which says how large it may be. */
export function withoutBounds(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'maxLength' || key === 'maxItems' || key === 'maxProperties' ? undefined : value,
  );
}

/** @param times how many times as many are made by chance: once for the tests, more for a longer look */
export function groups(times = 1): Group[] {
  return [
    {
      name: 'with a schema',
      schema: EXPRESSION_SCHEMA,
      object: OBJECT,
      expressions: unique([...EXPRESSIONS, ...EDGES, ...new Generator(1).many(1000 * times)]),
    },
    {
      name: 'with a schema that bounds nothing',
      schema: withoutBounds(EXPRESSION_SCHEMA),
      object: OBJECT,
      expressions: unique(new Generator(2).many(400 * times)),
    },
    { name: 'of any type', object: OBJECT, expressions: unique([...EDGES, ...new Generator(3).many(600 * times)]) },
  ];
}

function unique(expressions: readonly string[]): string[] {
  return [...new Set(expressions)];
}
