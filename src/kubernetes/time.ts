/** `2026-01-31T12:00:00Z`, as metav1.Time is written: in whole seconds (k8s.io/apimachinery pkg/apis/meta/v1/time.go). */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
