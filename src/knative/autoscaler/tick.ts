/** How often Knative's autoscaler decides, in milliseconds (knative/serving pkg/autoscaler/scaling/multiscaler.go). */
export const TICK_MS = 2000;
