/** As Kubernetes' MicroTime is written: six digits of the second, always. */
export function microTime(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z');
}
