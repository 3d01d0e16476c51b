/** How long things last. All in milliseconds. */

export interface Timing {
  /** From the making of a CA to its end; a serving certificate ends with its CA at the latest. */
  readonly life: number;
  /** Within this every API server uses a caBundle that was written. Also the least time between two writes of one replica. */
  readonly takeUp: number;
  /** Within this every replica serves what stands in the Secret; only then does an old CA leave the caBundle. */
  readonly overlap: number;
  /** For so long a replica that remembers nothing leaves a lost Secret to those that do. */
  readonly grace: number;
  /** Everything is looked at again after this, whatever the watches say. */
  readonly resync: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** What cert-manager gives a certificate as well. */
export const USUAL_LIFE = 90 * DAY;

/** Below this the steps of one rotation do not fit into the time before the next. */
export const SHORTEST_LIFE = 20 * SECOND;

/**
 * The times that go with certificates of such a life: the usual ones, shorter where the life is short.
 *
 * @throws RangeError where the life is shorter than 20 seconds
 */
export function timingFor(life: number): Timing {
  if (!(life >= SHORTEST_LIFE)) {
    throw new RangeError(`a certificate lives ${life / SECOND} s, and ${SHORTEST_LIFE / SECOND} s is the shortest`);
  }
  return {
    life,
    takeUp: Math.min(30 * SECOND, life / 20),
    overlap: Math.min(10 * MINUTE, life / 10),
    grace: Math.min(5 * SECOND, life / 20),
    resync: Math.min(MINUTE, life / 30),
  };
}
