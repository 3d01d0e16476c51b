/** Reads topics as a member of a consumer group for as long as it is there: a Kafka that is away is asked again and again. */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, pause } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import { messageOf } from '../../database/storeError.ts';
import type { KafkaAccess } from './access.ts';
import type { Member, OpenMember } from './member.ts';
import { Reading } from './reading.ts';
import type { ReadRecord } from './record.ts';
import { kafkaSentence } from './sentence.ts';

export type ReaderState =
  | { readonly is: 'reading' }
  /** Of some partitions nothing can be read; the others are. */
  | { readonly is: 'partly'; readonly sentence: string }
  /** `why`: `secret` where what Kafka is reached with is not there. It is tried again. */
  | { readonly is: 'failed'; readonly why: 'secret' | 'kafka'; readonly sentence: string };

export interface ReaderOptions {
  /** Asked now and then: another one is taken with another connection. @throws Error with a sentence */
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
/** After which a Secret that changed is seen. */
const ACCESS_MS = 30_000;

type Failed = ReaderState & { readonly is: 'failed' };

export function startReader(options: ReaderOptions): Reader {
  const ending = new AbortController();
  let drainMs = 0;
  let isForEver = false;
  const over = runUntil(ending.signal, {
    ...options,
    begun: new Set(),
    drainMs: () => drainMs,
    isForEver: () => isForEver,
  });
  return {
    stop(withinMs, forEver = false) {
      drainMs = withinMs;
      isForEver = forEver;
      ending.abort();
      return over;
    },
  };
}

interface Run extends ReaderOptions {
  /** Topics that were read. */
  readonly begun: Set<string>;
  drainMs(): number;
  isForEver(): boolean;
}

async function runUntil(signal: AbortSignal, run: Run): Promise<void> {
  const { clock, random, log, group, onState } = run;
  let failures = 0;
  while (!signal.aborted) {
    const failed = await once(signal, run, () => {
      failures = 0;
    });
    if (signal.aborted) return;
    if (failed === undefined) continue;
    onState(failed);
    log.warn({ group }, failed.sentence);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 10), LONGEST_WAIT_MS);
    failures++;
    await pause(clock, wait * (0.75 + random() / 2), signal);
  }
}

/** One connection. @returns why it ended, where something was wrong */
async function once(signal: AbortSignal, run: Run, onReading: () => void): Promise<Failed | undefined> {
  const { group, topics, open, onState, drainMs, isForEver } = run;
  let access: KafkaAccess;
  try {
    access = await run.access();
  } catch (error) {
    return { is: 'failed', why: 'secret', sentence: messageOf(error) };
  }
  const over = new AbortController();
  let member: Member | undefined;
  try {
    member = await open({ access, group, topics, signal });
    const reading = new Reading(member, {
      ...run,
      sentenceOf: (error) => kafkaSentence(error, access),
      onReading(standing) {
        onReading();
        onState(standing === undefined ? { is: 'reading' } : { is: 'partly', sentence: standing });
      },
    });
    void otherAccess(access, over.signal, run).then((isOther) => isOther && reading.change());
    await reading.run(signal, drainMs);
    return undefined;
  } catch (error) {
    return { is: 'failed', why: 'kafka', sentence: kafkaSentence(error, access) };
  } finally {
    over.abort();
    await member?.close();
    if (isForEver()) await member?.deleteGroup().catch(() => {});
  }
}

/** Resolves with true when a Kafka is to be reached with something else. */
async function otherAccess(
  access: KafkaAccess,
  signal: AbortSignal,
  { access: accessOf, clock }: Run,
): Promise<boolean> {
  for (;;) {
    await pause(clock, ACCESS_MS, signal);
    if (signal.aborted) return false;
    // what cannot be read says nothing of what it would be
    const now = await accessOf().catch(() => access);
    if (!isDeepStrictEqual(now, access)) return true;
  }
}
