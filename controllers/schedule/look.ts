/** What one schedule has to do now: what is there in, and out of it which Revisions it holds, gives up, or waits for. Pure. */
import { isActive, isReady } from '../../src/knative/serving/revisions.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { State } from '../../src/schedule/model.ts';
import { stateAt } from '../../src/schedule/state.ts';
import { type Authored, heldAnnotations, readAuthored } from '../minScale/authors.ts';
import { atLeast, winnerOf } from '../minScale/claim.ts';
import type { Held } from '../minScale/hold.ts';
import { traceOf } from '../minScale/trace.ts';
import type { Contender } from './contenders.ts';
import { readOnce } from './read.ts';
import { claimsOn, holderName, nameOfHolder, type ScheduleClaim, type View } from './view.ts';
import { listText } from './words.ts';

export interface Look {
  /** What the schedule says; undefined where there is none, or none that can be read. */
  readonly contender: Contender | undefined;
  readonly state: State | undefined;
  /** Held by this schedule from now on, or still. */
  readonly holds: readonly Hold[];
  /** Held so far, and wanted by nobody any more. */
  readonly putBacks: readonly Held[];
  /** Held once they are ready: `cart-00002 is not ready yet`. */
  readonly waits: readonly string[];
  /** Where several schedules want the same Revision. */
  readonly contests: readonly Contest[];
  /** When to look again, whatever happens: the next transition of whoever is about the same Revisions. */
  readonly again: Date | undefined;
  /** What is written down here alone: lost to another that has not taken over yet, or without a PodAutoscaler for a while. */
  readonly legacies: readonly Omit<Held, 'podAutoscaler'>[];
}

export interface Hold extends Held {
  readonly claim: ScheduleClaim;
}

export interface Contest {
  readonly revision: string;
  readonly winner: ScheduleClaim;
  readonly losers: readonly ScheduleClaim[];
}

/**
 * So many bytes of a status may say which Revisions are held and what their authors wrote: etcd takes 1.5 MiB for the
 * whole object, and an author writes what a number may look like, with a thousand zeros before it.
 */
export const MOST_RECORDED_BYTES = 1_000_000;
/** Of an entry, beside its name and what the author wrote: the uid, three values and the names of the fields. */
const ENTRY_BYTES = 160;

export interface LookOptions {
  readonly namespace: string;
  readonly name: string;
  readonly now: Date;
}

const RECORDS = new WeakMap<JsonObject, ReadonlyMap<string, Authored>>();

/** What a schedule's status says that the author wrote, by the Revision's uid: another one may get the same name. */
export function recordsOf(object: JsonObject | undefined): ReadonlyMap<string, Authored> {
  const known = object === undefined ? undefined : RECORDS.get(object);
  if (known !== undefined) return known;
  const records = new Map<string, Authored>();
  for (const entry of arrayAt(object, 'status', 'revisions')) {
    const uid = stringAt(entry, 'uid');
    const authored = readAuthored(objectAt(entry, 'authored'));
    if (uid !== undefined && authored !== undefined) records.set(uid, authored);
  }
  if (object !== undefined) RECORDS.set(object, records);
  return records;
}

export function lookAt(view: View, { namespace, name, now }: LookOptions): Look {
  const object = view.stores.schedules.find(namespace, name);
  const contender = contenderOf(object);
  const findings = new Findings(view, { namespace, name, now }, recordsOf(object));
  // what cannot be read changes nothing: whoever is at it shall not wake up to a platform that is scaled down
  if (object === undefined || isBeingDeleted(object) || contender !== undefined) {
    for (const revision of concerned(view, namespace, name, contender, object)) findings.add(revision);
  }
  const state = contender === undefined ? undefined : stateAt(contender.schedule, now);
  if (state?.until !== undefined) findings.wakeAt(state.until);
  findings.leaveRoom();
  const { holds, putBacks, waits, contests, again, legacies } = findings;
  return { contender, state, holds, putBacks, waits, contests, again, legacies };
}

