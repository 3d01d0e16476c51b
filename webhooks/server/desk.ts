/**
 * Answers reviews. Those that came in together go through each step together: all are read, then all judged, all sent and
 * all accounted for. To go from TLS to the rules and back for each of them, a processor fetches more code than it keeps at
 * hand: a review that waits for company at the busiest takes half as long in all (docs/adr/0028).
 */
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { ClusterView, PolicyStore } from '../dependencies.ts';
import type { Door, Facts, Sight } from '../review/review.ts';
import { type Answer, answerTo, readJson, refused } from './answer.ts';
import { logMistake, logReview } from './log.ts';
import { type Reply, refuse, type SendParts, sendJson } from './send.ts';

export interface DeskParts extends SendParts {
  readonly policies: PolicyStore;
  readonly cluster: ClusterView;
  readonly catalogue: Catalogue;
  readonly now: () => Date;
  /** Hears of each review that was judged, after its answer is on its way. Must not throw and must not wait. */
  readonly onReview?: (facts: Facts) => void;
}

/** One request, read to its end. */
export interface Asked {
  readonly door: Door;
  readonly bytes: Buffer;
  readonly response: Reply;
  /** When its head was there, by `performance.now()`. */
  readonly start: number;
}

/** At most this many go together: the first of them waits for the last. */
const MOST_TOGETHER = 16;
/** Of all their bodies. What is larger takes long, and goes alone. */
const MOST_BYTES_TOGETHER = 128 * 1024;

export class Desk {
  readonly #parts: DeskParts;
  #waiting: Asked[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Takes a request, to answer it once what came in with it was read as well. */
  take(asked: Asked): void {
    if (this.#waiting.push(asked) === 1) setImmediate(this.#work);
  }

  /** The rest has its turn after what came in meanwhile was read: others than reviews are asked for as well. */
  readonly #work = (): void => {
    const together = this.#waiting.splice(0, howManyTogether(this.#waiting));
    if (this.#waiting.length > 0) setImmediate(this.#work);
    answerAll(together, this.#parts);
  };
}

/** Of those that wait, in their order. */
export function howManyTogether(waiting: readonly Pick<Asked, 'bytes'>[]): number {
  let count = 0;
  let bytes = 0;
  for (const asked of waiting) {
    bytes += asked.bytes.length;
    if (count > 0 && (count === MOST_TOGETHER || bytes > MOST_BYTES_TOGETHER)) break;
    count++;
  }
  return count;
}

function answerAll(together: readonly Asked[], parts: DeskParts): void {
  const read = together.map((asked) => ({ asked, body: readJson(asked.bytes) }));
  const judged = read.map(({ asked, body }) => ({ asked, answer: answerOf(asked.door, body, parts) }));
  const sent = judged.map(({ asked, answer }) => ({ asked, answer, seconds: send(asked, answer, parts) }));
  for (const { asked, answer, seconds } of sent) {
    unbroken(asked, parts, () => account(asked.door, answer, seconds, parts));
  }
}

function answerOf(door: Door, body: unknown, { policies, cluster, catalogue, now }: DeskParts): Answer {
  try {
    const { inventory, isSelected } = cluster;
    const sight: Sight = { policies, inventory, catalogue, now: now(), isSelected };
    return answerTo(door, body, sight, cluster.sawKind);
  } catch (mistake) {
    return { ...MISTAKEN, mistake };
  }
}

const MISTAKEN = refused(500, 'this is a mistake of Weir');

/** Returns the seconds from the request's head to its answer. */
function send(asked: Asked, answer: Answer, parts: DeskParts): number {
  unbroken(asked, parts, () => {
    if (isRefused(answer)) refuse(asked.response, parts, answer);
    else sendJson(asked.response, parts, answer);
  });
  return (performance.now() - asked.start) / 1000;
}

/** True where there was nothing to judge. */
function isRefused({ status, mistake }: Answer): boolean {
  return status !== 200 && mistake === undefined;
}

/** Counts and tells what was answered, once the answer is on its way. */
function account(door: Door, answer: Answer, seconds: number, { metrics, log, onReview }: DeskParts): void {
  const { facts } = answer;
  if (facts !== undefined) {
    metrics.review(facts, seconds);
    logReview(log, facts, seconds);
    onReview?.(facts);
    return;
  }
  if (answer.mistake !== undefined) {
    metrics.mistake(door.door);
    logMistake(log, door.door, answer);
    return;
  }
  if (isRefused(answer)) return;
  metrics.refused(answer.status);
  log.warn({ door: door.door, problem: answer.problem }, 'a review could not be read');
}

/** Nothing is known to throw here, and whatever does must not end a server that others wait for. */
function unbroken({ door, response }: Asked, parts: DeskParts, act: () => void): void {
  try {
    act();
  } catch (mistake) {
    parts.metrics.mistake(door.door);
    logMistake(parts.log, door.door, { mistake });
    if (!response.headersSent) response.destroy();
  }
}
