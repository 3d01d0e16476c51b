/**
 * Brings one Pod from its object to processes, and tells in its status what they do. Level-based: what runs is kept by
 * the Pod's uid, so that a second look starts nothing twice.
 */

import { isConflict, isNotFound } from '../../src/kubernetes/client/errors.ts';
import { pods } from '../../src/kubernetes/client/resources.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import { equals, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { isBeingDeleted, nameOf } from '../../src/kubernetes/object.ts';
import type { Outcome, Round, Tools } from '../manager/controller.ts';
import type { PodControllerParts } from './controller.ts';
import { graceOf, PodRun } from './pod/pod.ts';
import type { PodView } from './pod/state.ts';
import type { PodTools, Tell } from './pod/tools.ts';
import { PORT_ANNOTATION } from './resources.ts';
import { statusOf, unscheduled } from './status/status.ts';
import { NODE } from './surroundings/fields.ts';

export interface Dependencies extends Omit<PodControllerParts, 'tools'> {
  readonly store: Store;
  readonly tools: PodTools;
  readonly clock: Clock;
  readonly log: Log;
  readonly enqueue: Tools['enqueue'];
  readonly record: Tools['record'];
  readonly tidied: { isDone: boolean };
  /** Keys of Pods that found no room. */
  readonly waiting: Set<string>;
}

/** How long what was deleted without any grace has to end. */
const GONE_MS = 2_000;
/** When a Pod that found no room is looked at again, at the latest. */
const ROOM_MS = 5_000;
/** That a Pod is ready is written so much later: the request that it was started for goes its way in this process, too. */
const READY_MS = 25;

export async function reconcile(key: string, round: Round, tools: Dependencies): Promise<Outcome | undefined> {
  tidyOnce(tools);
  const [namespace = '', name = ''] = key.split('/');
  const pod = tools.store.find(namespace, name);
  const uid = stringAt(pod, 'metadata', 'uid') ?? '';
  const known = tools.runs.find(key);
  if (known !== undefined && known.uid !== uid) letGo(key, known, { namespace, name }, tools);
  if (pod === undefined) return undefined;

  const run = tools.runs.find(key) ?? (mayRun(pod) ? start(key, pod, tools) : undefined);
  if (run === 'no room') return waitForRoom(key, pod, round, tools);
  if (run === undefined) {
    if (isBeingDeleted(pod)) await remove(pod, round, tools);
    return undefined;
  }
  run.update(pod);
  run.refresh();
  if (isBeingDeleted(pod)) endAsAsked(run, pod);
  await bind(pod, round);
  // what ends while this is written is told, and put away, by the round that follows
  const view = run.view();
  await tell(view, pod, round, tools);
  if (!view.isOver) return undefined;
  if (isBeingDeleted(pod)) await remove(pod, round, tools);
  forget(key, run, tools);
  return undefined;
}

function mayRun(pod: JsonObject): boolean {
  const phase = stringAt(pod, 'status', 'phase');
  return !isBeingDeleted(pod) && phase !== 'Succeeded' && phase !== 'Failed';
}

function start(key: string, pod: JsonObject, tools: Dependencies): PodRun | 'no room' {
  if (tools.runs.size >= tools.mostPods) return 'no room';
  const uid = stringAt(pod, 'metadata', 'uid') ?? '';
  let wasReady = false;
  const run: PodRun = new PodRun({
    pod,
    tools: tools.tools,
    tell: tellOf(pod, tools),
    onChange() {
      const state = run.state();
      tools.listeners.tell(state);
      if (state.isReady && !wasReady) tools.clock.after(READY_MS, () => tools.enqueue(key));
      else tools.enqueue(key);
      wasReady = state.isReady;
    },
  });
  if (run.uid !== uid) throw new Error(`Pod ${key} has no uid`);
  tools.runs.add(key, run);
  run.begin();
  return run;
}

async function waitForRoom(key: string, pod: JsonObject, round: Round, tools: Dependencies): Promise<Outcome> {
  const { clock, mostPods, waiting } = tools;
  waiting.add(key);
  const message = `0/1 nodes are available: ${mostPods} Pods run already, and no more may at once.`;
  const status = unscheduled(pod, message, clock.now());
  if (!isIn(status, objectAt(pod, 'status'))) await patchStatus(pod, { status }, round);
  return { again: new Date(clock.now().getTime() + ROOM_MS) };
}

