/** Writes events to one topic: what came in meanwhile goes together, and each is told when Kafka has it. */
import type { RecordContent } from '../../../cloudevents/kafka.ts';
import type { KafkaAccess } from './access.ts';
import { kafkaSentence } from './sentence.ts';

export type Written =
  | { readonly is: 'written' }
  /** More waits already than may; nothing was sent. */
  | { readonly is: 'full' }
  /** Kafka takes none of that size. */
  | { readonly is: 'tooLarge'; readonly sentence: string }
  /** It may have been written all the same. */
  | { readonly is: 'failed'; readonly sentence: string };

/** What writes to Kafka. */
export interface Producing {
  /**
   * Resolves when all in-sync replicas have them.
   *
   * @returns those that were not written: their partition has no leader. @throws what the client says
   */
  send(records: readonly RecordContent[]): Promise<readonly RecordContent[]>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly producing: Producing;
  readonly access: KafkaAccess;
  /** Whether an error says that a batch has too many bytes. */
  isTooLarge(error: unknown): boolean;
}

export interface Writer {
  write(record: RecordContent): Promise<Written>;
  /** What waits is not written. */
  close(): Promise<void>;
}

interface Waiting {
  readonly record: RecordContent;
  readonly bytes: number;
  done(written: Written): void;
}

const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** Kafka's own bound for a batch is 1 MiB unless a topic says otherwise. */
const BATCH_BYTES = 512 * 1024;
const BATCH_RECORDS = 500;

export function startWriter({ producing, access, isTooLarge }: WriterOptions): Writer {
  const waiting: Waiting[] = [];
  let bytes = 0;
  let isSending = false;
  let isClosed = false;

  function nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let size = 0;
    for (const each of waiting) {
      if (batch.length >= BATCH_RECORDS || (batch.length > 0 && size + each.bytes > BATCH_BYTES)) break;
      batch.push(each);
      size += each.bytes;
    }
    waiting.splice(0, batch.length);
    return batch;
  }

  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    // what comes in within the same turn goes along
    await Promise.resolve();
    while (waiting.length > 0 && !isClosed) {
      const batch = nextBatch();
      await send(batch);
      for (const each of batch) bytes -= each.bytes;
    }
    isSending = false;
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    try {
      tell(batch, await producing.send(batch.map(({ record }) => record)));
    } catch (error) {
      if (!isTooLarge(error)) {
        const sentence = kafkaSentence(error, access);
        for (const each of batch) each.done({ is: 'failed', sentence });
        return;
      }
      // whose fault it is, each shows alone
      if (batch.length > 1) {
        for (const each of batch) await send([each]);
        return;
      }
      batch[0]?.done({ is: 'tooLarge', sentence: `Kafka takes no record of ${batch[0].bytes} bytes for this topic` });
    }
  }

  return {
    write(record) {
      if (isClosed) return Promise.resolve({ is: 'failed', sentence: 'nothing is written any more' });
      const own = sizeOf(record);
      if (waiting.length >= MOST_WAITING || bytes + own > MOST_WAITING_BYTES) return Promise.resolve({ is: 'full' });
      bytes += own;
      return new Promise((resolve) => {
        waiting.push({ record, bytes: own, done: resolve });
        void sendAll();
      });
    },
    async close() {
      isClosed = true;
      for (const each of waiting.splice(0)) each.done({ is: 'failed', sentence: 'nothing is written any more' });
      await producing.close();
    },
  };
}

function tell(batch: readonly Waiting[], leaderless: readonly RecordContent[]): void {
  const left = new Set(leaderless);
  for (const { record, done } of batch) {
    done(left.has(record) ? { is: 'failed', sentence: noLeader(record) } : { is: 'written' });
  }
}

function noLeader({ key }: RecordContent): string {
  const what = key === undefined ? 'no partition of the topic has a leader' : 'the partition of its key has no leader';
  return `${what} at the moment; send it again`;
}

function sizeOf({ key, value, headers }: RecordContent): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of headers) bytes += name.length + text.length;
  return bytes;
}
