/** The status of a Job: pure. */
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import { type Decision, isIndexed } from './decide.ts';
import { indexOf, type Standing } from './pods.ts';

export function statusOf(job: JsonObject, standing: Standing, decision: Decision, now: Date): JsonObject {
  const { end, isSuspended } = decision;
  const startTime = isSuspended ? undefined : (stringAt(job, 'status', 'startTime') ?? timeText(now));
  const active = end === undefined && !isSuspended ? standing.active.length + decision.create.length : 0;
  return {
    ...(startTime === undefined ? {} : { startTime }),
    ...(end?.type === 'Complete' ? { completionTime: timeText(now) } : {}),
    ...counted('active', active),
    ...counted('succeeded', standing.succeeded.length),
    ...counted('failed', standing.failed.length),
    ready: end === undefined ? standing.ready : 0,
    terminating: 0,
    uncountedTerminatedPods: {},
    ...(isIndexed(job) ? { completedIndexes: intervals(standing.succeeded) } : {}),
    ...conditions(job, decision, now),
  };
}

function counted(field: string, count: number): JsonObject {
  return { [field]: count === 0 ? null : count };
}

function conditions(job: JsonObject, { end, isSuspended }: Decision, now: Date): JsonObject {
  const before = arrayAt(job, 'status', 'conditions').filter(isObject);
  const wanted: JsonObject[] = [];
  const wasSuspended = before.find(({ type }) => type === 'Suspended')?.status === 'True';
  if (isSuspended !== wasSuspended) {
    const [reason, message] = isSuspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
    wanted.push({ type: 'Suspended', status: isSuspended ? 'True' : 'False', reason, message });
  }
  if (end !== undefined) {
    // what comes before both is said with them: nothing here is between the two
    const { type, reason, message } = end;
    const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    wanted.push({ type: first, status: 'True', reason, message }, { type, status: 'True', reason, message });
  }
  if (wanted.length === 0) return {};
  const kept = before.filter(({ type }) => !wanted.some((each) => each.type === type));
  const at = timeText(now);
  return { conditions: [...kept, ...wanted.map((each) => ({ ...each, lastProbeTime: at, lastTransitionTime: at }))] };
}

/** `0,2-4`. */
function intervals(succeeded: readonly JsonObject[]): string {
  const indexes = [...new Set(succeeded.map(indexOf))].filter((index) => index !== undefined);
  indexes.sort((left, right) => left - right);
  const parts: string[] = [];
  for (let at = 0; at < indexes.length; ) {
    const first = indexes[at] ?? 0;
    let last = first;
    while (indexes[++at] === last + 1) last++;
    parts.push(first === last ? String(first) : `${first}${last === first + 1 ? ',' : '-'}${last}`);
  }
  return parts.join(',');
}
