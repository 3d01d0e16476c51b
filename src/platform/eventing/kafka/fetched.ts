/** What a question for records brought, partition by partition: what is wrong with one is nothing of the others. */
import { type Batch, type Read, readBatches } from './batches.ts';
import { type Place, placeKey, type Wanted } from './record.ts';

export type Fetched =
  | Read
  /** What was to be read is there no more, or not yet. */
  | (Place & { readonly is: 'outOfRange' })
  /** Another time, perhaps. */
  | (Place & { readonly is: 'unread'; readonly why: string });

/** Of the client library's answers. */
export interface FetchAnswer {
  readonly errorCode: number;
  readonly responses: readonly {
    readonly topicId: string;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly errorCode: number;
      readonly records?: readonly Batch[] | null;
    }[];
  }[];
}

const OUT_OF_RANGE = 1;
/** Errors of one partition that may pass by themselves, by their code in Kafka's protocol. */
const PASSING: Readonly<Record<number, string>> = {
  2: 'what is kept there is damaged',
  5: 'it has no leader',
  6: 'its leader is another by now',
  9: 'its leader does not have it yet',
  56: 'the disk of its leader fails',
  74: 'its leader is another by now',
  75: 'its leader is another by now',
  78: 'its leader does not know yet how far it goes',
};
const IS_DEEP = 10;

/**
 * The answer that an error of the client library holds.
 *
 * @returns undefined where something is wrong with more than partitions
 */
export function answerIn(error: unknown, depth = 0): FetchAnswer | undefined {
  if (!(error instanceof AggregateError) || depth > IS_DEEP) return undefined;
  // it was asked again and again: the last of the answers counts
  if (!('response' in error)) return answerIn(error.errors.at(-1), depth + 1);
  const answer = error.response as FetchAnswer;
  const codes = answer.responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
  const isPassing = codes.every((code) => code === 0 || code === OUT_OF_RANGE || code in PASSING);
  return answer.errorCode === 0 && isPassing ? answer : undefined;
}

/** @param names of topics, by their ids */
export function fetchedOf(
  { responses }: FetchAnswer,
  wanted: readonly Wanted[],
  names: ReadonlyMap<string, string>,
): Fetched[] {
  const from = new Map(wanted.map((each) => [placeKey(each), each.offset]));
  return responses.flatMap(({ topicId, partitions }): Fetched[] => {
    const topic = names.get(topicId);
    if (topic === undefined) return [];
    return partitions.flatMap(({ partitionIndex: partition, errorCode, records }): Fetched[] => {
      const place = { topic, partition };
      const offset = from.get(placeKey(place));
      if (offset === undefined) return [];
      if (errorCode === OUT_OF_RANGE) return [{ ...place, is: 'outOfRange' }];
      const why = PASSING[errorCode];
      return [why === undefined ? readBatches({ ...place, offset }, records ?? []) : { ...place, is: 'unread', why }];
    });
  });
}
