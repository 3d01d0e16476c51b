/**
 * Tells what happens to the objects of one resource. What is there at its start is not told, nor what happens while the
 * watch cannot be taken up again: the reflector of Knative's adapter lists, and tells of what the watch brings alone.
 */
import type { Happened } from '../../../src/knative/eventing/sources/apiServer.ts';
import { backoff } from '../../../src/kubernetes/client/backoff.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { Complaints } from '../../../src/kubernetes/client/complaints.ts';
import { errorOfStatus, isGone, sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import { fullName, type Resource } from '../../../src/kubernetes/client/resource.ts';
import { vigilantWatch } from '../../../src/kubernetes/client/vigilantWatch.ts';
import type { Selection, WatchEvent } from '../../../src/kubernetes/client/watch.ts';
import { type Clock, pause } from '../../../src/kubernetes/clock.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';

export interface WatcherOptions {
  readonly client: Client;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** Whose it is: `namespace/name`. */
  readonly key: string;
  take(happened: Happened, object: JsonObject): void;
}

const FIRST_WAIT_MS = 800;
const MOST_WAIT_MS = 30_000;
const HAPPENED: Readonly<Partial<Record<WatchEvent['type'], Happened>>> = {
  ADDED: 'add',
  MODIFIED: 'update',
  DELETED: 'delete',
};

/** @returns what ends it */
export function startWatcher(options: WatcherOptions): () => void {
  const ending = new AbortController();
  void run(options, ending.signal);
  return () => ending.abort();
}

async function run(options: WatcherOptions, signal: AbortSignal): Promise<void> {
  const { client, resource, selection, clock, random, log, key, take } = options;
  const waits = backoff({ firstMs: FIRST_WAIT_MS, mostMs: MOST_WAIT_MS, random });
  const complaints = new Complaints(log, () => ({ key, resource: fullName(resource), ...selection }));
  let version: string | undefined;

  function heard({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw errorOfStatus(object, { status: 500, message: 'the watch failed without a reason' });
    waits.reset();
    complaints.end(`${fullName(resource)} are watched again`);
    const happened = HAPPENED[type];
    if (happened !== undefined) take(happened, object);
    version = stringAt(object, 'metadata', 'resourceVersion') ?? version;
  }

  while (!signal.aborted) {
    try {
      // one object is enough: it is the version that counts
      version ??= (await client.list(resource, { ...selection, limit: 1, signal })).resourceVersion;
      const watched = { client, resource, selection, version, clock, random, signal, onBytes: () => {}, take: heard };
      await vigilantWatch(watched);
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) version = undefined;
      else complaints.tell(`${fullName(resource)} cannot be watched for ${key}: ${sentenceOf(error)}`);
      await pause(clock, waits.next(), signal);
    }
  }
}
