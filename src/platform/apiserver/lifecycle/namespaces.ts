/**
 * The end of a namespace: its content goes, then the finalizer `kubernetes`, and with that the namespace
 * (k8s.io/kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go).
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import { arrayAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Stored, WatchEvent } from '../store/store.ts';
import { type Content, deleteContent, podSeconds, withConditions } from './namespaceContent.ts';
import { NAMESPACE_CONTROLLER } from './writes.ts';

const FINALIZER = 'kubernetes';
/** For how long finalizers of others are taken to be on their way, in seconds. */
const FINALIZER_SECONDS = 15;
/** After which a deletion that was refused is tried again. */
const REFUSED_SECONDS = 5;
const WORKERS = 4;

export interface NamespacesOptions extends Content {
  readonly clock: Clock;
  /** Takes what failed, and is tried again. */
  readonly failed: (what: string, error: unknown) => void;
}

export interface Namespaces {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

export function namespaceController(options: NamespacesOptions): Namespaces {
  const { reader, writes, clock } = options;
  const going = new Set<string>();
  const queue = workQueue({
    clock,
    workers: WORKERS,
    failed: (name, error) => options.failed(`namespace ${name}`, error),
    work: async (name) => {
      try {
        return await end(name);
      } catch (error) {
        if (error instanceof Failure && error.code === 404) return undefined;
        throw error;
      }
    },
  });

  function stored(name: string): Stored | undefined {
    return reader.get({ resource: 'namespaces', namespace: '', name });
  }

  /** Gives the milliseconds after which to look again, where content remains. */
  async function end(name: string): Promise<number | undefined> {
    if (!isGoing(stored(name))) return undefined;
    await tellPhase(name);
    if (!hasFinalizer(stored(name))) return undefined;

    const seconds = podSeconds(name, reader);
    const remaining = await deleteContent(name, options);
    await tellConditions(name, remaining);
    if (remaining.counts.size > 0) {
      const estimate = remaining.isPodsOnly ? seconds : FINALIZER_SECONDS;
      return (estimate / 2 + 1) * 1000;
    }
    if (remaining.errors.length > 0) return REFUSED_SECONDS * 1000;
    await finalize(name);
    return undefined;
  }

  async function tellPhase(name: string): Promise<void> {
    const namespace = stored(name)?.object();
    if (namespace === undefined || stringAt(namespace, 'status', 'phase') === 'Terminating') return;
    const status = { ...objectAt(namespace, 'status'), phase: 'Terminating' };
    await writes.update(NAMESPACE_CONTROLLER, keyOf(name), { ...namespace, status }, 'status');
  }

  async function tellConditions(name: string, remaining: Parameters<typeof withConditions>[1]): Promise<void> {
    const namespace = stored(name)?.object();
    const told = namespace === undefined ? undefined : withConditions(namespace, remaining, clock.now());
    if (told !== undefined) await writes.update(NAMESPACE_CONTROLLER, keyOf(name), told, 'status');
  }

  async function finalize(name: string): Promise<void> {
    const namespace = stored(name)?.object();
    if (namespace === undefined) return;
    const finalizers = arrayAt(namespace, 'spec', 'finalizers').filter((each) => each !== FINALIZER);
    const spec = { ...objectAt(namespace, 'spec'), finalizers };
    await writes.update(NAMESPACE_CONTROLLER, keyOf(name), { ...namespace, spec }, 'finalize');
  }

  return {
    take({ type, stored: changed }) {
      const { resource, namespace, name } = changed.key;
      if (resource !== 'namespaces') {
        if (type === 'DELETED' && going.has(namespace)) queue.add(namespace);
        return;
      }
      if (type === 'DELETED') going.delete(name);
      else if (isGoing(changed)) {
        going.add(name);
        queue.add(name);
      }
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

function isGoing(stored: Stored | undefined): boolean {
  return stored !== undefined && stringAt(stored.object(), 'metadata', 'deletionTimestamp') !== undefined;
}

function hasFinalizer(stored: Stored | undefined): boolean {
  return arrayAt(stored?.object(), 'spec', 'finalizers').includes(FINALIZER);
}

function keyOf(name: string): { resource: string; namespace: string; name: string } {
  return { resource: 'namespaces', namespace: '', name };
}
