/** `GET events`: those that are there, and with `follow=true` those that come. */
import type { ExtensionRequest } from '../../apiserver/http/extension.ts';
import type { Seq } from '../log/kept.ts';
import { answerLines, type Lines } from './lines.ts';
import { eventsAfter, type Look, lineOf } from './looking.ts';
import { numberIn } from './selection.ts';

const MOST_LAST = 10_000;

/** `last=10` gives no more than the last so many of what is there. */
export async function followEvents(request: ExtensionRequest, look: Look): Promise<void> {
  const last = numberIn(request.query, 'last', MOST_LAST);
  const isFollowed = request.query.get('follow') === 'true';
  await answerLines(request, async (lines) => {
    let after = await sendThere(look, last, lines);
    if (!isFollowed) return;
    const news = new News(look, lines.signal);
    try {
      while (!lines.signal.aborted) {
        await news.next();
        after = await sendAfter(look, after, lines);
      }
    } finally {
      news.end();
    }
  });
}

async function sendThere(look: Look, last: number | undefined, lines: Lines): Promise<Seq> {
  if (last === undefined) return sendAfter(look, 0, lines);
  const found: Seq[] = [];
  const heads = eventsAfter(look, 0);
  let next = await heads.next();
  for (; next.done !== true; next = await heads.next()) {
    found.push(next.value.seq);
    if (found.length > last) found.shift();
  }
  for (const seq of found) await sendOne(look, seq, lines);
  return next.value;
}

async function sendAfter(look: Look, after: Seq, lines: Lines): Promise<Seq> {
  const heads = eventsAfter(look, after);
  let next = await heads.next();
  for (; next.done !== true; next = await heads.next()) {
    if (lines.signal.aborted) return after;
    await sendOne(look, next.value.seq, lines);
  }
  return next.value;
}

async function sendOne({ eventing, names }: Look, seq: Seq, lines: Lines): Promise<void> {
  const kept = eventing.log.rows.event(seq);
  if (kept !== undefined) await lines.send(lineOf(kept, names));
}

/** Tells that something came since it was asked last. */
class News {
  #isThere = true;
  #wake: () => void = () => undefined;
  readonly end: () => void;

  constructor({ eventing }: Look, signal: AbortSignal) {
    const wake = () => {
      this.#isThere = true;
      this.#wake();
    };
    signal.addEventListener('abort', wake, { once: true });
    this.end = eventing.onKept(wake);
  }

  async next(): Promise<void> {
    if (!this.#isThere) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isThere = false;
  }
}
