/** Reads topics as a member of a consumer group for as long as it is there: a Kafka that is away is asked again and again. */
import { type Clock, pause } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import type { KafkaAccess } from './access.ts';
import type { Member, OpenMember } from './member.ts';
import { Reading } from './reading.ts';
import type { ReadRecord } from './record.ts';
import { kafkaSentence } from './sentence.ts';

export type ReaderState =
  | { readonly is: 'reading' }
  /** `why`: `secret` where what Kafka is reached with is not there. It is tried again. */
  | { readonly is: 'failed'; readonly why: 'secret' | 'kafka'; readonly sentence: string };

export interface ReaderOptions {
  /** Asked anew for each connection. @throws Error with a sentence */
  access(): Promise<KafkaAccess>;
  readonly open: OpenMember;
  readonly group: string;
  readonly topics: readonly string[];
  readonly initialOffset: 'earliest' | 'latest';
  readonly isOrdered: boolean;
  /** Resolves with true when a record is done with; false when it was ended before. */
  deliver(record: ReadRecord, signal: AbortSignal): Promise<boolean>;
  onState(state: ReaderState): void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export interface Reader {
  /** @param withinMs for what is being delivered; @param isForEver forgets how far the group has come */
  stop(withinMs: number, isForEver?: boolean): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export function startReader(options: ReaderOptions): Reader {
  const ending = new AbortController();
  let drainMs = 0;
  let isForEver = false;
  const over = runUntil(
    ending.signal,
    () => drainMs,
    () => isForEver,
    options,
  );
  return {
    stop(withinMs, forEver = false) {
      drainMs = withinMs;
      isForEver = forEver;
      ending.abort();
      return over;
    },
  };
}

async function runUntil(
  signal: AbortSignal,
  drainMs: () => number,
  isForEver: () => boolean,
  options: ReaderOptions,
): Promise<void> {
  const { clock, random, log, group, onState } = options;
  let failures = 0;
  while (!signal.aborted) {
    const ended = await once(signal, drainMs, isForEver, options, () => {
      failures = 0;
    });
    if (signal.aborted) return;
    if (ended === undefined) continue;
    onState(ended);
    log.warn({ group }, ended.sentence);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 10), LONGEST_WAIT_MS);
    failures++;
    await pause(clock, wait * (0.75 + random() / 2), signal);
  }
}

/** One connection. @returns why it ended, where something was wrong */
async function once(
  signal: AbortSignal,
  drainMs: () => number,
  isForEver: () => boolean,
  { access: accessOf, open, group, topics, initialOffset, isOrdered, deliver, onState, clock, log }: ReaderOptions,
  onReading: () => void,
): Promise<(ReaderState & { is: 'failed' }) | undefined> {
  let access: KafkaAccess;
  try {
    access = await accessOf();
  } catch (error) {
    return { is: 'failed', why: 'secret', sentence: messageOf(error) };
  }
  let member: Member | undefined;
  try {
    member = await open({ access, group, topics, signal });
    const reading = new Reading(member, {
      initialOffset,
      isOrdered,
      deliver,
      clock,
      log,
      onReading() {
        onReading();
        onState({ is: 'reading' });
      },
    });
    await reading.run(signal, drainMs);
    return undefined;
  } catch (error) {
    return { is: 'failed', why: 'kafka', sentence: kafkaSentence(error, access) };
  } finally {
    await member?.close();
    if (isForEver()) await member?.deleteGroup().catch(() => {});
  }
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
