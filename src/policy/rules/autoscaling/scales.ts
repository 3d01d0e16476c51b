/** min-scale, max-scale, initial-scale and activation-scale within the environment's bounds. */
import { ACTIVATION_SCALE, INITIAL_SCALE, MAX_SCALE, MIN_SCALE } from '../../../knative/autoscaling/annotations.ts';
import {
  effectiveActivationScale,
  effectiveInitialScale,
  effectiveMaxScale,
  effectiveMinScale,
} from '../../../knative/autoscaling/effective.ts';
import type { AutoscalingPolicy } from '../../model/autoscaling.ts';
import type { NumberBounds } from '../../model/bounds.ts';
import { annotationRule } from './annotationRule.ts';
import type { Scaling } from './scaling.ts';
import { settleScale } from './settle.ts';

const same = (bound: number) => bound;

/** A HorizontalPodAutoscaler never goes below one pod (knative/serving pkg/reconciler/autoscaling/hpa/resources/hpa.go). */
export const minScale = annotationRule<number, number>({
  name: 'min-scale',
  annotation: MIN_SCALE,
  title: 'min-scale stays within the bounds of the environment',
  why: 'Below the bound the first customers wait for a cold start, above it pods stand idle that others could use.',
  bad: '0',
  good: '2',
  classes: 'kpa and hpa',
  bounds: ({ minScale }) => minScale,
  parse: same,
  effective(scaling) {
    const scale = effectiveMinScale(scaling);
    return scaling.isHpa && scale.value === 0 ? { ...scale, value: 1 } : scale;
  },
  fix: (scaling, bound) => settleScale(scaling, 'min', bound),
});

/** No value means config-autoscaler's `max-scale`; "0" means no limit at all (pkg/apis/autoscaling/annotation_validation.go). */
export const maxScale = annotationRule<number, number>({
  name: 'max-scale',
  annotation: MAX_SCALE,
  title: 'max-scale stays within the bounds of the environment',
  why: 'One service without a bound can take the whole cluster in a traffic spike.',
  bad: '500',
  good: '20',
  classes: 'kpa and hpa',
  bounds: ({ maxScale }) => maxScale,
  parse: same,
  effective: effectiveMaxScale,
  say: (value) => (value === Number.POSITIVE_INFINITY ? 'unlimited' : undefined),
  fix: (scaling, bound) => settleScale(scaling, 'max', withinCluster(scaling, bound)),
});

export const initialScale = annotationRule<number, number>({
  name: 'initial-scale',
  annotation: INITIAL_SCALE,
  title: 'initial-scale stays within the bounds of the environment',
  why: 'Every new Revision starts with so many pods before it gets any traffic: many of them at once push others off the nodes.',
  bad: '10',
  good: '2',
  environment: 'edge',
  classes: 'kpa and hpa',
  bounds: ({ initialScale }) => initialScale,
  parse: same,
  effective: effectiveInitialScale,
  fix: (scaling, bound) => settleScale(scaling, 'initial', bound),
});

/** Says nothing where the annotation is absent: then a service starts from zero as the traffic asks. */
export const activationScale = annotationRule<number, number>({
  name: 'activation-scale',
  annotation: ACTIVATION_SCALE,
  title: 'activation-scale stays within the bounds of the environment',
  why: 'The first request after a quiet time starts so many pods at once, and each quiet time after it pays for them again.',
  bad: '20',
  good: '2',
  beside: 'autoscaling.knative.dev/max-scale: "20"',
  classes: 'kpa',
  bounds: activationBounds,
  parse: same,
  effective(scaling) {
    const scale = effectiveActivationScale(scaling);
    return scale.isSet ? scale : undefined;
  },
  fix: (scaling, bound) => settleScale(scaling, 'activation', bound),
});

/** A service cannot start with more pods than it may have: Knative refuses it, or max-scale would have to rise. */
function activationBounds({ activationScale, maxScale }: AutoscalingPolicy): NumberBounds | undefined {
  if (maxScale?.max === undefined) return activationScale;
  return { ...activationScale, max: Math.min(activationScale?.max ?? maxScale.max, maxScale.max) };
}

/** What the cluster itself would refuse is no fix. */
function withinCluster({ config }: Scaling, bound: number): number {
  return config.maxScaleLimit > 0 ? Math.min(bound, config.maxScaleLimit) : bound;
}
