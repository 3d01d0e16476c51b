/** Which schedules are about which Revisions, by what they name or select. */
import { configurationOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';
import { isBeingDeleted, nameOf, referenceTo } from '../../src/kubernetes/object.ts';
import type { ScalingSchedule } from '../../src/schedule/model.ts';
import { Groups } from './groups.ts';
import { isSameService } from './keep.ts';
import { readOnce, takesPlaceOf } from './read.ts';

/** A schedule that can be read, and its object. */
export interface Contender {
  readonly object: JsonObject;
  readonly schedule: ScalingSchedule;
}

/** The names by which schedules can mean a Revision. */
export function targetsOf(revision: JsonObject): string[] {
  const service = serviceOf(revision);
  const configuration = configurationOf(revision);
  const names = [`Revision/${nameOf(revision)}`];
  if (configuration !== undefined) names.push(`Configuration/${configuration}`);
  if (service !== undefined) names.push(`Service/${service}`);
  return names;
}

/** Keeps itself up to date with the stores of schedules and Services; it holds nothing of Revisions. */
export class Contenders {
  readonly #schedules: Store;
  readonly #services: Store;
  readonly #contenders = new Groups<Contender>();
  /** The groups in which each schedule stands, by `namespace/name`. */
  readonly #targets = new Map<string, readonly string[]>();
  /** By namespace, the names of those that select: what they are about changes with the Services. */
  readonly #selecting = new Groups<string>();

  constructor({ schedules, services }: { readonly schedules: Store; readonly services: Store }) {
    this.#schedules = schedules;
    this.#services = services;
    follow(schedules, (change) => this.#scheduleChanged(change));
    services.onChange((change) => this.#serviceChanged(change));
  }

  /** The schedules that are about the Revision, those left out that cannot be read or are on their way out. */
  contendersFor(namespace: string, revision: JsonObject): readonly Contender[] {
    return this.contendersAt(namespace, targetsOf(revision));
  }

  /** @param targets as `targetsOf` names them */
  contendersAt(namespace: string, targets: Iterable<string>): readonly Contender[] {
    const found = new Set<Contender>();
    for (const target of targets) {
      for (const contender of this.#contenders.of(namespace, target)) found.add(contender);
    }
    return [...found];
  }

  /** `Service/cart`: what the schedule names, whether it is there or not, or what it selects. */
  targetNames(namespace: string, { target }: ScalingSchedule): readonly string[] {
    if ('name' in target) return [`${target.kind}/${target.name}`];
    const names: string[] = [];
    for (const service of this.#services.inNamespace(namespace)) {
      const labels = labelsFrom(objectAt(service, 'metadata', 'labels'));
      if (selects(target.selector, labels) === 'yes') names.push(`Service/${nameOf(service)}`);
    }
    return names;
  }

  #scheduleChanged({ object, old }: Change): void {
    if (object !== undefined && old !== undefined) takesPlaceOf(object, old);
    const { namespace, name } = referenceTo(object ?? old ?? {});
    const key = `${namespace}/${name}`;
    for (const target of this.#targets.get(key) ?? []) this.#contenders.delete(namespace, target, name);
    this.#targets.delete(key);
    this.#selecting.delete(namespace, '', name);
    const schedule = object === undefined || isBeingDeleted(object) ? undefined : readOnce(object).schedule;
    if (object === undefined || schedule === undefined) return;

    if ('selector' in schedule.target) this.#selecting.add(namespace, '', name, name);
    const targets = this.targetNames(namespace, schedule);
    const contender = { object, schedule };
    for (const target of targets) this.#contenders.add(namespace, target, name, contender);
    this.#targets.set(key, targets);
  }

  #serviceChanged({ object, old }: Change): void {
    if (object !== undefined && old !== undefined && isSameService(object, old)) return;
    const { namespace } = referenceTo(object ?? old ?? {});
    for (const name of [...this.#selecting.of(namespace, '')]) {
      const schedule = this.#schedules.find(namespace, name);
      if (schedule !== undefined) this.#scheduleChanged({ object: schedule });
    }
  }
}

/** What is there already, and each change from now on. */
export function follow(store: Store, listener: (change: Change) => void): void {
  for (const object of store.all()) listener({ object });
  store.onChange(listener);
}
