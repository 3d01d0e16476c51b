/** What ends by time alone: Events an hour after they were last written, pods when their grace is over. */

import type { Clock } from '../../../kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Key, Store, WatchEvent } from '../store/store.ts';
import { POD_COLLECTOR, type Writes } from './writes.ts';

/** kube-apiserver's --event-ttl. */
const EVENT_LIFE = 3600_000;
const SWEEP = 60_000;
const WORKERS = 4;

export interface ExpiryOptions {
  /** Events are taken out of it without a request, as etcd does it: no webhook is asked. */
  readonly store: Pick<Store, 'get' | 'remove'>;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly failed: (what: string, error: unknown) => void;
}

export interface Expiry {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

export function expiry({ store, writes, clock, failed }: ExpiryOptions): Expiry {
  /** By namespace and name, when each Event ends, in milliseconds since 1970. */
  const ends = new Map<string, { readonly key: Key; readonly revision: number; readonly at: number }>();
  let callOff = clock.after(SWEEP, sweep);

  const queue = workQueue({
    clock,
    workers: WORKERS,
    failed,
    work: (id) => (id === SWEEP_ID ? removeEvents() : removePod(id)),
  });

  function sweep(): void {
    callOff = clock.after(SWEEP, sweep);
    queue.add(SWEEP_ID);
  }

  async function removeEvents(): Promise<undefined> {
    const now = clock.now().getTime();
    for (const [id, end] of ends) {
      if (end.at > now) continue;
      const latest = store.get(end.key);
      if (latest?.revision === end.revision) {
        await unlessOvertaken(store.remove(latest.key, latest.object(), latest.revision));
      }
      // only now: what could not be removed is tried again; meanwhile it may have been written, and end later
      if (ends.get(id) === end) ends.delete(id);
    }
  }

  /** The kubelet's last step, since there is none. */
  async function removePod(id: string): Promise<number | undefined> {
    const [namespace = '', name = ''] = id.split('/');
    const key = { resource: 'pods', namespace, name };
    const stored = store.get(key);
    const end = stored === undefined ? undefined : endOf(stored.object());
    if (stored === undefined || end === undefined) return undefined;
    const left = end - clock.now().getTime();
    if (left > 0) return left;
    const preconditions = { uid: stored.uid };
    const how = { preconditions, propagation: 'Background', graceSeconds: 0 } as const;
    await unlessOvertaken(writes.delete(POD_COLLECTOR, key, how));
    return undefined;
  }

  return {
    take({ type, stored }) {
      const { resource, namespace, name } = stored.key;
      const id = `${namespace}/${name}`;
      if (resource === 'pods' && type !== 'DELETED' && stored.json.includes('"deletionTimestamp"')) queue.add(id);
      if (resource !== 'events') return;
      if (type === 'DELETED') ends.delete(id);
      else {
        const at = lastWrite(stored.object(), clock) + EVENT_LIFE;
        ends.set(id, { key: stored.key, revision: stored.revision, at });
      }
    },
    idle: () => queue.idle(),
    stop() {
      callOff();
      queue.stop();
    },
  };
}

/** No pod is called so: a namespace has a name. */
const SWEEP_ID = '/events';

/** When the pod's grace is over; undefined for one that is not going, or waits for finalizers. */
function endOf(pod: JsonObject): number | undefined {
  const end = Date.parse(stringAt(pod, 'metadata', 'deletionTimestamp') ?? '');
  return Number.isNaN(end) || arrayAt(pod, 'metadata', 'finalizers').length > 0 ? undefined : end;
}

/** The latest time that stands in the Event, so that a restart gives it no new hour. */
function lastWrite(event: JsonObject, clock: Clock): number {
  const written = arrayAt(event, 'metadata', 'managedFields').map((entry) => stringAt(entry, 'time'));
  const times = [
    ...written,
    stringAt(event, 'metadata', 'creationTimestamp'),
    stringAt(event, 'lastTimestamp'),
    stringAt(event, 'series', 'lastObservedTime'),
  ]
    .map((time) => Date.parse(time ?? ''))
    .filter((time) => !Number.isNaN(time));
  const now = clock.now().getTime();
  // whatever somebody writes there, it ends an hour from now at the latest
  return times.length === 0 ? now : Math.min(now, Math.max(...times));
}

async function unlessOvertaken(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof Failure) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}
