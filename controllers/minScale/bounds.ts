/**
 * What of a wanted scale the environment's policy, the Revision itself and the cluster allow. Knative's webhook denies a
 * write that goes beyond the latter two (knative/serving pkg/apis/autoscaling/annotation_validation.go).
 */
import { ACTIVATION_SCALE, findKey } from '../../src/knative/autoscaling/annotations.ts';
import { type AutoscalerConfig, autoscalerConfigOf } from '../../src/knative/autoscaling/config.ts';
import {
  type AutoscalingSource,
  effectiveActivationScale,
  effectiveMaxScale,
  effectiveMetric,
  effectiveMinScale,
} from '../../src/knative/autoscaling/effective.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { NumberBounds } from '../../src/policy/model/bounds.ts';
import type { Scale } from '../../src/schedule/model.ts';

export interface Limits {
  /** Of the namespace's environment; undefined where it is in none. */
  readonly policy: EffectivePolicy | undefined;
  /** The data of the cluster's ConfigMap config-autoscaler; it beats what the policy remembers of it. */
  readonly autoscaler: Readonly<Record<string, string>> | undefined;
  /** `autoscaling/min-scale`: rules whose bounds do not count, by PolicyExceptions that are in force; none unless given. */
  readonly lifted?: ReadonlySet<string>;
}

export interface Within {
  readonly scale: Scale;
  /** What was changed and why: `min-scale 30 is cut to 20, the most that prod allows`. */
  readonly cuts: readonly string[];
}

/** Zero is no limit, as Knative reads it. */
const UNLIMITED = Number.POSITIVE_INFINITY;

/** @param annotations the Revision's, with the author's own values */
export function withinLimits(wanted: Scale, annotations: JsonObject, limits: Limits): Within {
  const cutter = new Cutter(limits);
  const config = autoscalerConfigOf(settingsOf(limits));
  const source = { annotations, path: '', config } satisfies AutoscalingSource;
  const activation =
    findKey(annotations, ACTIVATION_SCALE) === undefined ? undefined : effectiveActivationScale(source);

  const max = wanted.maxScale === undefined ? undefined : maxWithin(wanted, source, activation?.value, cutter);
  const min =
    wanted.minScale === undefined ? undefined : minWithin(wanted.minScale, max, source, activation?.value, cutter);
  const target = wanted.target === undefined ? undefined : targetWithin(wanted.target, source, cutter);
  return {
    scale: {
      ...(min === undefined ? {} : { minScale: min }),
      ...(max === undefined ? {} : { maxScale: max === UNLIMITED ? 0 : max }),
      ...(target === undefined ? {} : { target }),
    },
    cuts: cutter.cuts,
  };
}

function settingsOf({ policy, autoscaler }: Limits): Readonly<Record<string, string>> {
  if (autoscaler === undefined) return policy?.knative.autoscaler ?? NO_SETTINGS;
  if (policy === undefined) return autoscaler;
  return { ...policy.knative.autoscaler, ...autoscaler };
}

const NO_SETTINGS: Readonly<Record<string, string>> = {};

/** Undefined where the Revision asks for more than the cluster's limit: then any max-scale is denied beside that. */
function maxWithin(
  wanted: Scale,
  source: AutoscalingSource,
  activation: number | undefined,
  cutter: Cutter,
): number | undefined {
  const limit = limitOf(source.config);
  let max = wanted.maxScale === undefined || wanted.maxScale <= 0 ? UNLIMITED : wanted.maxScale;
  max = cutter.within(
    'max-scale',
    max,
    cutter.boundsOf('max-scale', ({ maxScale }) => maxScale),
  );
  max = cutter.atMost('max-scale', max, limit, "the cluster's max-scale-limit");
  if (activation !== undefined) max = cutter.atLeast('max-scale', max, activation, "the Revision's activation-scale");
  const own = effectiveMinScale(source);
  if (wanted.minScale === undefined && own.isSet) {
    max = cutter.atLeast('max-scale', max, own.value, "the Revision's own min-scale");
  }
  if (max <= limit) return max;
  cutter.cuts.push(`max-scale stays as it was: ${max} is above the cluster's max-scale-limit ${limit}`);
  return undefined;
}

/** The Revision's own limits count last: what goes beyond them is denied, whatever the policy asks for. */
function minWithin(
  wanted: number,
  max: number | undefined,
  source: AutoscalingSource,
  activation: number | undefined,
  cutter: Cutter,
): number {
  let min = cutter.within(
    'min-scale',
    wanted,
    cutter.boundsOf('min-scale', ({ minScale }) => minScale),
  );
  min = cutter.atMost('min-scale', min, limitOf(source.config), "the cluster's max-scale-limit");
  const whose = max === undefined ? "the Revision's max-scale" : 'the max-scale beside it';
  min = cutter.atMost('min-scale', min, max ?? effectiveMaxScale(source).value, whose);
  return activation === undefined
    ? min
    : cutter.atMost('min-scale', min, activation, "the Revision's activation-scale");
}

function targetWithin(wanted: number, source: AutoscalingSource, cutter: Cutter): number {
  const metric = effectiveMetric(source).value;
  if (metric === 'rps') {
    return cutter.within(
      'target',
      wanted,
      cutter.boundsOf('rps-target', ({ rpsTarget }) => rpsTarget),
    );
  }
  if (metric !== 'concurrency') return wanted;
  return cutter.within(
    'target',
    wanted,
    cutter.boundsOf('target', ({ target }) => target),
  );
}

function limitOf({ maxScaleLimit }: AutoscalerConfig): number {
  return maxScaleLimit > 0 ? maxScaleLimit : UNLIMITED;
}

class Cutter {
  readonly cuts: string[] = [];
  readonly #policy: EffectivePolicy | undefined;
  readonly #lifted: ReadonlySet<string> | undefined;

  constructor({ policy, lifted }: Limits) {
    this.#policy = policy;
    this.#lifted = lifted;
  }

  /** None where the policy has turned the rule off, or an exception lets it be broken. */
  boundsOf(
    rule: string,
    pick: (autoscaling: NonNullable<EffectivePolicy['autoscaling']>) => NumberBounds | undefined,
  ): NumberBounds {
    if (this.#lifted?.has(`autoscaling/${rule}`) === true) return {};
    const { autoscaling, actions } = this.#policy ?? {};
    const action = actions?.[`autoscaling/${rule}`] ?? actions?.['autoscaling/*'];
    return (autoscaling === undefined || action === 'off' ? undefined : pick(autoscaling)) ?? {};
  }

  within(what: string, value: number, { min, max }: NumberBounds): number {
    const policy = this.#policy?.name ?? '';
    if (max !== undefined && value > max) return this.#cut(what, value, max, `the most that ${policy} allows`);
    if (min !== undefined && value < min) return this.#cut(what, value, min, `the least that ${policy} allows`);
    return value;
  }

  atMost(what: string, value: number, most: number, whose: string): number {
    return value > most ? this.#cut(what, value, most, whose) : value;
  }

  atLeast(what: string, value: number, least: number, whose: string): number {
    return value < least ? this.#cut(what, value, least, whose) : value;
  }

  #cut(what: string, value: number, to: number, why: string): number {
    const was = value === UNLIMITED ? `${what} without a limit` : `${what} ${value}`;
    this.cuts.push(`${was} is ${to < value ? 'cut' : 'raised'} to ${to}, ${why}`);
    return to;
  }
}
