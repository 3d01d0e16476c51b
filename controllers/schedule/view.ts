/** What is there, from the caches: which schedule is about which Revisions, and what each says now. */
import { configurationOf, isActive, podAutoscalerOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { ScalingSchedule } from '../../src/schedule/model.ts';
import { stateAt } from '../../src/schedule/state.ts';
import type { Claim } from '../minScale/claim.ts';
import { traceOf } from '../minScale/trace.ts';
import { Groups } from './groups.ts';
import { readOnce, takesPlaceOf } from './read.ts';

export interface Stores {
  readonly schedules: Store;
  readonly services: Store;
  readonly revisions: Store;
  readonly podAutoscalers: Store;
}

/** A schedule that can be read, and its object. */
export interface Contender {
  readonly object: JsonObject;
  readonly schedule: ScalingSchedule;
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

/** The names by which schedules can mean a Revision. */
function targetsOf(revision: JsonObject): string[] {
  const service = serviceOf(revision);
  const configuration = configurationOf(revision);
  const names = [`Revision/${nameOf(revision)}`];
  if (configuration !== undefined) names.push(`Configuration/${configuration}`);
  if (service !== undefined) names.push(`Service/${service}`);
  return names;
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
  readonly #contenders = new Groups<Contender>();
  /** The groups in which each schedule stands, by `namespace/name`. */
  readonly #targets = new Map<string, readonly string[]>();
  /** By namespace, the names of those that select: what they are about changes with the Services. */
  readonly #selecting = new Groups<string>();
  readonly #revisions = new Groups<JsonObject>();
  readonly #traced = new Groups<JsonObject>();

  constructor(stores: Stores) {
    this.stores = stores;
    follow(stores.schedules, (change) => this.#scheduleChanged(change));
    follow(stores.revisions, (change) => this.#revisionChanged(change));
    follow(stores.podAutoscalers, (change) => this.#podAutoscalerChanged(change));
    stores.services.onChange(({ object, old }) => this.#servicesChanged(namespaceOf(object ?? old)));
  }

  /** The schedules that are about the Revision, those left out that cannot be read or are on their way out. */
  contendersFor(namespace: string, revision: JsonObject): readonly Contender[] {
    return this.#contendersAt(namespace, targetsOf(revision));
  }

  /** The Revisions that a schedule is about, with traffic or without. */
  revisionsOf(namespace: string, schedule: ScalingSchedule): ReadonlySet<JsonObject> {
    const found = new Set<JsonObject>();
    for (const target of this.#targetNames(namespace, schedule)) {
      for (const revision of this.#revisions.of(namespace, target)) found.add(revision);
    }
    return found;
  }

  /** `Service cart`, where the schedule is about what is not there. */
  missingTarget(namespace: string, schedule: ScalingSchedule): string | undefined {
    const { target } = schedule;
    if (!('name' in target)) {
      return this.#targetNames(namespace, schedule).length > 0 ? undefined : 'a Service that its selector selects';
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
    const targets = new Set(this.#targetNames(namespace, schedule));
    for (const revision of this.revisionsOf(namespace, schedule)) {
      for (const name of targetsOf(revision)) targets.add(name);
    }
    return this.#contendersAt(namespace, targets);
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

  podAutoscalerOf(namespace: string, revision: JsonObject): JsonObject | undefined {
    return this.stores.podAutoscalers.find(namespace, podAutoscalerOf(revision));
  }

  #contendersAt(namespace: string, targets: Iterable<string>): readonly Contender[] {
    const found = new Set<Contender>();
    for (const target of targets) {
      for (const contender of this.#contenders.of(namespace, target)) found.add(contender);
    }
    return [...found];
  }

  /** `Service/cart`: what the schedule names, whether it is there or not, or what it selects. */
  #targetNames(namespace: string, { target }: ScalingSchedule): readonly string[] {
    if ('name' in target) return [`${target.kind}/${target.name}`];
    const names: string[] = [];
    for (const service of this.stores.services.inNamespace(namespace)) {
      const labels = labelsFrom(objectAt(service, 'metadata', 'labels'));
      if (selects(target.selector, labels) === 'yes') names.push(`Service/${nameOf(service)}`);
    }
    return names;
  }

  #scheduleChanged({ object, old }: Change): void {
    if (object !== undefined && old !== undefined) takesPlaceOf(object, old);
    const [namespace, name] = [namespaceOf(object ?? old), nameOf(object ?? old)];
    const key = `${namespace}/${name}`;
    for (const target of this.#targets.get(key) ?? []) this.#contenders.delete(namespace, target, name);
    this.#targets.delete(key);
    this.#selecting.delete(namespace, '', name);
    const schedule = object === undefined || isBeingDeleted(object) ? undefined : readOnce(object).schedule;
    if (object === undefined || schedule === undefined) return;

    if ('selector' in schedule.target) this.#selecting.add(namespace, '', name, name);
    const targets = this.#targetNames(namespace, schedule);
    const contender = { object, schedule };
    for (const target of targets) this.#contenders.add(namespace, target, name, contender);
    this.#targets.set(key, targets);
  }

  #servicesChanged(namespace: string): void {
    for (const name of [...this.#selecting.of(namespace, '')]) {
      const object = this.stores.schedules.find(namespace, name);
      if (object !== undefined) this.#scheduleChanged({ object });
    }
  }

  #revisionChanged({ object, old }: Change): void {
    if (old !== undefined) {
      for (const target of targetsOf(old)) this.#revisions.delete(namespaceOf(old), target, nameOf(old));
    }
    if (object === undefined) return;
    for (const target of targetsOf(object)) this.#revisions.add(namespaceOf(object), target, nameOf(object), object);
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

/** What is there already, and each change from now on. */
function follow(store: Store, listener: (change: Change) => void): void {
  for (const object of store.all()) listener({ object });
  store.onChange(listener);
}

function namespaceOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

function nameOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}
