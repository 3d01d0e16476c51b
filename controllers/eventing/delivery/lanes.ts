/** Who gets events, as it was told to what brings them: everybody at once at the start, and each change after that. */
import { matchesOf } from '../../../src/knative/eventing/matches.ts';
import { retriesOf } from '../../../src/knative/eventing/retries.ts';
import { equals, type JsonObject } from '../../../src/kubernetes/json.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';

/** What a Trigger or a Subscription comes to: all that a lane is made of. */
export interface LaneSays {
  readonly kind: 'trigger' | 'subscription';
  /** Of the object: one of the same name that comes after it is another one. */
  readonly uid: string;
  /** `broker:namespace/name` or `channel:namespace/name`. */
  readonly topic: string;
  readonly subscriber: string;
  /** `topic`: where the event came from; empty for nowhere. */
  readonly reply: string;
  /** Empty where there is none. */
  readonly deadLetter: string;
  readonly delivery: JsonObject;
  /** Of a Trigger: with its `filter` and `filters`. */
  readonly filter: JsonObject;
  readonly isOrdered: boolean;
  readonly isStructured: boolean;
}

/** What a lane leads to: where it led last, while that cannot be told anew. */
export type Known = Pick<LaneSays, 'subscriber' | 'reply' | 'deadLetter' | 'delivery'>;

interface Told {
  readonly says: LaneSays;
  readonly entry: LaneEntry;
}

export class Lanes {
  readonly #plane: Pick<EventPlane, 'setLanes' | 'hasLane'>;
  #told: Map<string, Told> | undefined;
  #isBehind = false;

  constructor(plane: Pick<EventPlane, 'setLanes' | 'hasLane'>) {
    this.#plane = plane;
  }

  /** False until all of them were told once: what is not among those is forgotten, with what it had still to get. */
  get isBegun(): boolean {
    return this.#told !== undefined;
  }

  begin(lanes: ReadonlyMap<string, LaneSays>): void {
    const told = new Map([...lanes].map(([key, says]) => [key, { says, entry: entryOf(says) }]));
    this.#tell(told);
    this.#told = told;
  }

  /** It gets events from now on, if it got none before. */
  put(key: string, says: LaneSays): void {
    if (this.#told === undefined) return;
    const known = this.#told.get(key);
    const isNews = known === undefined || !equals({ ...known.says }, { ...says });
    if (isNews) this.#told.set(key, { says, entry: entryOf(says) });
    if (isNews || this.#isBehind) this.#tell(this.#told);
  }

  /** It gets no events any more, nor those that still wait for it. */
  remove(key: string): void {
    if (this.#told === undefined) return;
    const isNews = this.#told.delete(key);
    if (isNews || this.#isBehind) this.#tell(this.#told);
  }

  /** What an object of the same name left that is no more, where nobody saw that there was none between the two. */
  removeOther(key: string, uid: string): void {
    const known = this.#told?.get(key);
    if (known !== undefined && known.says.uid !== uid) this.remove(key);
  }

  /**
   * Undefined for one that never got events. Of one from before the start only what its status says is known.
   *
   * @param inStatus where it led, by its status
   */
  known(key: string, inStatus: Known): Known | undefined {
    const told = this.#told?.get(key);
    if (told !== undefined) return told.says;
    return this.#plane.hasLane(key) ? inStatus : undefined;
  }

  /** What is told is written down first, which a full disk refuses: then it is told with the next round. */
  #tell(told: ReadonlyMap<string, Told>): void {
    this.#isBehind = true;
    this.#plane.setLanes(new Map([...told].map(([key, { entry }]) => [key, entry])));
    this.#isBehind = false;
  }
}

function entryOf(says: LaneSays): LaneEntry {
  const { kind, topic, subscriber, reply, deadLetter, delivery, filter, isOrdered, isStructured } = says;
  return {
    topic,
    matches: kind === 'trigger' ? matchesOf({ spec: filter }) : () => true,
    spec: {
      kind,
      subscriber,
      reply: reply === '' ? undefined : reply,
      deadLetter: deadLetter === '' ? undefined : deadLetter,
      retries: retriesOf(delivery),
      isOrdered,
      isStructured,
    },
  };
}