function endAsAsked(run: PodRun, pod: JsonObject): void {
  const seconds = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? graceOf(pod);
  void run.end(seconds * 1000);
}

/** Its object is gone, or another Pod has its name: it ends by itself. */
function letGo(
  key: string,
  run: PodRun,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  tools: Dependencies,
): void {
  tools.runs.detach(key);
  const finish = (): void => {
    forget(key, run, tools);
    clean(namespace, name, run.uid, tools);
  };
  if (run.isOver) {
    finish();
    return;
  }
  void run
    .end(GONE_MS)
    .then(() => whenOver(run, tools.clock))
    .finally(finish);
}

const LOOK_MS = 50;

/** Its processes are gone a moment before all of it is put away. */
function whenOver(run: PodRun, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (run.isOver) resolve();
      else clock.after(LOOK_MS, look);
    };
    look();
  });
}

function forget(key: string, run: PodRun, { runs, listeners, waiting, enqueue }: Dependencies): void {
  runs.remove(key, run);
  listeners.forget(run.uid);
  // there is room now: whoever finds none again waits again
  for (const each of waiting) enqueue(each);
  waiting.clear();
}

function clean(namespace: string, pod: string, uid: string, { tools }: Dependencies): void {
  tools.logs.remove({ namespace, pod, uid });
  tools.folderOf(uid).remove();
}

/** Says that it is gone, which its object waited for. */
async function remove(pod: JsonObject, { client }: Round, tools: Dependencies): Promise<void> {
  const { namespace, name, uid } = identityOf(pod);
  try {
    await client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
  } catch (error) {
    // another of its name is there, or it went by itself
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
  clean(namespace, name, uid, tools);
}

async function bind(pod: JsonObject, { client }: Round): Promise<void> {
  if ((stringAt(pod, 'spec', 'nodeName') ?? '') !== '' || isBeingDeleted(pod)) return;
  const { namespace, name, uid } = identityOf(pod);
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE },
  };
  try {
    await client.createAt(pods, { namespace, name, subresource: 'binding' }, binding);
  } catch (error) {
    // bound already, of which the cache has not heard yet; or gone
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

async function tell(view: PodView, pod: JsonObject, round: Round, { clock }: Dependencies): Promise<void> {
  const status = statusOf(pod, view, clock.now());
  const port = view.port === undefined ? undefined : String(view.port);
  const hasPort = port === undefined || stringAt(pod, 'metadata', 'annotations', PORT_ANNOTATION) === port;
  if (hasPort && isIn(status, objectAt(pod, 'status'))) return;
  const metadata = hasPort ? {} : { metadata: { annotations: { [PORT_ANNOTATION]: port } } };
  await patchStatus(pod, { ...metadata, status }, round);
}

function isIn(wanted: JsonObject, there: JsonObject | undefined): boolean {
  return Object.entries(wanted).every(([key, value]) => equals(value, there?.[key]));
}

async function patchStatus(pod: JsonObject, body: JsonObject, { client }: Round): Promise<void> {
  const { namespace, name, uid } = identityOf(pod);
  // another Pod of its name is not meant
  const metadata = { ...objectAt(body, 'metadata'), uid };
  try {
    const patch = { type: 'merge', body: { ...body, metadata } } as const;
    await client.patch(pods, { namespace, name, subresource: 'status' }, patch);
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

function identityOf(pod: JsonObject): { readonly namespace: string; readonly name: string; readonly uid: string } {
  const at = (field: string): string => stringAt(pod, 'metadata', field) ?? '';
  return { namespace: at('namespace'), name: nameOf(pod), uid: at('uid') };
}

function tellOf(pod: JsonObject, { record }: Dependencies): Tell {
  const regarding = { apiVersion: 'v1', kind: 'Pod', ...identityOf(pod) };
  return (type, reason, note) => record({ regarding, type, reason, action: reason, note });
}

/** What an earlier platform kept of Pods that went meanwhile. */
function tidyOnce({ tidied, store, tidy }: Dependencies): void {
  if (tidied.isDone) return;
  tidied.isDone = true;
  tidy(new Set(store.all().map((pod) => stringAt(pod, 'metadata', 'uid') ?? '')));
}
