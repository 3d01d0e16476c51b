/** What the loader compares values with: numbers, Go durations, ISO 8601 durations and quantities, each exactly. */
import { parseDuration } from '../../knative/duration.ts';
import { parsePeriod } from '../../knative/period.ts';
import { isObject } from '../../kubernetes/json.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';

/** The ways in which a schema's `x-weir-order` says that a section's default, min and max are ordered. */
export const ORDERS = ['number', 'duration', 'duration-iso', 'quantity'] as const;
export type Order = (typeof ORDERS)[number];

export function isOrder(value: unknown): value is Order {
  return ORDERS.some((order) => order === value);
}

/** The value as something that `<` compares within its order; undefined where it is no such value. */
export function sizeOf(order: Order, value: unknown): bigint | number | undefined {
  if (order === 'number') return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
  if (order === 'quantity') return parseQuantity(value);
  if (typeof value !== 'string') return undefined;
  if (order === 'duration-iso') return periodSize(value);

  const duration = parseDuration(value);
  return duration.ok ? duration.value : undefined;
}

function periodSize(text: string): bigint | undefined {
  const period = parsePeriod(text);
  return period.ok ? period.nanoseconds : undefined;
}

export interface Disorder {
  /** The two fields that contradict each other. */
  readonly field: 'default' | 'min' | 'max';
  readonly other: 'min' | 'max';
  readonly relation: 'above' | 'below';
}

const PAIRS: readonly Disorder[] = [
  { field: 'min', other: 'max', relation: 'above' },
  { field: 'default', other: 'min', relation: 'below' },
  { field: 'default', other: 'max', relation: 'above' },
];

/** Where a section's default, min and max contradict each other. What is absent or no value of the order is left alone. */
export function disorders(order: Order, bounds: Readonly<Record<string, unknown>>): Disorder[] {
  return PAIRS.filter(({ field, other, relation }) => {
    const left = sizeOf(order, bounds[field]);
    const right = sizeOf(order, bounds[other]);
    if (left === undefined || right === undefined) return false;
    return relation === 'above' ? left > right : left < right;
  });
}

/** The same for a value and an order of any kind: what is no section has nothing to contradict. */
export function disordersIn(order: unknown, bounds: unknown): Disorder[] {
  return isOrder(order) && isObject(bounds) ? disorders(order, bounds) : [];
}
