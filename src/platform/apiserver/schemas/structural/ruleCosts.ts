/**
 * Definitions whose rules could cost too much are refused before any object is judged by them
 * (k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go and cel_validation.go).
 */
import { isObject, type JsonObject } from '../../../../kubernetes/json.ts';
import { forbiddenValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';

const EXPRESSION_LIMIT = 10_000_000n;
const DEFINITION_LIMIT = 100_000_000n;
/** The dearest rules are named, where each makes a hundredth of what all may cost. */
const NAMED = 4;
const LEAST_NAMED = DEFINITION_LIMIT / 100n;
const LARGEST = 2n ** 64n - 1n;

/** How often at most what stands below a schema can be in one object; undefined where nothing bounds it. */
export type Cardinality = bigint | undefined;

export function cardinalityBelow(schema: JsonObject, cardinality: Cardinality): Cardinality {
  const most = mostElements(schema);
  return cardinality === undefined || most === undefined ? undefined : product(cardinality, most);
}

function mostElements({ type, additionalProperties, maxProperties, maxItems }: JsonObject): Cardinality {
  const isMap = type === 'object' && (isObject(additionalProperties) || typeof additionalProperties === 'boolean');
  if (!isMap && type !== 'array') return 1n;
  const most = isMap ? maxProperties : maxItems;
  return typeof most === 'number' ? BigInt(Math.max(0, Math.trunc(most))) : undefined;
}

export function product(cost: bigint, count: bigint): bigint {
  const whole = cost * count;
  return whole > LARGEST ? LARGEST : whole;
}

/** What all rules of one schema cost together. */
export class TotalCost {
  #total = 0n;
  readonly #dearest: { readonly path: string; readonly cost: bigint }[] = [];

  /** @returns what is wrong with the one expression */
  add(path: string, name: string, cost: bigint): Cause[] {
    this.#total += cost;
    if (cost >= LEAST_NAMED) this.#dearest.push({ path, cost });
    return cost > EXPRESSION_LIMIT ? [forbiddenValue(path, sentence(name, cost, EXPRESSION_LIMIT))] : [];
  }

  /** @param path of the schema */
  causes(path: string): Cause[] {
    if (this.#total <= DEFINITION_LIMIT) return [];
    const named = this.#dearest.toSorted((left, right) => Number(right.cost - left.cost)).slice(0, NAMED);
    const detail = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    const total = this.#total > LARGEST ? LARGEST : this.#total;
    return [
      ...named.map((rule) => forbiddenValue(rule.path, detail)),
      forbiddenValue(path, sentence(what, total, DEFINITION_LIMIT)),
    ];
  }
}

function sentence(name: string, cost: bigint, limit: bigint): string {
  const factor = Number(cost) / Number(limit);
  let shown = `${factor.toFixed(1)}x`;
  if (factor > 100) shown = 'more than 100x';
  else if (factor < 1.5) shown = `${factor.toFixed(6)}x`;
  return `${name} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
