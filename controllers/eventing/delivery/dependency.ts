/** What a Trigger waits for before it counts as ready: the source that its annotation names. */
import { isObject, type JsonObject, type JsonValue, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf } from '../../../src/kubernetes/object.ts';
import { generationOf, isOfNow } from '../../serving/read.ts';
import type { Conditions } from '../../status/conditions.ts';
import { conditionOf } from '../conditions.ts';

const DEPENDENCY = 'knative.dev/dependency';
const READY = 'DependencyReady';

export type Dependency =
  /** The annotation cannot be read. */
  | { readonly is: 'unreadable'; readonly problem: string }
  /** Of a kind that nobody looks at. */
  | { readonly is: 'unknown'; readonly problem: string }
  | { readonly is: 'gone'; readonly problem: string }
  | { readonly is: 'there'; readonly object: JsonObject };

export function dependencyText(trigger: JsonObject): string | undefined {
  const text = annotationsOf(trigger)[DEPENDENCY];
  return typeof text === 'string' ? text : undefined;
}

/** The ObjectReference of the annotation. */
export function readDependency(
  text: string,
): { readonly apiVersion: string; readonly kind: string; readonly name: string } | { readonly problem: string } {
  try {
    const value: JsonValue = JSON.parse(text);
    if (!isObject(value)) return { problem: `${text} is no object` };
    const {
      apiVersion = '',
      kind = '',
      name = '',
    } = {
      apiVersion: stringAt(value, 'apiVersion'),
      kind: stringAt(value, 'kind'),
      name: stringAt(value, 'name'),
    };
    return { apiVersion, kind, name };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

export function markDependency(
  conditions: Conditions,
  trigger: JsonObject,
  dependency: (text: string) => Dependency,
): void {
  const text = dependencyText(trigger);
  if (text === undefined) {
    conditions.markTrue(READY);
    return;
  }
  const found = dependency(text);
  if (found.is === 'unreadable') {
    const message = `Unable to unmarshal objectReference from dependency annotation of trigger: ${found.problem}`;
    conditions.markFalse(READY, 'ReferenceError', message);
  } else if (found.is === 'unknown') {
    conditions.markUnknown(READY, 'ListerDoesNotExist', `Failed to retrieve lister: ${found.problem}`);
  } else if (found.is === 'gone') {
    conditions.markFalse(READY, 'DependencyDoesNotExist', `Dependency does not exist: ${found.problem}`);
  } else propagate(conditions, found.object);
}

function propagate(conditions: Conditions, source: JsonObject): void {
  if (!isOfNow(source)) {
    const observed = numberAt(source, 'status', 'observedGeneration') ?? 0;
    const message = `The dependency's metadata.generation, ${generationOf(source)}, is not equal to its status.observedGeneration, ${observed}.`;
    conditions.markUnknown(READY, 'GenerationNotEqual', message);
    return;
  }
  const ready = conditionOf(source, 'Ready');
  if (ready === undefined) {
    conditions.markUnknown(READY, 'DependencyNotConfigured', 'Dependency has not yet been reconciled.');
  } else conditions.mark({ ...ready, type: READY });
}
