/**
 * Autoscaling values that the author left out, bent where they would contradict what the author wrote.
 *
 * The HPA class takes min-scale, max-scale and initial-scale (knative/serving pkg/reconciler/autoscaling/hpa); whatever
 * else is filled in is for the Knative Pod Autoscaler alone.
 */
import {
  ACTIVATION_SCALE,
  type AnnotationKeys,
  annotationPath,
  INITIAL_SCALE,
  MAX_SCALE,
  MIN_SCALE,
  PANIC_THRESHOLD_PERCENTAGE,
  PANIC_WINDOW_PERCENTAGE,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  TARGET,
  TARGET_BURST_CAPACITY,
  TARGET_UTILIZATION_PERCENTAGE,
  WINDOW,
} from '../../knative/autoscaling/annotations.ts';
import { servingConfig } from '../../knative/serving/config.ts';
import { configuration, knativeService } from '../../kubernetes/kinds.ts';
import { placeIn } from '../../kubernetes/pointer.ts';
import type { Defaulter, Fill } from '../engine/default.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { Subject } from '../engine/subject.ts';
import type { AutoscalingPolicy } from '../model/autoscaling.ts';
import { floatAt, integerAt, isWritten, type Scaling, scalingOf } from '../rules/autoscaling/scaling.ts';
import { strainsOf } from '../rules/resources/podRequests.ts';

export const autoscalingDefaults: readonly Defaulter[] = [
  defaulter('autoscaling/scale', scaleFills),
  defaulter('autoscaling/target', targetFills),
  defaulter('autoscaling/timing', timingFills),
];

type Filler = (scaling: Scaling, autoscaling: AutoscalingPolicy, subject: Subject, policy: EffectivePolicy) => Fill[];

function defaulter(id: string, fillsOf: Filler): Defaulter {
  return {
    id,
    kinds: [knativeService, configuration],
    fill(subject, { policy }) {
      const { autoscaling } = policy;
      if (autoscaling === undefined) return [];
      const scaling = scalingOf(subject, policy);
      return scaling === undefined ? [] : fillsOf(scaling, autoscaling, subject, policy);
    },
  };
}

/** A value on its way from the policy to the object, with the last reason for which it was bent. */
interface Bent {
  readonly value: number;
  readonly because?: string;
}

function atMost(bent: Bent, most: number | undefined, because: string): Bent {
  return most === undefined || bent.value <= most ? bent : { value: most, because };
}

function atLeast(bent: Bent, least: number | undefined, because: string): Bent {
  return least === undefined || bent.value >= least ? bent : { value: least, because };
}

const AUTHORS_MAX = "kept at the author's max-scale";
const AUTHORS_MIN = "raised to the author's min-scale";
const AUTHORS_ACTIVATION = "kept at the author's activation-scale";

function scaleFills(
  scaling: Scaling,
  autoscaling: AutoscalingPolicy,
  subject: Subject,
  policy: EffectivePolicy,
): Fill[] {
  const fills: Fill[] = [];
  const min = integerAt(scaling, MIN_SCALE);
  // Knative's webhook compares it with the others whatever the class.
  const activation = integerAt(scaling, ACTIVATION_SCALE);

  const filledMax = isWritten(scaling, MAX_SCALE) ? undefined : bentMax(scaling, autoscaling, subject, policy);
  if (filledMax !== undefined) fills.push(fill(scaling, MAX_SCALE, 'maxScale', filledMax));
  // The author's own "0" is no limit, and no reason to bend anything.
  const max = filledMax?.value ?? (integerAt(scaling, MAX_SCALE) || undefined);
  const becauseMax = filledMax === undefined ? AUTHORS_MAX : 'kept at the max-scale that is filled in';

  let lowest = min ?? 0;
  const minDefault = autoscaling.minScale?.default;
  if (minDefault !== undefined && !isWritten(scaling, MIN_SCALE)) {
    const bent = atMost(atMost({ value: minDefault }, max, becauseMax), activation, AUTHORS_ACTIVATION);
    fills.push(fill(scaling, MIN_SCALE, 'minScale', bent));
    lowest = bent.value;
  }

  const initialDefault = autoscaling.initialScale?.default;
  if (initialDefault !== undefined && !isWritten(scaling, INITIAL_SCALE)) {
    const least = scaling.config.allowZeroInitialScale ? 0 : 1;
    const bent = atMost({ value: initialDefault }, max, becauseMax);
    fills.push(
      fill(scaling, INITIAL_SCALE, 'initialScale', atLeast(bent, least, 'the cluster allows no initial-scale of 0')),
    );
  }

  const activationDefault = autoscaling.activationScale?.default;
  if (activationDefault !== undefined && scaling.isKpa && !isWritten(scaling, ACTIVATION_SCALE)) {
    const bent = atLeast(atMost({ value: activationDefault }, max, becauseMax), lowest, AUTHORS_MIN);
    // Knative refuses less than 2: where there is no room for it, nothing is filled in.
    if (bent.value >= 2) fills.push(fill(scaling, ACTIVATION_SCALE, 'activationScale', bent));
  }
  return fills;
}

