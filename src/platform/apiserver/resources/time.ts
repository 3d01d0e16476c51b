/** As metav1.Time, which has no fractions. */
export function timeOf(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}
