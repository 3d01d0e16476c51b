/** `POST replays` and `POST deadletters/return`: events once more, at a rate, told as it goes on. Ends with its client. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventsWithin } from '../../../cloudevents/batch.ts';
import { type CloudEvent, withAttributes } from '../../../cloudevents/event.ts';
import type { ExtensionRequest } from '../../apiserver/http/extension.ts';
import { badRequest } from '../../apiserver/status/failure.ts';
import type { Target } from '../eventing.ts';
import type { KeptEvent } from '../log/kept.ts';
import { eachDeadLetter, type FoundLetter } from './deadLetters.ts';
import { answerLines, type Lines } from './lines.ts';
import { demandLane, demandTopic, eventsAfter, type Look } from './looking.ts';
import { numberIn, topicIn } from './selection.ts';
import { REPLAY, type ReplayLine } from './shapes.ts';

const MOST_RATE = 10_000;
const RATE = 100;
/** While too much waits for those who are to get it. */
const FULL_MS = 500;
const TOLD_EVERY_MS = 250;

interface Again {
  readonly kept: KeptEvent;
  readonly event: CloudEvent;
  readonly to: Target;
  /** Somebody else has sent it meanwhile. */
  readonly isOver?: () => boolean;
  /** Once it is there again. */
  readonly onSent?: () => void;
}

/** Into the Broker that each came into, or that `into` names, or to the one that `to` names where its filter takes it. */
export async function replay(request: ExtensionRequest, look: Look): Promise<void> {
  const { query } = request;
  const { eventing, rights } = look;
  const withReplies = query.get('replies') === 'true';
  const into = topicIn(query, 'into');
  const lane = query.get('to') ?? undefined;
  if (lane !== undefined) demandLane(look, lane, 'there alone');
  const target = lane === undefined ? into : eventing.topicOf(lane);
  if (target !== undefined) rights.demand('update', target);
  if (into !== undefined) demandTopic(look, into, 'there alone');

  const last = eventing.log.last;
  const all = async function* (): AsyncGenerator<Again> {
    for await (const { seq, topic, attributes, why } of eventsAfter(look, 0)) {
      // what comes of the replay itself is none of it
      if (seq > last) return;
      // what was sent again once is there in its first form, too; answers are given anew
      if (why === 'replay' || (why === 'reply' && lane === undefined && !withReplies)) continue;
      const to = { topic: target ?? topic, lane };
      if (lane !== undefined && !eventing.passes(lane, { attributes, data: undefined })) continue;
      const kept = eventing.log.rows.event(seq);
      if (kept === undefined) continue;
      rights.demand('update', to.topic);
      yield { kept, event: kept.event, to };
    }
  };
  await sendAgain(request, look, all);
}

/** Each to the one that did not take it, whose filter it has passed before; a batch as its events. */
export async function returnLetters(request: ExtensionRequest, look: Look): Promise<void> {
  const seq = numberIn(request.query, 'seq', 999_999_999);
  // what is sent now and not taken again is a letter of its own, for another time; a clock may be set back meanwhile
  const now = Date.now();
  const { last } = look.eventing.log;
  await sendAgain(request, look, async function* () {
    for await (const found of eachDeadLetter(look)) {
      const { letter, head } = found;
      if (letter.seq > last || letter.at > now || (seq !== undefined && letter.seq !== seq)) continue;
      look.rights.demand('update', head.topic);
      yield* againOf(found, look);
    }
  });
}

function* againOf({ letter, lane }: FoundLetter, { eventing }: Look): Generator<Again> {
  const kept = eventing.log.rows.event(letter.seq);
  if (kept === undefined) return;
  const to = { topic: kept.topic, lane };
  const isOver = () =>
    eventing.log.rows.dead(letter.seq).some((each) => each.lane === letter.lane && each.returned !== undefined);
  const events = eventsWithin(kept.event);
  let left = events.length;
  // one of a batch that was not taken keeps all of it here
  const onSent = () => {
    left--;
    if (left === 0) eventing.log.later((rows) => rows.markReturned(letter.seq, letter.lane, Date.now()));
  };
  for (const event of events) yield { kept, event, to, isOver, onSent };
}

async function sendAgain(
  request: ExtensionRequest,
  { eventing }: Look,
  all: () => AsyncGenerator<Again>,
): Promise<void> {
  const { query } = request;
  const rate = numberIn(query, 'rate', MOST_RATE) ?? RATE;
  if (rate <= 0) throw badRequest('rate must be more than 0');
  let found = 0;
  for await (const _ of all()) found++;
  const began = new Date().toISOString();

  await answerLines(request, async (lines) => {
    let [sent, failed] = [0, 0];
    let problem: string | undefined;
    let told = performance.now();
    const tell = (isDone: boolean) => {
      told = performance.now();
      const line: ReplayLine = { found, sent, failed, ...(problem === undefined ? {} : { problem }), isDone };
      return lines.send(JSON.stringify(line));
    };
    await tell(false);
    if (query.get('dryRun') === 'true') return tell(true);
    const start = performance.now();
    for await (const { kept, event, to, isOver, onSent } of all()) {
      const due = start + ((sent + failed) * 1000) / rate - performance.now();
      if (due > 1) await pause(due, undefined, { signal: lines.signal });
      if (lines.signal.aborted) return;
      if (isOver?.() === true) continue;
      const why = await take(() => eventing.repeat(kept, withAttributes(event, { [REPLAY]: began }), to), lines);
      if (why === undefined) {
        sent++;
        onSent?.();
      } else {
        failed++;
        problem = why;
      }
      if (performance.now() - told > TOLD_EVERY_MS) await tell(false);
    }
    // others may have put some back meanwhile
    found = sent + failed;
    await tell(true);
  });
}

/** Waits while too much waits. @returns why it was not taken */
async function take(
  repeat: () => ReturnType<Look['eventing']['repeat']>,
  { signal }: Lines,
): Promise<string | undefined> {
  for (;;) {
    const received = await repeat();
    if (received.is === 'kept') return undefined;
    if (received.is !== 'full') return received.problem;
    await pause(FULL_MS, undefined, { signal });
  }
}
