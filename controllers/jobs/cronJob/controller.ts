/** Wires the controller of CronJobs, and brings one of them on: a key is its namespace and name. */
import { ApiError, isNotFound } from '../../../src/kubernetes/client/errors.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { equals, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo, uidOf } from '../../../src/kubernetes/object.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import type { MakeController, Outcome, Round, Tools } from '../../manager/controller.ts';
import { finishedAs } from '../job/decide.ts';
import { ownedBy, ownersKey, ownKey } from '../owned.ts';
import { cronJobs, jobs } from '../resources.ts';
import { beyond, jobFor } from './jobs.ts';
import { momentsOf } from './moments.ts';

export const cronJobController: MakeController = (tools) => {
  const cronJobStore = tools.follow({ resource: cronJobs, keysOf: ownKey }).store;
  const jobStore = tools.follow({ resource: jobs, keysOf: (change) => ownersKey('CronJob', change) }).store;
  return {
    name: 'cronjobs',
    rights: [
      { resource: cronJobs, subresource: 'status', verbs: ['patch'] },
      { resource: jobs, verbs: ['create', 'delete'] },
    ],
    reconcile: (key, round) => reconcile(key, round, { ...tools, cronJobStore, jobStore }),
  };
};

type Dependencies = Tools & { readonly cronJobStore: Store; readonly jobStore: Store };

const SUCCESSES_KEPT = 3;
const FAILURES_KEPT = 1;

async function reconcile(key: string, round: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const [namespace = '', name = ''] = key.split('/');
  const cronJob = tools.cronJobStore.find(namespace, name);
  if (cronJob === undefined || isBeingDeleted(cronJob)) return undefined;
  const now = tools.clock.now();
  const owned = ownedBy(cronJob, tools.jobStore);
  await forgetOld(cronJob, owned, round, tools);
  const active = owned.filter((job) => finishedAs(job) === undefined && !isBeingDeleted(job));

  const moments = momentsOf(cronJob, now);
  if (typeof moments === 'string') {
    tell(cronJob, 'Warning', 'UnparseableSchedule', moments, tools);
    await writeStatus(cronJob, active, owned, undefined, round);
    return undefined;
  }
  let started: Date | undefined;
  if (moments.due !== undefined && objectAt(cronJob, 'spec')?.suspend !== true) {
    started = await startAt(moments.due, cronJob, active, round, tools);
  }
  await writeStatus(cronJob, active, owned, started, round);
  return moments.next === undefined ? undefined : { again: moments.next };
}

/** @returns the moment, once its Job is there; undefined where it is passed over */
async function startAt(
  moment: Date,
  cronJob: JsonObject,
  active: JsonObject[],
  { client }: Round,
  tools: Dependencies,
): Promise<Date | undefined> {
  const policy = stringAt(cronJob, 'spec', 'concurrencyPolicy') ?? 'Allow';
  if (policy === 'Forbid' && active.length > 0) {
    const note = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    tell(cronJob, 'Normal', 'JobAlreadyActive', note, tools);
    return undefined;
  }
  if (policy === 'Replace') for (const job of active.splice(0)) await remove(job, client, cronJob, tools);
  try {
    const job = await client.create(jobs, jobFor(cronJob, moment));
    active.push(job);
    tell(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${nameOf(job)}`, tools);
  } catch (error) {
    // it was made, and its status was not written
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  }
  return moment;
}

async function forgetOld(
  cronJob: JsonObject,
  owned: JsonObject[],
  { client }: Round,
  tools: Dependencies,
): Promise<void> {
  const limits = [
    ['Complete', numberAt(cronJob, 'spec', 'successfulJobsHistoryLimit') ?? SUCCESSES_KEPT],
    ['Failed', numberAt(cronJob, 'spec', 'failedJobsHistoryLimit') ?? FAILURES_KEPT],
  ] as const;
  for (const [as, kept] of limits) {
    const finished = owned.filter((job) => finishedAs(job) === as && !isBeingDeleted(job));
    for (const job of beyond(finished, kept)) await remove(job, client, cronJob, tools);
  }
}

async function remove(
  job: JsonObject,
  client: Round['client'],
  cronJob: JsonObject,
  tools: Dependencies,
): Promise<void> {
  const { namespace, name } = referenceTo(job);
  const options = { propagationPolicy: 'Background', preconditions: { uid: uidOf(job) } } as const;
  try {
    await client.delete(jobs, { namespace, name }, options);
    tell(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`, tools);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function writeStatus(
  cronJob: JsonObject,
  active: readonly JsonObject[],
  owned: readonly JsonObject[],
  started: Date | undefined,
  { client }: Round,
): Promise<void> {
  const { namespace, name } = referenceTo(cronJob);
  const references = active.map((job) => {
    const resourceVersion = stringAt(job, 'metadata', 'resourceVersion') ?? '';
    return { apiVersion: 'batch/v1', kind: 'Job', namespace, name: nameOf(job), uid: uidOf(job), resourceVersion };
  });
  const ends = owned
    .filter((job) => finishedAs(job) === 'Complete')
    .map((job) => stringAt(job, 'status', 'completionTime') ?? '')
    .sort();
  const lastSuccess = ends.at(-1) ?? '';
  const before = objectAt(cronJob, 'status');
  const isLater = lastSuccess > (stringAt(before, 'lastSuccessfulTime') ?? '');
  const names = (list: unknown): string[] =>
    Array.isArray(list) ? list.map((each) => stringAt(each, 'uid') ?? '') : [];
  const isSame = equals(names(before?.active), names(references));
  if (isSame && !isLater && started === undefined) return;
  const status = {
    active: references.length === 0 ? null : references,
    ...(started === undefined ? {} : { lastScheduleTime: timeText(started) }),
    ...(isLater ? { lastSuccessfulTime: lastSuccess } : {}),
  };
  const body = { metadata: { uid: uidOf(cronJob) }, status };
  await client.patch(cronJobs, { namespace, name, subresource: 'status' }, { type: 'merge', body });
}

function tell(cronJob: JsonObject, type: 'Normal' | 'Warning', reason: string, note: string, { record }: Tools): void {
  const { namespace, name } = referenceTo(cronJob);
  const regarding = { apiVersion: 'batch/v1', kind: 'CronJob', namespace, name, uid: uidOf(cronJob) };
  record({ regarding, type, reason, action: reason, note });
}