/** As many pods as the policy says, unless the cluster or the budget holds fewer, or the author asks for more at least. */
function bentMax(
  scaling: Scaling,
  autoscaling: AutoscalingPolicy,
  subject: Subject,
  policy: EffectivePolicy,
): Bent | undefined {
  const value = autoscaling.maxScale?.default;
  if (value === undefined) return undefined;

  let bent: Bent = { value };
  const { template } = subject;
  if (policy.resources !== undefined && template !== undefined) {
    for (const { pods } of strainsOf(template, policy.resources, policy.resources)) {
      bent = atMost(bent, Math.max(pods, 1), `all that the budget for ${policy.name} holds`);
    }
  }
  bent = atLeast(bent, integerAt(scaling, MIN_SCALE), AUTHORS_MIN);
  bent = atLeast(bent, integerAt(scaling, ACTIVATION_SCALE), "raised to the author's activation-scale");

  const limit = scaling.config.maxScaleLimit;
  return limit > 0 ? atMost(bent, limit, "kept at the cluster's max-scale-limit") : bent;
}

function targetFills(
  scaling: Scaling,
  autoscaling: AutoscalingPolicy,
  subject: Subject,
  policy: EffectivePolicy,
): Fill[] {
  const fills: Fill[] = [];
  // The limit of the container itself holds under every class.
  const concurrency = filledConcurrency(scaling, autoscaling, subject, policy);
  if (concurrency !== undefined) {
    fills.push({
      path: placeIn(scaling.specPath, 'containerConcurrency'),
      value: concurrency.value,
      from: '/spec/autoscaling/containerConcurrency/default',
      ...because(concurrency),
    });
  }
  if (!scaling.isKpa) return fills;
  const isConcurrency = scaling.metric === 'concurrency';

  const field = isConcurrency ? 'target' : 'rpsTarget';
  const targetDefault = isConcurrency || scaling.metric === 'rps' ? autoscaling[field]?.default : undefined;
  if (targetDefault !== undefined && !isWritten(scaling, TARGET)) {
    const most = isConcurrency ? (concurrency?.value ?? concurrencyLimit(subject, policy)) || undefined : undefined;
    fills.push(fill(scaling, TARGET, field, atMost({ value: targetDefault }, most, 'kept at containerConcurrency')));
  }
  pushPlain(fills, scaling, autoscaling, TARGET_UTILIZATION_PERCENTAGE, 'targetUtilization');
  pushPlain(fills, scaling, autoscaling, TARGET_BURST_CAPACITY, 'targetBurstCapacity');
  return fills;
}

/**
 * The author's containerConcurrency, or what config-defaults will make of none; 0 is no limit. One that is no whole number
 * from 0 on bends nothing: Knative refuses it, and the rule about it says so.
 */
function concurrencyLimit(subject: Subject, policy: EffectivePolicy): number {
  const written = subject.template?.spec.containerConcurrency ?? undefined;
  const isLimit = typeof written === 'number' && Number.isInteger(written) && written >= 0;
  return isLimit ? written : servingConfig(policy.knative).defaults.containerConcurrency;
}

function filledConcurrency(
  scaling: Scaling,
  autoscaling: AutoscalingPolicy,
  subject: Subject,
  policy: EffectivePolicy,
): Bent | undefined {
  const value = autoscaling.containerConcurrency?.default;
  const written = subject.template?.spec.containerConcurrency ?? null;
  if (value === undefined || written !== null) return undefined;

  const { allowContainerConcurrencyZero, containerConcurrencyMaxLimit } = servingConfig(policy.knative).defaults;
  if (value === 0 && !allowContainerConcurrencyZero) return undefined;
  // 0 is no limit, below which every target fits.
  const target = value !== 0 && scaling.metric === 'concurrency' ? floatAt(scaling, TARGET) : undefined;
  const most = Math.min(
    containerConcurrencyMaxLimit,
    autoscaling.containerConcurrency?.max ?? Number.POSITIVE_INFINITY,
  );
  const least = target === undefined ? undefined : Math.min(Math.ceil(target), most);
  const bent = atLeast({ value }, least, "raised to the author's target");
  return atMost(bent, containerConcurrencyMaxLimit, "kept at the cluster's container-concurrency-max-limit");
}

function timingFills(scaling: Scaling, autoscaling: AutoscalingPolicy): Fill[] {
  const fills: Fill[] = [];
  if (!scaling.isKpa) return fills;
  pushPlain(fills, scaling, autoscaling, WINDOW, 'window');
  pushPlain(fills, scaling, autoscaling, SCALE_DOWN_DELAY, 'scaleDownDelay');
  pushPlain(fills, scaling, autoscaling, SCALE_TO_ZERO_POD_RETENTION_PERIOD, 'podRetention');
  pushPlain(fills, scaling, autoscaling, PANIC_WINDOW_PERCENTAGE, 'panicWindowPercentage');
  pushPlain(fills, scaling, autoscaling, PANIC_THRESHOLD_PERCENTAGE, 'panicThresholdPercentage');
  return fills;
}

type BoundedField = Exclude<keyof AutoscalingPolicy, 'classes' | 'metrics'>;

/** A default that nothing else of the author's can contradict. */
function pushPlain(
  fills: Fill[],
  scaling: Scaling,
  autoscaling: AutoscalingPolicy,
  annotation: AnnotationKeys,
  field: BoundedField,
): void {
  const value = autoscaling[field]?.default;
  if (value !== undefined && !isWritten(scaling, annotation)) fills.push(fill(scaling, annotation, field, { value }));
}

function fill(
  scaling: Scaling,
  annotation: AnnotationKeys,
  field: BoundedField,
  bent: { readonly value: number | string; readonly because?: string },
): Fill {
  return {
    path: annotationPath(scaling.path, annotation[0]),
    value: `${bent.value}`,
    from: `/spec/autoscaling/${field}/default`,
    ...because(bent),
  };
}

function because(bent: { readonly because?: string }): { because?: string } {
  return bent.because === undefined ? {} : { because: bent.because };
}
