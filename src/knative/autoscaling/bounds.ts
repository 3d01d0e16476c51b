/** Bounds that annotations and config-autoscaler share (knative/serving pkg/apis/autoscaling/register.go). */
import { HOUR, SECOND } from '../duration.ts';

export const TARGET_MIN = 0.01;
export const WINDOW_MIN = 6n * SECOND;
export const WINDOW_MAX = HOUR;
export const PANIC_WINDOW_PERCENTAGE_MIN = 1;
export const PANIC_WINDOW_PERCENTAGE_MAX = 100;
