/**
 * A value with a default and bounds, the building block of an EnvironmentPolicy:
 * `minScale: {default: 2, min: 1, max: 20}`. Type and JSON Schema stand together; `x-weir-order` is the keyword by
 * which the loader compares default, min and max with each other.
 */

export interface Bounds<Value> {
  readonly default?: Value;
  readonly min?: Value;
  readonly max?: Value;
}

export type NumberBounds = Bounds<number>;
/** Go durations as Knative's autoscaling annotations take them: `60s`, `15m`. */
export type DurationBounds = Bounds<string>;
/** ISO 8601 durations as Knative Eventing takes them: `PT0.5S`. */
export type IsoDurationBounds = Bounds<string>;
/** Kubernetes quantities; a YAML number is one too. */
export type QuantityBounds = Bounds<string | number>;

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

function boundsSchema(description: string, order: string, value: JsonSchema): JsonSchema {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    'x-weir-order': order,
    properties: {
      default: { ...value, description: 'filled in where the author set nothing' },
      min: { ...value, description: 'the smallest value that is accepted' },
      max: { ...value, description: 'the largest value that is accepted' },
    },
  };
}

export function integerBounds(description: string, minimum = 0, maximum = 2_147_483_647): JsonSchema {
  return boundsSchema(description, 'number', { type: 'integer', minimum, maximum });
}

export function numberBounds(description: string, minimum = 0): JsonSchema {
  return boundsSchema(description, 'number', { type: 'number', minimum });
}

export function durationBounds(description: string): JsonSchema {
  return boundsSchema(description, 'duration', { type: 'string', format: 'duration-go' });
}

export function isoDurationBounds(description: string): JsonSchema {
  return boundsSchema(description, 'duration-iso', { type: 'string', format: 'duration-iso' });
}

export function quantityBounds(description: string): JsonSchema {
  return boundsSchema(description, 'quantity', { type: ['string', 'number'], format: 'quantity', minimum: 0 });
}

/** A section of the policy: an object with these fields and no others. */
export function section(description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', description, additionalProperties: false, properties };
}

export function textList(description: string, item: JsonSchema = { type: 'string', minLength: 1 }): JsonSchema {
  return { type: 'array', description, items: item };
}
