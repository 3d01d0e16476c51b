/** What the Pods of a Revision say: which take requests, why none does, and which go first. */

import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import type { Instance } from '../../../src/platform/network/plane.ts';
import type { PodState } from '../../pods/door.ts';
import { PORT_ANNOTATION } from '../../pods/resources.ts';
import { annotationOf, conditionStatus } from '../read.ts';
import type { Failure } from '../runtime.ts';

export interface PodView {
  readonly pod: JsonObject;
  readonly uid: string;
  readonly name: string;
  /** Its condition Ready, while nobody deleted it. */
  readonly isReady: boolean;
  readonly isEnding: boolean;
  /** It ran to its end, and comes not back: it counts no more. */
  readonly hasEnded: boolean;
  /** At which its code listens; undefined where nobody said so yet. */
  readonly port: number | undefined;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/**
 * @param state of what runs it, which knows sooner what its status will say. `none` where that does not run it yet: after
 *   a restart its status is of the run before, and at its port may listen another by now
 */
export function viewOf(pod: JsonObject, state?: PodState | 'none'): PodView {
  const phase = stringAt(pod, 'status', 'phase');
  const isEnding = isBeingDeleted(pod);
  const hasEnded = phase === 'Failed' || phase === 'Succeeded';
  const created = Date.parse(stringAt(pod, 'metadata', 'creationTimestamp') ?? '');
  const now = state === 'none' ? { isReady: false, port: undefined, isEnding: false } : state;
  return {
    pod,
    uid: uidOf(pod),
    name: nameOf(pod),
    isReady: !isEnding && !hasEnded && (now?.isReady ?? conditionStatus(pod, 'Ready') === 'True'),
    isEnding: isEnding || now?.isEnding === true,
    hasEnded,
    port: now === undefined ? portOf(annotationOf(pod, PORT_ANNOTATION)) : now.port,
    created: Number.isNaN(created) ? 0 : created,
  };
}

function portOf(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : undefined;
}

/** As the Plane takes it; undefined of a Pod that takes no requests. */
export function instanceOf({ isReady, uid, port }: PodView): Instance | undefined {
  return isReady && port !== undefined ? { uid, port } : undefined;
}

/**
 * In the order in which they go where there are too many: those that are on their way out, those that are not ready, then
 * the youngest (as a ReplicaSet, k8s.io/kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks).
 */
export function inOrderOfLeaving(views: readonly PodView[], isLeaving: (uid: string) => boolean): PodView[] {
  const rank = (view: PodView): number => (isLeaving(view.uid) ? 0 : view.isReady ? 2 : 1);
  return [...views].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      right.created - left.created ||
      (left.name < right.name ? 1 : left.name > right.name ? -1 : 0),
  );
}

const CONTAINER_MISSING = 'ContainerMissing';

/**
 * Why none is ready, as Knative reads it off the first Pod that tells (knative/serving
 * pkg/reconciler/revision/reconcile_resources.go). An image that nothing stands for is told at once, as Knative tells of
 * an image that it does not find.
 *
 * @param overdueAfter a sentence's `10m0s` where the time to become ready is over
 */
export function failureOf(views: readonly PodView[], overdueAfter: string | undefined): Failure | undefined {
  for (const { pod } of views) {
    const failure = failureIn(pod, overdueAfter !== undefined);
    if (failure !== undefined) return failure;
  }
  if (overdueAfter === undefined) return undefined;
  const message = `No instance became ready within ${overdueAfter}.`;
  return { of: 'resources', reason: 'ProgressDeadlineExceeded', message };
}

function failureIn(pod: JsonObject, isOverdue: boolean): Failure | undefined {
  for (const condition of arrayAt(pod, 'status', 'conditions').filter(isObject)) {
    if (condition.type !== 'PodScheduled' || condition.status !== 'False') continue;
    return { of: 'resources', ...wordsOf(condition) };
  }
  const statuses = [...arrayAt(pod, 'status', 'initContainerStatuses'), ...arrayAt(pod, 'status', 'containerStatuses')];
  for (const status of statuses) {
    const waiting = objectAt(status, 'state', 'waiting');
    if (stringAt(waiting, 'reason') === CONTAINER_MISSING) return { of: 'container', ...wordsOf(waiting) };
    const ended = objectAt(status, 'lastState', 'terminated') ?? failedNow(objectAt(status, 'state', 'terminated'));
    if (ended !== undefined) return { of: 'container', ...exitOf(ended) };
    if (waiting !== undefined && isOverdue) return { of: 'resources', ...wordsOf(waiting) };
  }
  return undefined;
}

/** An init container that is done has ended, too, and well. */
function failedNow(ended: JsonObject | undefined): JsonObject | undefined {
  return (numberAt(ended, 'exitCode') ?? 0) === 0 ? undefined : ended;
}

function exitOf(ended: JsonObject): { readonly reason: string; readonly message: string } {
  const exitCode = numberAt(ended, 'exitCode') ?? 0;
  const said = stringAt(ended, 'message') ?? '';
  const message = exitCode === 0 && said === '' ? 'container exited with no error' : said;
  return { reason: `ExitCode${exitCode}`, message: `Container failed with: ${message}` };
}

function wordsOf(of: JsonObject | undefined): { readonly reason: string; readonly message: string } {
  return { reason: stringAt(of, 'reason') ?? '', message: stringAt(of, 'message') ?? '' };
}
