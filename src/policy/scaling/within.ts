/**
 * What of a wanted scale the environment's policy, the Revision itself and the cluster allow: what the controller writes,
 * and what `weir schedule` shows beforehand. Knative's webhook denies a write that goes beyond the latter two (knative/serving
 * pkg/apis/autoscaling/annotation_validation.go).
 */
import { ACTIVATION_SCALE, findKey } from '../../knative/autoscaling/annotations.ts';
import { type AutoscalerConfig, autoscalerConfigOf } from '../../knative/autoscaling/config.ts';
import {
  type AutoscalingSource,
  effectiveActivationScale,
  effectiveMaxScale,
  effectiveMetric,
  effectiveMinScale,
} from '../../knative/autoscaling/effective.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Scale } from '../../schedule/model.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { NumberBounds } from '../model/bounds.ts';
import { type BoundName, boundOfMetric, boundsOf } from './bounds.ts';

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

/**
 * @param annotations the Revision's, with the author's own values; undefined where nobody knows it: then only what holds
 *   for every Revision counts
 */
export function withinLimits(wanted: Scale, annotations: JsonObject | undefined, limits: Limits): Within {
  const cutter = new Cutter(limits);
  const config = autoscalerConfigOf(settingsOf(limits));
  const revision = annotations === undefined ? undefined : ({ annotations, path: '', config } satisfies Revision);
  const scaling: Scaling = { config, revision, activation: activationOf(revision) };

  const max = wanted.maxScale === undefined ? undefined : maxWithin(wanted, scaling, cutter);
  const min = wanted.minScale === undefined ? undefined : minWithin(wanted.minScale, max, scaling, cutter);
  const target = wanted.target === undefined ? undefined : targetWithin(wanted.target, revision, cutter);
  return {
    scale: {
      ...(min === undefined ? {} : { minScale: min }),
      ...(max === undefined ? {} : { maxScale: max === UNLIMITED ? 0 : max }),
      ...(target === undefined ? {} : { target }),
    },
    cuts: cutter.cuts,
  };
}

type Revision = AutoscalingSource & { readonly annotations: JsonObject };

interface Scaling {
  readonly config: AutoscalerConfig;
  readonly revision: Revision | undefined;
  /** As its author wrote it; undefined where nobody did. */
  readonly activation: number | undefined;
}

function activationOf(revision: Revision | undefined): number | undefined {
  if (revision === undefined || findKey(revision.annotations, ACTIVATION_SCALE) === undefined) return undefined;
  return effectiveActivationScale(revision).value;
}

function settingsOf({ policy, autoscaler }: Limits): Readonly<Record<string, string>> {
  if (autoscaler === undefined) return policy?.knative.autoscaler ?? NO_SETTINGS;
  if (policy === undefined) return autoscaler;
  return { ...policy.knative.autoscaler, ...autoscaler };
}

const NO_SETTINGS: Readonly<Record<string, string>> = {};

/** Undefined where the Revision asks for more than the cluster's limit: then any max-scale is denied beside that. */
function maxWithin(wanted: Scale, { config, revision, activation }: Scaling, cutter: Cutter): number | undefined {
  const limit = limitOf(config);
  let max = wanted.maxScale === undefined || wanted.maxScale <= 0 ? UNLIMITED : wanted.maxScale;
  max = cutter.within('max-scale', max, cutter.boundsOf('maxScale'));
  max = cutter.atMost('max-scale', max, limit, "the cluster's max-scale-limit");
  if (activation !== undefined) max = cutter.atLeast('max-scale', max, activation, "the Revision's activation-scale");
  const own = revision === undefined ? undefined : effectiveMinScale(revision);
  if (wanted.minScale === undefined && own?.isSet === true) {
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
  { config, revision, activation }: Scaling,
  cutter: Cutter,
): number {
  let min = cutter.within('min-scale', wanted, cutter.boundsOf('minScale'));
  min = cutter.atMost('min-scale', min, limitOf(config), "the cluster's max-scale-limit");
  if (max !== undefined) min = cutter.atMost('min-scale', min, max, 'the max-scale beside it');
  else if (revision !== undefined) {
    min = cutter.atMost('min-scale', min, effectiveMaxScale(revision).value, "the Revision's max-scale");
  }
  return activation === undefined
    ? min
    : cutter.atMost('min-scale', min, activation, "the Revision's activation-scale");
}

function targetWithin(wanted: number, revision: Revision | undefined, cutter: Cutter): number {
  if (revision === undefined) return cutter.within('target', wanted, cutter.boundsOfAnyTarget());
  const bound = boundOfMetric(effectiveMetric(revision).value);
  return bound === undefined ? wanted : cutter.within('target', wanted, cutter.boundsOf(bound));
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

  boundsOf(name: BoundName): NumberBounds {
    return boundsOf(name, this.#policy, this.#lifted);
  }

  /** Of a metric that nobody knows: what goes beyond these is cut whichever it is. */
  boundsOfAnyTarget(): NumberBounds {
    const [one, other] = [this.boundsOf('target'), this.boundsOf('rpsTarget')];
    return {
      ...(one.max === undefined || other.max === undefined ? {} : { max: Math.max(one.max, other.max) }),
      ...(one.min === undefined || other.min === undefined ? {} : { min: Math.min(one.min, other.min) }),
    };
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
