/**
 * Watches: one line of JSON an event, for as long as the client listens (k8s.io/apiserver
 * pkg/endpoints/handlers/watch.go). A client that reads slowly holds its own watch back and nothing else; one that
 * reads nothing for a while is cut.
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { expired, Failure } from '../status/failure.ts';
import type { Reader, Selection, Watch, WatchEvent } from '../store/store.ts';
import { EventLines } from './eventLines.ts';
import type { Forms } from './forms.ts';
import type { WatchRequest } from './listOptions.ts';
import { type Exchange, setWarnings } from './reply.ts';

/** How long a client may leave what it was sent unread. */
const STALLED_MILLISECONDS = 60_000;
/** Where the client names no time, between this and twice as long, so that not all come back at once. */
const LIFE_MILLISECONDS = 30 * 60_000;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export interface WatchStream {
  readonly exchange: Exchange;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly forms: Forms;
  readonly asked: WatchRequest;
  /** From 0 up to 1: how the life of a watch is spread. */
  readonly chance: number;
}

/** Streams until the client goes, the time is over or the result is called. */
export function streamWatch(stream: WatchStream): () => void {
  return new Streaming(stream).start();
}

const plainLines = new EventLines();

class Streaming {
  readonly #stream: WatchStream;
  #watch: Watch | undefined;
  #isFirst = true;
  #isOver = false;
  #awaitsInitialEnd: boolean;
  #stopTimers: (() => void)[] = [];

  constructor(stream: WatchStream) {
    this.#stream = stream;
    this.#awaitsInitialEnd = stream.asked.sendsInitialEvents;
  }

  start(): () => void {
    const { exchange, clock, asked, chance } = this.#stream;
    const { response, request } = exchange;
    const end = (): void => this.#end();
    response.on('close', end);

    setWarnings(exchange);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    // small lines that come one by one must not wait for each other
    request.socket.setNoDelay(true);

    const seconds = asked.timeoutSeconds ?? 0;
    const life = seconds > 0 ? seconds * 1000 : LIFE_MILLISECONDS * (1 + chance);
    this.#stopTimers.push(clock.after(life, end));
    this.#follow();
    return end;
  }

  #follow(): void {
    const { reader, selection, asked } = this.#stream;
    try {
      const watch = reader.watch(selection, {
        ...(asked.since !== undefined && { since: asked.since }),
        ...(asked.sendsInitialEvents && { initialEvents: true }),
        onEvent: (event, own) => this.#tell(event, own),
        onBookmark: (revision, own) => this.#bookmark(revision, own),
        onGone: () => this.#fail(expired('The resourceVersion for the provided watch is too old.')),
      });
      if (this.#isOver) watch.stop();
      this.#watch = watch;
    } catch (error) {
      // once a watch has begun, what goes wrong is an event
      if (!(error instanceof Failure)) throw error;
      this.#fail(error);
    }
  }

  #tell(event: WatchEvent, watch: Watch): void {
    this.#send(this.#lineOf(event), watch);
  }

  #lineOf(event: WatchEvent): Buffer {
    const { forms, resource } = this.#stream;
    if (!forms.isPlain) {
      const text = forms.event(event.stored, resource, this.#isFirst);
      this.#isFirst = false;
      return lineWith(event.type, text);
    }

    const make = () => lineWith(event.type, forms.event(event.stored, resource, false));
    return plainLines.lineOf(event, resource, make);
  }

  #bookmark(revision: number, watch: Watch): void {
    const { asked, forms, resource } = this.#stream;
    if (!asked.allowBookmarks) return;
    const annotations = this.#awaitsInitialEnd ? { [INITIAL_EVENTS_END]: 'true' } : undefined;
    this.#awaitsInitialEnd = false;
    const metadata: JsonObject = {
      resourceVersion: String(revision),
      ...(annotations !== undefined && { annotations }),
    };
    const text = forms.bookmark(metadata, resource, this.#isFirst);
    if (!forms.isPlain) this.#isFirst = false;
    this.#send(lineWith('BOOKMARK', text), watch);
  }

  #send(line: Buffer, watch: Watch): void {
    const { response } = this.#stream.exchange;
    if (this.#isOver || response.write(line)) return;

    watch.pause();
    const callOff = this.#cutLater();
    this.#stopTimers.push(callOff);
    response.once('drain', () => {
      callOff();
      this.#stopTimers = this.#stopTimers.filter((each) => each !== callOff);
      if (!this.#isOver) watch.resume();
    });
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return;
    this.#stream.exchange.response.write(lineWith('ERROR', JSON.stringify(failure.toStatus())));
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watch?.stop();
    for (const stop of this.#stopTimers) stop();
    const { response } = this.#stream.exchange;
    if (response.destroyed) return;
    response.end();
    // the end waits for a client that has yet to read what was before it, and may never do so
    if (response.writableLength > 0) {
      const callOff = this.#cutLater();
      response.once('finish', callOff);
      response.once('close', callOff);
    }
  }

  /** Ends the connection of a client that goes on reading nothing. @returns what calls it off */
  #cutLater(): () => void {
    const { exchange, clock } = this.#stream;
    return clock.after(STALLED_MILLISECONDS, () => exchange.response.destroy());
  }
}

function lineWith(type: string, text: string): Buffer {
  return Buffer.from(`{"type":"${type}","object":${text}}\n`);
}
