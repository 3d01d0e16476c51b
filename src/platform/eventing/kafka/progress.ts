/** How far partitions have come: what is written down of it, and where one goes on that cannot where it was. */
import type { Member } from './member.ts';
import type { Offsets } from './offsets.ts';
import type { PartitionQueue } from './partition.ts';
import { type Place, placeKey, placeText } from './record.ts';

/** Writes down what is done and was not written down yet. @param partitions by the keys of their places */
export async function commitAll(
  member: Pick<Member, 'commit'>,
  partitions: ReadonlyMap<string, PartitionQueue>,
): Promise<void> {
  const offsets = [...partitions.values()].flatMap((partition) => {
    const offset = partition.toCommit();
    return offset === undefined ? [] : [{ ...partition.place, offset }];
  });
  if (offsets.length === 0) return;
  await member.commit(offsets);
  for (const { offset, ...place } of offsets) partitions.get(placeKey(place))?.committed(offset);
}

/** The nearest that is to be had without leaving anything out: beyond the end, the topic was made anew. */
export function nearest(offset: bigint, { earliest, latest }: Pick<Offsets, 'earliest' | 'latest'>): bigint {
  return offset < earliest || offset > latest ? earliest : offset;
}

/** As a sentence for the log. */
export function movedText(place: Place, was: bigint, is: bigint): string {
  return `of ${placeText(place)}, offset ${was} is not there any more, or not yet: reading on from ${is}`;
}
