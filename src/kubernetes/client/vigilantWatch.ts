/** One watch, to its end, that does not wait for a server which says nothing any more. */
import type { Clock } from '../clock.ts';
import type { Client } from './client.ts';
import type { Resource } from './resource.ts';
import type { Selection, WatchEvent } from './watch.ts';
import { Watchdog } from './watchdog.ts';

export interface VigilantWatchOptions {
  readonly client: Client;
  readonly resource: Resource;
  readonly selection: Selection;
  /** From where to watch. */
  readonly version: string;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  /** Ends it without an error. */
  readonly signal: AbortSignal;
  /** Hears of everything that comes, a bookmark too. */
  readonly onBytes: () => void;
  readonly take: (event: WatchEvent) => void;
}

/** The server ends a watch after this many seconds and as many again at random, as client-go asks for. */
const WATCH_SECONDS = 300;
/** Bookmarks come once a minute: a watch that says nothing for this long is dead, or waits for a version that never comes. */
const SILENCE_MS = 150_000;

export class Silence extends Error {}

/**
 * Resolves when the server ends the watch.
 *
 * @throws Silence where it said nothing for too long, and whatever else ended it
 */
export async function vigilantWatch(options: VigilantWatchOptions): Promise<void> {
  const { client, resource, selection, version, clock, random, signal, onBytes, take } = options;
  const ending = new AbortController();
  const watchdog = new Watchdog(clock, SILENCE_MS, () => ending.abort());
  const end = (): void => {
    watchdog.stop();
    ending.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const events = await client.watch(resource, {
      ...selection,
      resourceVersion: version,
      timeoutSeconds: Math.floor(WATCH_SECONDS * (1 + random())),
      signal: ending.signal,
      onBytes: () => {
        watchdog.heard();
        onBytes();
      },
    });
    for await (const event of events) take(event);
  } catch (error) {
    if (!watchdog.hasBitten) throw error;
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', end);
  }
  if (watchdog.hasBitten) throw new Silence(`the watch said nothing for ${SILENCE_MS / 1000} s`);
}
