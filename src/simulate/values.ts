/** What a value a second comes to over a time. */

export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** 0 of none, and of what is below it. */
export function peak(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
