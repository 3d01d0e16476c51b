/** How fast a service scales: windows, delays and panic mode within the environment's bounds. */
import {
  PANIC_THRESHOLD_PERCENTAGE,
  PANIC_WINDOW_PERCENTAGE,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  WINDOW,
} from '../../../knative/autoscaling/annotations.ts';
import {
  effectivePanicThresholdPercentage,
  effectivePanicWindowPercentage,
  effectivePodRetention,
  effectiveScaleDownDelay,
  effectiveWindow,
} from '../../../knative/autoscaling/effective.ts';
import { annotationRule } from './annotationRule.ts';
import { nanoseconds } from './scaling.ts';

const same = (bound: number) => bound;

/** The HPA class takes it as its stabilization window, and has none without it. */
export const window = annotationRule<string, bigint>({
  name: 'window',
  annotation: WINDOW,
  title: 'the stable window stays within the bounds of the environment',
  why: 'Over a short window the number of pods flaps with every gust of traffic; over a long one pods stay that nobody needs.',
  bad: '30m',
  good: '2m',
  classes: 'kpa and hpa',
  bounds: ({ window }) => window,
  parse: nanoseconds,
  effective(scaling) {
    const window = effectiveWindow(scaling);
    return scaling.isHpa && !window.isSet ? undefined : window;
  },
});

export const scaleDownDelay = annotationRule<string, bigint>({
  name: 'scale-down-delay',
  annotation: SCALE_DOWN_DELAY,
  title: 'scale-down-delay stays within the bounds of the environment',
  why: 'For so long pods stay after the traffic has gone: too short and the next wave meets a cold start, too long and every peak is paid for twice.',
  bad: '45m',
  good: '60s',
  classes: 'kpa',
  bounds: ({ scaleDownDelay }) => scaleDownDelay,
  parse: nanoseconds,
  effective: effectiveScaleDownDelay,
});

export const podRetention = annotationRule<string, bigint>({
  name: 'pod-retention',
  annotation: SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  title: 'scale-to-zero-pod-retention-period stays within the bounds of the environment',
  why: 'The last pod stays so long after the last request: a long retention is a min-scale of 1 by another name.',
  bad: '45m',
  good: '5m',
  classes: 'kpa',
  bounds: ({ podRetention }) => podRetention,
  parse: nanoseconds,
  effective: effectivePodRetention,
});

export const panicWindow = annotationRule<number, number>({
  name: 'panic-window',
  annotation: PANIC_WINDOW_PERCENTAGE,
  title: 'panic-window-percentage stays within the bounds of the environment',
  why: 'The panic window is the share of the stable window in which a spike is looked for: with a large one the spike is over before it is seen.',
  bad: '100',
  good: '10',
  classes: 'kpa',
  bounds: ({ panicWindowPercentage }) => panicWindowPercentage,
  parse: same,
  effective: effectivePanicWindowPercentage,
});

export const panicThreshold = annotationRule<number, number>({
  name: 'panic-threshold',
  annotation: PANIC_THRESHOLD_PERCENTAGE,
  title: 'panic-threshold-percentage stays within the bounds of the environment',
  why: 'Above this share of the target the autoscaler panics and never scales down: a low threshold panics all day, a high one never helps.',
  bad: '110',
  good: '200',
  classes: 'kpa',
  bounds: ({ panicThresholdPercentage }) => panicThresholdPercentage,
  parse: same,
  effective: effectivePanicThresholdPercentage,
});