function contenderOf(object: JsonObject | undefined): Contender | undefined {
  if (object === undefined || isBeingDeleted(object)) return undefined;
  const { schedule } = readOnce(object);
  return schedule === undefined ? undefined : { object, schedule };
}

/** What it is about, what it has left its trace on, and what it has written down; by name, so that words stay the same. */
function concerned(
  view: View,
  namespace: string,
  name: string,
  contender: Contender | undefined,
  object: JsonObject | undefined,
): readonly JsonObject[] {
  const revisions = new Set(contender === undefined ? [] : view.revisionsOf(namespace, contender.schedule));
  for (const revision of view.tracedBy(namespace, holderName(name))) revisions.add(revision);
  for (const entry of arrayAt(object, 'status', 'revisions')) {
    const revision = view.stores.revisions.find(namespace, stringAt(entry, 'name') ?? '');
    if (revision !== undefined) revisions.add(revision);
  }
  if (revisions.size < 2) return [...revisions];
  return [...revisions].sort((one, other) => (identityOf(one).name < identityOf(other).name ? -1 : 1));
}

export function identityOf(revision: JsonObject): { readonly name: string; readonly uid: string } {
  return { name: stringAt(revision, 'metadata', 'name') ?? '', uid: stringAt(revision, 'metadata', 'uid') ?? '' };
}

function recordedBy(contenders: readonly Contender[], revision: JsonObject): Authored | undefined {
  for (const { object } of contenders) {
    const recorded = recordsOf(object).get(identityOf(revision).uid);
    if (recorded !== undefined) return recorded;
  }
  return undefined;
}

/** What it takes of a status, whichever of its annotations counts as the author's. */
function bytesOf({ revision, recorded, podAutoscaler }: Omit<Held, 'podAutoscaler'> & Partial<Held>): number {
  const known = traceOf(podAutoscaler)?.authored ?? recorded;
  const authored = known ?? { ...heldAnnotations(podAutoscaler), ...heldAnnotations(revision) };
  const { name } = identityOf(revision);
  return ENTRY_BYTES + name.length + Buffer.byteLength(JSON.stringify(authored));
}

class Findings {
  readonly holds: Hold[] = [];
  readonly putBacks: Held[] = [];
  readonly waits: string[] = [];
  readonly contests: Contest[] = [];
  readonly legacies: Omit<Held, 'podAutoscaler'>[] = [];
  again: Date | undefined;
  readonly #view: View;
  readonly #options: LookOptions;
  readonly #records: ReadonlyMap<string, Authored>;

  constructor(view: View, options: LookOptions, records: ReadonlyMap<string, Authored>) {
    this.#view = view;
    this.#options = options;
    this.#records = records;
  }

