/**
 * The author's values once more, on the PodAutoscaler of the Revision that is held, with the name of who holds it.
 *
 * A schedule that is deleted takes its status along. What was there before must outlive it, also while nobody watches:
 * the PodAutoscaler lives as long as its Revision, Git does not know it, and Knative leaves annotations of other groups
 * on it alone (knative/serving pkg/reconciler/revision/reconcile_resources.go syncAnnotationsForKPA), changing neither
 * ServerlessService nor Metric for them, whose annotations it writes only when it makes them.
 */
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { type Authored, readAuthored } from './authors.ts';

export const TRACE_ANNOTATION = 'weir.dev/author-scale';

export interface Trace {
  /** `ScalingSchedule/business-hours`. */
  readonly holder: string;
  readonly authored: Authored;
}

/** Undefined where there is none, or none that can be read: anybody who may write a PodAutoscaler may write anything. */
export function traceOf(podAutoscaler: JsonObject | undefined): Trace | undefined {
  const text = stringAt(podAutoscaler, 'metadata', 'annotations', TRACE_ANNOTATION);
  if (text === undefined) return undefined;
  const value = parsed(text);
  const holder = stringAt(value, 'holder');
  const authored = isObject(value) ? readAuthored(value.authored) : undefined;
  return holder === undefined || authored === undefined ? undefined : { holder, authored };
}

export function traceText({ holder, authored }: Trace): string {
  return JSON.stringify({ holder, authored });
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
