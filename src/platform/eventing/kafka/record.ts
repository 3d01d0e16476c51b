/** A record as it was read, and where it stands. */
import type { RecordHeader } from '../../../cloudevents/kafka.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface Wanted extends Place {
  readonly offset: bigint;
}

export interface ReadRecord extends Place {
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers: readonly RecordHeader[];
}

export function placeKey({ topic, partition }: Place): string {
  return `${topic}:${partition}`;
}

export function partitionsOf(places: readonly Place[]): Map<string, number[]> {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of places) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
  return byTopic;
}

/** As a sentence names it. */
export function placeText({ topic, partition }: Place): string {
  return `partition ${partition} of topic ${topic}`;
}

export function bytesOf({ key, value }: ReadRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + PER_RECORD;
}

/** Of its own, with headers. */
const PER_RECORD = 512;