  /** Those that it holds already first, then by name, so that it is the same ones each time. */
  leaveRoom(): void {
    let bytes = 0;
    for (const legacy of this.legacies) bytes += bytesOf(legacy);
    const sizes = new Map(this.holds.map((hold) => [hold, bytesOf(hold)]));
    for (const size of sizes.values()) bytes += size;
    if (bytes <= MOST_RECORDED_BYTES) return;

    const rank = ({ revision }: Hold): number => (this.#records.has(identityOf(revision).uid) ? 0 : 1);
    const nameOf = ({ revision }: Hold): string => identityOf(revision).name;
    const ordered = [...this.holds].sort(
      (one, other) => rank(one) - rank(other) || (nameOf(one) < nameOf(other) ? -1 : 1),
    );
    for (const size of sizes.values()) bytes -= size;
    this.holds.length = 0;
    const rest: string[] = [];
    for (const hold of ordered) {
      const size = sizes.get(hold) ?? 0;
      if (bytes + size > MOST_RECORDED_BYTES) rest.push(nameOf(hold));
      else {
        bytes += size;
        this.holds.push(hold);
      }
    }
    const what = rest.length === 1 ? 'is' : 'are';
    this.waits.push(
      `${listText(rest, 3)} ${what} not held: what their authors wrote takes more than the ${MOST_RECORDED_BYTES / 1e6} MB that a schedule's status has room for; divide the schedule`,
    );
  }

  wakeAt(time: Date): void {
    if (this.again === undefined || time < this.again) this.again = time;
  }

  add(revision: JsonObject): void {
    const { namespace, name, now } = this.#options;
    if (isBeingDeleted(revision)) return;
    const contenders = this.#view.contendersFor(namespace, revision);
    const claims = claimsOn(revision, contenders, now);
    if (isActive(revision)) this.#wakeWith(contenders);
    const winner = winnerOf(claims);
    const isMine = winner?.holder === holderName(name);
    if (winner !== undefined) this.#contest(revision, winner, claims);

    const podAutoscaler = this.#view.podAutoscalerOf(namespace, revision);
    if (podAutoscaler === undefined || isBeingDeleted(podAutoscaler)) {
      if (isMine) this.waits.push(`${identityOf(revision).name} has no PodAutoscaler yet`);
      // the trace went with it, and Knative makes the next one with what is held
      const recorded = this.#records.get(identityOf(revision).uid);
      if (recorded !== undefined) this.legacies.push({ revision, recorded });
      return;
    }
    const recorded = this.#records.get(identityOf(revision).uid) ?? recordedBy(contenders, revision);
    const held = { revision, podAutoscaler, recorded };
    const floor = this.#view.floorOn(namespace, identityOf(revision).name);
    // a rollout takes over what it claims, from the trace; until then nothing sinks
    if (winner === undefined && floor === undefined) this.#giveUp(held);
    else if (winner !== undefined && isMine) this.#take(held, { ...winner, scale: atLeast(winner.scale, floor) });
    else this.#leave(held);
  }

  #contest(revision: JsonObject, winner: ScheduleClaim, claims: readonly ScheduleClaim[]): void {
    const mine = holderName(this.#options.name);
    const losers = claims.filter((claim) => claim !== winner);
    if (losers.length === 0 || !claims.some(({ holder }) => holder === mine)) return;
    this.contests.push({ revision: identityOf(revision).name, winner, losers });
  }

  #giveUp(held: Held): void {
    const holder = traceOf(held.podAutoscaler)?.holder;
    const isHeld = holder !== undefined || held.recorded !== undefined;
    if (isHeld && !this.#isAnothers(holder)) this.putBacks.push(held);
  }

  /** Before it is ready it would have to run as many pods until the deploy counts as done. */
  #take(held: Held, claim: ScheduleClaim): void {
    const isHeld = held.recorded !== undefined || traceOf(held.podAutoscaler) !== undefined;
    if (isHeld || isReady(held.revision)) this.holds.push({ ...held, claim });
    else this.waits.push(`${identityOf(held.revision).name} is not ready yet`);
  }

  /**
   * The winner takes over from the trace; where there is none, from the record. Until its own name stands in the trace, the
   * record is kept: the PodAutoscaler may go before that, and the trace with it.
   */
  #leave(held: Held): void {
    const { name } = this.#options;
    const holder = traceOf(held.podAutoscaler)?.holder;
    const isRecorded = this.#records.has(identityOf(held.revision).uid);
    if (isRecorded && (holder === undefined || holder === holderName(name))) this.legacies.push(held);
  }

  #wakeWith(contenders: readonly Contender[]): void {
    for (const { schedule } of contenders) {
      const { until } = stateAt(schedule, this.#options.now);
      if (until !== undefined) this.wakeAt(until);
    }
  }

  /** Held by another schedule that cannot be read, or by no schedule at all: theirs to put back. */
  #isAnothers(holder: string | undefined): boolean {
    const { namespace, name } = this.#options;
    if (holder === undefined || holder === holderName(name)) return false;
    const other = nameOfHolder(holder);
    if (other === undefined) return true;
    const object = this.#view.stores.schedules.find(namespace, other);
    return object !== undefined && !isBeingDeleted(object) && readOnce(object).schedule === undefined;
  }
}
