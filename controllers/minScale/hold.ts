/** What has to be written so that a Revision is held at a scale, or is again what its author wrote: objects in, writes out. */
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { type Limits, withinLimits } from '../../src/policy/scaling/within.ts';
import type { Scale } from '../../src/schedule/model.ts';
import { type Authored, annotationsFor, changeBetween, HELD_KEYS, heldAnnotations } from './authors.ts';
import type { Claim } from './claim.ts';
import { TRACE_ANNOTATION, traceOf, traceText } from './trace.ts';

export interface Held {
  readonly revision: JsonObject;
  readonly podAutoscaler: JsonObject;
  /** What the claim's holder has recorded as the author's, if anything. */
  readonly recorded: Authored | undefined;
}

/** One object's annotations: null takes a key away. */
export type AnnotationChange = Readonly<Record<string, string | null>>;

export interface Plan {
  /** What comes back in the end. */
  readonly authored: Authored;
  /** The claim within its limits; undefined where the author's values come back. */
  readonly scale: Scale | undefined;
  readonly cuts: readonly string[];
  /** On the PodAutoscaler, before `scaling`, or after it where the trace is taken away. */
  readonly trace: AnnotationChange;
  /** On the object at home. */
  readonly scaling: AnnotationChange;
}

/** Nobody has recorded yet what the author wrote: it has to be read from the API server itself, where a cache may be late. */
export function isUnrecorded({ podAutoscaler, recorded }: Held): boolean {
  return recorded === undefined && traceOf(podAutoscaler) === undefined;
}

/** What its author wrote: the trace knows it, then who holds it; what nobody recorded stands there still. */
export function authoredOf(held: Held, home: ScalingHome): Authored {
  return traceOf(held.podAutoscaler)?.authored ?? held.recorded ?? heldAnnotations(homeOf(held, home));
}

export function planHold(held: Held, claim: Claim, home: ScalingHome, limits: Limits): Plan {
  const { podAutoscaler } = held;
  const authored = authoredOf(held, home);
  const object = homeOf(held, home);
  const { scale, cuts } = withinLimits(claim.scale, asAuthored(object, authored), limits);
  const text = traceText({ holder: claim.holder, authored });
  const isTraced = stringAt(podAutoscaler, 'metadata', 'annotations', TRACE_ANNOTATION) === text;
  return {
    authored,
    scale,
    cuts,
    trace: isTraced ? {} : { [TRACE_ANNOTATION]: text },
    scaling: changeBetween(heldAnnotations(object), annotationsFor(scale, authored)),
  };
}

export function planPutBack(held: Held, home: ScalingHome): Plan {
  const authored = authoredOf(held, home);
  const isTraced = stringAt(held.podAutoscaler, 'metadata', 'annotations', TRACE_ANNOTATION) !== undefined;
  return {
    authored,
    scale: undefined,
    cuts: [],
    trace: isTraced ? { [TRACE_ANNOTATION]: null } : {},
    scaling: changeBetween(heldAnnotations(homeOf(held, home)), authored),
  };
}

export function isEmpty(change: AnnotationChange): boolean {
  return Object.keys(change).length === 0;
}

export function homeOf({ revision, podAutoscaler }: Held, home: ScalingHome): JsonObject {
  return home === 'revision' ? revision : podAutoscaler;
}

/** The object's annotations with the author's values in place of what is held. */
function asAuthored(object: JsonObject, authored: Authored): JsonObject {
  const annotations = { ...objectAt(object, 'metadata', 'annotations') };
  for (const key of HELD_KEYS) delete annotations[key];
  return { ...annotations, ...authored };
}
