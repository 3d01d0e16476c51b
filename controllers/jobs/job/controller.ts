/** Wires the controller of Jobs, and brings one of them on: a key is its namespace and name. */

import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { equals, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo, uidOf } from '../../../src/kubernetes/object.ts';
import type { MakeController, Outcome, Round, Tools } from '../../manager/controller.ts';
import { ownedBy, ownersKey, ownKey } from '../owned.ts';
import { jobs } from '../resources.ts';
import { type Decision, decide, finishedAs } from './decide.ts';
import { podFor, standingOf } from './pods.ts';
import { statusOf } from './status.ts';

const WORKERS = 4;

export const jobController: MakeController = (tools) => {
  const jobStore = tools.follow({ resource: jobs, keysOf: ownKey }).store;
  const podStore = tools.follow({ resource: pods, keysOf: (change) => ownersKey('Job', change) }).store;
  return {
    name: 'jobs',
    workers: WORKERS,
    rights: [
      { resource: jobs, verbs: ['delete'] },
      { resource: jobs, subresource: 'status', verbs: ['patch'] },
      { resource: pods, verbs: ['create', 'delete'] },
    ],
    reconcile: (key, round) => reconcile(key, round, { ...tools, jobStore, podStore }),
  };
};

type Dependencies = Tools & { readonly jobStore: Store; readonly podStore: Store };

async function reconcile(key: string, round: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const [namespace = '', name = ''] = key.split('/');
  const job = tools.jobStore.find(namespace, name);
  if (job === undefined || isBeingDeleted(job)) return undefined;
  const now = tools.clock.now();
  const standing = standingOf(ownedBy(job, tools.podStore));
  if (finishedAs(job) !== undefined) {
    for (const pod of standing.active) await remove(pod, round);
    return removeInTime(job, round, now);
  }
  const started = stringAt(job, 'status', 'startTime');
  const decision = decide(job, standing, started === undefined ? undefined : new Date(started), now);
  for (const index of decision.create) {
    const pod = await round.client.create(pods, podFor(job, index, tools.random));
    tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(pod)}`, tools);
  }
  for (const pod of decision.remove) {
    await remove(pod, round);
    tell(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`, tools);
  }
  const status = statusOf(job, standing, decision, now);
  if (!isIn(status, objectAt(job, 'status'))) {
    const body = { metadata: { uid: uidOf(job) }, status };
    await round.client.patch(jobs, { namespace, name, subresource: 'status' }, { type: 'merge', body });
    tellEnd(job, decision, tools);
  }
  // without a start time no deadline is known: the status that was just written brings the next look
  return decision.again === undefined ? undefined : { again: decision.again };
}

async function removeInTime(job: JsonObject, { client }: Round, now: Date): Promise<Outcome | undefined> {
  const seconds = numberAt(job, 'spec', 'ttlSecondsAfterFinished');
  if (seconds === undefined) return undefined;
  const conditions = objectAt(job, 'status')?.conditions;
  const list = Array.isArray(conditions) ? conditions : [];
  const end = list.find((each) => stringAt(each, 'type') === finishedAs(job));
  const at = Date.parse(stringAt(end, 'lastTransitionTime') ?? '') + seconds * 1000;
  if (at > now.getTime()) return { again: new Date(at) };
  const { namespace, name } = referenceTo(job);
  const options = { propagationPolicy: 'Foreground', preconditions: { uid: uidOf(job) } } as const;
  await client.delete(jobs, { namespace, name }, options).catch(unlessGone);
  return undefined;
}

async function remove(pod: JsonObject, { client }: Round): Promise<void> {
  const { namespace, name } = referenceTo(pod);
  await client.delete(pods, { namespace, name }, { preconditions: { uid: uidOf(pod) } }).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** What is null in a patch is what is not there. */
function isIn(wanted: JsonObject, there: JsonObject | undefined): boolean {
  return Object.entries(wanted).every(([key, value]) =>
    value === null ? (there?.[key] ?? 0) === 0 : equals(value, there?.[key]),
  );
}

function tellEnd(job: JsonObject, { end }: Decision, tools: Dependencies): void {
  if (end?.type === 'Complete') tell(job, 'Normal', 'Completed', 'Job completed', tools);
  else if (end !== undefined) tell(job, 'Warning', end.reason, end.message, tools);
}

function tell(job: JsonObject, type: 'Normal' | 'Warning', reason: string, note: string, { record }: Tools): void {
  const { namespace, name } = referenceTo(job);
  const regarding = { apiVersion: 'batch/v1', kind: 'Job', namespace, name, uid: uidOf(job) };
  record({ regarding, type, reason, action: reason, note });
}
