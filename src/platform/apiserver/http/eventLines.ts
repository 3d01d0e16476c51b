/** Lines of watches that are the same for every watcher, made once while all are told. */
import type { Resource } from '../resources/resource.ts';
import type { WatchEvent } from '../store/store.ts';

/** One change is an event to most who watch, and another to those whose selection it enters or leaves. */
const KEPT = 2;

interface Line {
  readonly event: WatchEvent;
  readonly bytes: Buffer;
}

/** Of each resource and version the last ones alone: the history keeps thousands of events, whose lines nobody needs. */
export class EventLines {
  readonly #kept = new WeakMap<Resource, readonly Line[]>();

  /** @param make called where the line is not there, or not any more */
  lineOf(event: WatchEvent, resource: Resource, make: () => Buffer): Buffer {
    const kept = this.#kept.get(resource) ?? [];
    const known = kept.find((line) => line.event === event);
    if (known !== undefined) return known.bytes;

    const bytes = make();
    this.#kept.set(resource, [{ event, bytes }, ...kept.slice(0, KEPT - 1)]);
    return bytes;
  }
}
