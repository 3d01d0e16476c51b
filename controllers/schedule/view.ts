/** What is there, from the caches: which schedule is about which Revisions, and what each says now. */
import { configurationOf, isActive, podAutoscalerOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import type { ScalingSchedule } from '../../src/schedule/model.ts';
import { stateAt } from '../../src/schedule/state.ts';
import type { Claim, Floor } from '../minScale/claim.ts';
import type { RolloutClaims } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { type Contender, Contenders, follow, targetsOf } from './contenders.ts';
import { Groups } from './groups.ts';
import { readOnce } from './read.ts';

export interface Stores {
  readonly schedules: Store;
  readonly services: Store;
  readonly revisions: Store;
  readonly podAutoscalers: Store;
}

/** A claim, and the schedule that makes it. */
export interface ScheduleClaim extends Claim, Contender {}

/** `ScalingSchedule/business-hours`: who holds a Revision, within its namespace. */
export function holderName(name: string): string {
  return `ScalingSchedule/${name}`;
}

export function nameOfHolder(holder: string): string | undefined {
  const [kind, name] = holder.split('/');
  return kind === 'ScalingSchedule' && name !== '' ? name : undefined;
}

/** What the contenders want of a Revision now; nothing of one that has no traffic. */
export function claimsOn(revision: JsonObject, contenders: readonly Contender[], now: Date): ScheduleClaim[] {
  if (!isActive(revision)) return [];
  const claims: ScheduleClaim[] = [];
  for (const { object, schedule } of contenders) {
    const { scale } = stateAt(schedule, now);
    if (scale === undefined) continue;
    claims.push({ object, schedule, holder: holderName(schedule.name), priority: schedule.priority, scale });
  }
  return claims;
}

/** Keeps itself up to date with the stores: a look at one schedule costs the same beside ten thousand others. */
export class View {
  readonly stores: Stores;
  readonly #rollouts: RolloutClaims | undefined;
  readonly #contenders: Contenders;
  /** By Service and Configuration, which have the same name most of the time: a group for each would take twice the room. */
  readonly #revisions = new Groups<JsonObject>();
  readonly #traced = new Groups<JsonObject>();

  /** @param rollouts what they claim beside the schedules; nothing unless given */
  constructor(stores: Stores, rollouts?: RolloutClaims) {
    this.stores = stores;
    this.#rollouts = rollouts;
    this.#contenders = new Contenders(stores);
    follow(stores.revisions, (change) => this.#revisionChanged(change));
    follow(stores.podAutoscalers, (change) => this.#podAutoscalerChanged(change));
  }

  /** The schedules that are about the Revision, those left out that cannot be read or are on their way out. */
  contendersFor(namespace: string, revision: JsonObject): readonly Contender[] {
    return this.#contenders.contendersFor(namespace, revision);
  }

  /** The Revisions that a schedule is about, with traffic or without. */
  revisionsOf(namespace: string, schedule: ScalingSchedule): ReadonlySet<JsonObject> {
    const found = new Set<JsonObject>();
    for (const target of this.#contenders.targetNames(namespace, schedule)) {
      for (const revision of this.#revisionsAt(namespace, target)) found.add(revision);
    }
    return found;
  }

  /** `Service cart`, where the schedule is about what is not there. */
  missingTarget(namespace: string, schedule: ScalingSchedule): string | undefined {
    const { target } = schedule;
    if (!('name' in target)) {
      return this.#contenders.targetNames(namespace, schedule).length > 0
        ? undefined
        : 'a Service that its selector selects';
    }
    const isThere =
      target.kind === 'Service'
        ? this.stores.services.find(namespace, target.name) !== undefined
        : this.revisionsOf(namespace, schedule).size > 0;
    return isThere ? undefined : `${target.kind} ${target.name}`;
  }

  /** The schedules that are about the same as the document, which may be gone or unreadable by now. */
  besides(object: JsonObject): readonly Contender[] {
    const { schedule } = readOnce(object);
    if (schedule === undefined) return [];
    const namespace = namespaceOf(object);
    const targets = new Set(this.#contenders.targetNames(namespace, schedule));
    for (const revision of this.revisionsOf(namespace, schedule)) {
      for (const name of targetsOf(revision)) targets.add(name);
    }
    return this.#contenders.contendersAt(namespace, targets);
  }

  /** The Revisions that a holder has left its trace on. */
  tracedBy(namespace: string, holder: string): readonly JsonObject[] {
    const found: JsonObject[] = [];
    for (const podAutoscaler of this.#traced.of(namespace, holder)) {
      const revision = this.stores.revisions.find(namespace, nameOf(podAutoscaler));
      if (revision !== undefined) found.push(revision);
    }
    return found;
  }

  /** What a rollout needs of the Revision, whatever schedules say. */
  floorOn(namespace: string, revision: string): Floor | undefined {
    return this.#rollouts?.on(namespace, revision);
  }

  podAutoscalerOf(namespace: string, revision: JsonObject): JsonObject | undefined {
    return this.stores.podAutoscalers.find(namespace, podAutoscalerOf(revision));
  }

  #revisionsAt(namespace: string, target: string): JsonObject[] {
    const slash = target.indexOf('/');
    const [kind, name] = [target.slice(0, slash), target.slice(slash + 1)];
    if (kind === 'Revision') return [this.stores.revisions.find(namespace, name)].filter((each) => each !== undefined);
    const ownerOf = kind === 'Service' ? serviceOf : configurationOf;
    return [...this.#revisions.of(namespace, name)].filter((each) => ownerOf(each) === name);
  }

  #revisionChanged({ object, old }: Change): void {
    if (old !== undefined) {
      for (const owner of ownersOf(old)) this.#revisions.delete(namespaceOf(old), owner, nameOf(old));
    }
    if (object === undefined) return;
    for (const owner of ownersOf(object)) this.#revisions.add(namespaceOf(object), owner, nameOf(object), object);
  }

  #podAutoscalerChanged({ object, old }: Change): void {
    const before = traceOf(old)?.holder;
    if (old !== undefined && before !== undefined) this.#traced.delete(namespaceOf(old), before, nameOf(old));
    const holder = traceOf(object)?.holder;
    if (object !== undefined && holder !== undefined) {
      this.#traced.add(namespaceOf(object), holder, nameOf(object), object);
    }
  }
}

function ownersOf(revision: JsonObject): ReadonlySet<string> {
  return new Set([configurationOf(revision), serviceOf(revision)].filter((each) => each !== undefined));
}

function namespaceOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

function nameOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}
