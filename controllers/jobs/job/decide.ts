/** What a Job is to do next: pure (k8s.io/kubernetes pkg/controller/job/job_controller.go). */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { endOf, indexOf, type Standing } from './pods.ts';

export interface Decision {
  /** How it ended. */
  readonly end?: { readonly type: 'Complete' | 'Failed'; readonly reason: string; readonly message: string };
  readonly isSuspended: boolean;
  /** One a Pod that is to be made; its index where the Job is Indexed. */
  readonly create: readonly (number | undefined)[];
  readonly remove: readonly JsonObject[];
  /** When to look again. */
  readonly again: Date | undefined;
}

const FIRST_BACKOFF_MS = 10_000;
const MOST_BACKOFF_MS = 600_000;
const USUAL_BACKOFF_LIMIT = 6;

/** @param startedAt undefined for one that was not started yet, or is suspended */
export function decide(job: JsonObject, standing: Standing, startedAt: Date | undefined, now: Date): Decision {
  const { active } = standing;
  const nothing = { isSuspended: false, create: [], remove: [], again: undefined };
  const end = failureOf(job, standing, startedAt, now) ?? successOf(job, standing);
  if (end !== undefined) return { ...nothing, end, remove: active };
  if (isSuspended(job)) return { ...nothing, isSuspended: true, remove: active };

  const deadline = deadlineOf(job, startedAt);
  const wanted = wantedOf(job, standing);
  if (active.length > wanted) return { ...nothing, remove: active.slice(wanted), again: deadline };
  if (active.length === wanted) return { ...nothing, again: deadline };
  const earliest = earliestStart(standing);
  if (earliest > now.getTime()) return { ...nothing, again: sooner(new Date(earliest), deadline) };
  return { ...nothing, create: newOnes(job, standing, wanted - active.length), again: deadline };
}

export function isSuspended(job: JsonObject): boolean {
  return isObject(job.spec) && job.spec.suspend === true;
}

/** `Complete` or `Failed`, once it is over. */
export function finishedAs(job: JsonObject): string | undefined {
  const found = arrayAt(job, 'status', 'conditions').find(
    (each) => stringAt(each, 'status') === 'True' && ['Complete', 'Failed'].includes(stringAt(each, 'type') ?? ''),
  );
  return stringAt(found, 'type');
}

function failureOf(
  job: JsonObject,
  { failed, restarts }: Standing,
  startedAt: Date | undefined,
  now: Date,
): Decision['end'] {
  const limit = numberAt(job, 'spec', 'backoffLimit') ?? USUAL_BACKOFF_LIMIT;
  const isRestarting = stringAt(job, 'spec', 'template', 'spec', 'restartPolicy') === 'OnFailure';
  const tries = failed.length + (isRestarting ? restarts : 0);
  if (tries > limit || (isRestarting && limit === 0 && restarts > 0)) {
    const message = 'Job has reached the specified backoff limit';
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message };
  }
  const deadline = deadlineOf(job, startedAt);
  if (deadline !== undefined && deadline.getTime() <= now.getTime() && !isSuspended(job)) {
    const message = 'Job was active longer than specified deadline';
    return { type: 'Failed', reason: 'DeadlineExceeded', message };
  }
  return undefined;
}

function successOf(job: JsonObject, { succeeded, active }: Standing): Decision['end'] {
  const completions = numberAt(job, 'spec', 'completions');
  const done = isIndexed(job) ? new Set(succeeded.map(indexOf)).size : succeeded.length;
  const isDone = completions === undefined ? done > 0 && active.length === 0 : done >= completions;
  if (!isDone) return undefined;
  return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

function deadlineOf(job: JsonObject, startedAt: Date | undefined): Date | undefined {
  const seconds = numberAt(job, 'spec', 'activeDeadlineSeconds');
  return seconds === undefined || startedAt === undefined ? undefined : new Date(startedAt.getTime() + seconds * 1000);
}

function wantedOf(job: JsonObject, { active, succeeded }: Standing): number {
  const parallelism = numberAt(job, 'spec', 'parallelism') ?? 1;
  const completions = numberAt(job, 'spec', 'completions');
  // a Job that counts none is done with the first that succeeds, and the others finish
  if (completions === undefined) return succeeded.length > 0 ? Math.min(active.length, parallelism) : parallelism;
  const done = isIndexed(job) ? new Set(succeeded.map(indexOf)).size : succeeded.length;
  return Math.min(parallelism, Math.max(0, completions - done));
}

/** Ten seconds after the first failure, doubled with each more, without those that a success came after. */
function earliestStart({ failed, succeeded }: Standing): number {
  const lastSuccess = Math.max(0, ...succeeded.map(endOf));
  const since = failed.map(endOf).filter((end) => end >= lastSuccess);
  if (since.length === 0) return 0;
  const wait = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(since.length - 1, 20), MOST_BACKOFF_MS);
  return Math.max(...since) + wait;
}

export function isIndexed(job: JsonObject): boolean {
  return stringAt(job, 'spec', 'completionMode') === 'Indexed';
}

function newOnes(job: JsonObject, { active, succeeded }: Standing, count: number): (number | undefined)[] {
  if (!isIndexed(job)) return Array.from({ length: count }, () => undefined);
  const taken = new Set([...active, ...succeeded].map(indexOf));
  const completions = numberAt(job, 'spec', 'completions') ?? 0;
  const free: number[] = [];
  for (let index = 0; index < completions && free.length < count; index++) if (!taken.has(index)) free.push(index);
  return free;
}

function sooner(one: Date, other: Date | undefined): Date {
  return other === undefined || one.getTime() < other.getTime() ? one : other;
}
