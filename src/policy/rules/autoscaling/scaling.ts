/** How a service is scaled, read once for each subject: what its rules and defaults have in common. */
import {
  type AnnotationKeys,
  annotationPath,
  type FoundAnnotation,
  HPA,
  KPA,
} from '../../../knative/autoscaling/annotations.ts';
import { autoscalerConfigOf } from '../../../knative/autoscaling/config.ts';
import { type AutoscalingSource, effectiveClass, effectiveMetric } from '../../../knative/autoscaling/effective.ts';
import { parseDuration } from '../../../knative/duration.ts';
import { parseFloat64, parseInt32 } from '../../../knative/goNumbers.ts';
import { asNumber, type JsonObject } from '../../../kubernetes/json.ts';
import { configuration, knativeService, revision } from '../../../kubernetes/kinds.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import type { Subject } from '../../engine/subject.ts';
import { rememberLast } from '../rememberLast.ts';

/** What Knative's autoscaler scales: by the template, or by a Revision that somebody writes, which is the template itself. */
export const scaledKinds = [knativeService, configuration, revision] as const;

const SCALED: ReadonlySet<string> = new Set(scaledKinds.map(({ key }) => key));

export function isScaled({ key }: Subject): boolean {
  return SCALED.has(key);
}

export interface Scaling extends AutoscalingSource {
  readonly annotations: JsonObject;
  readonly specPath: string;
  /** `kpa.autoscaling.knative.dev`, written or the cluster's default. */
  readonly className: string;
  readonly isKpa: boolean;
  readonly isHpa: boolean;
  /** What the class scales on where nothing is written: concurrency, and cpu for the HPA class. */
  readonly metric: string;
  /** containerConcurrency; 0 is no limit. */
  readonly containerConcurrency: number;
}

/** Undefined where there is no template, which Knative refuses by itself. */
export const scalingOf: (subject: Subject, policy: EffectivePolicy) => Scaling | undefined = rememberLast(
  (subject, policy) => {
    const { template } = subject;
    if (template === undefined) return undefined;

    const { annotations, annotationsPath, specPath } = template;
    const source = {
      annotations,
      path: annotationsPath,
      config: autoscalerConfigOf(policy.knative.autoscaler),
      containerConcurrency: asNumber(template.spec.containerConcurrency) ?? 0,
    };
    const className = effectiveClass(source).value;
    return {
      ...source,
      specPath,
      className,
      isKpa: className === KPA,
      isHpa: className === HPA,
      metric: effectiveMetric({ ...source, className }).value,
    };
  },
);

/**
 * As Knative looks, but a number counts as its text: without quotes it is refused (knative/schema), and what the author
 * meant still decides which defaults fit beside it.
 */
export function find({ annotations, path }: Scaling, annotation: AnnotationKeys): FoundAnnotation | undefined {
  for (const key of annotation) {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (typeof value === 'string' || typeof value === 'number') {
      return { key, value: `${value}`, path: annotationPath(path, key) };
    }
  }
  return undefined;
}

/** Whether any spelling of the annotation stands there, whatever its value. */
export function isWritten(scaling: Scaling, annotation: AnnotationKeys): boolean {
  for (const key of annotation) if (Object.hasOwn(scaling.annotations, key)) return true;
  return false;
}

/** Where the annotation stands, or would in Knative's own spelling. */
export function placeOf(scaling: Scaling, annotation: AnnotationKeys): string {
  return find(scaling, annotation)?.path ?? annotationPath(scaling.path, annotation[0]);
}

/** The written whole number; undefined where there is none, or one that Knative refuses. */
export function integerAt(scaling: Scaling, annotation: AnnotationKeys): number | undefined {
  const found = find(scaling, annotation);
  const parsed = found === undefined ? undefined : parseInt32(found.value);
  return parsed?.ok ? parsed.value : undefined;
}

export function floatAt(scaling: Scaling, annotation: AnnotationKeys): number | undefined {
  const found = find(scaling, annotation);
  const parsed = found === undefined ? undefined : parseFloat64(found.value);
  return parsed?.ok ? parsed.value : undefined;
}

/** A duration as Go writes it, in nanoseconds. */
export function nanoseconds(text: string): bigint | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.value : undefined;
}
