/** What is there, from the caches: which schedule is about which Revisions, and what each says now. */
import { configurationOf, isActive, podAutoscalerOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { ReadResult, ScalingSchedule } from '../../src/schedule/model.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { stateAt } from '../../src/schedule/state.ts';
import type { Followed } from '../manager/controller.ts';
import type { Claim } from '../minScale/claim.ts';
import { traceOf } from '../minScale/trace.ts';

export interface Stores {
  readonly schedules: Followed['store'];
  readonly services: Followed['store'];
  readonly revisions: Followed['store'];
  readonly podAutoscalers: Followed['store'];
}

/** A schedule that can be read, and its object. */
export interface Contender {
  readonly object: JsonObject;
  readonly schedule: ScalingSchedule;
}

/** A claim, and the schedule that makes it. */
export interface ScheduleClaim extends Claim, Contender {}

type Objects = readonly JsonObject[];

const NOBODY: readonly Contender[] = [];
const NOTHING: Objects = [];

/** `ScalingSchedule/business-hours`: who holds a Revision, within its namespace. */
export function holderName(name: string): string {
  return `ScalingSchedule/${name}`;
}

export function nameOfHolder(holder: string): string | undefined {
  const [kind, name] = holder.split('/');
  return kind === 'ScalingSchedule' && name !== '' ? name : undefined;
}

const READ = new WeakMap<JsonObject, ReadResult>();

/** Read once for each version of the object. */
export function readOnce(object: JsonObject): ReadResult {
  const known = READ.get(object);
  if (known !== undefined) return known;
  const read = readSchedule(object);
  READ.set(object, read);
  return read;
}

/** The names by which schedules can mean a Revision. */
function targetsOf(revision: JsonObject): string[] {
  const service = serviceOf(revision);
  const configuration = configurationOf(revision);
  const names = [`Revision/${podAutoscalerOf(revision)}`];
  if (configuration !== undefined) names.push(`Configuration/${configuration}`);
  if (service !== undefined) names.push(`Service/${service}`);
  return names;
}

/** By the lists of a store, which stay the same until something in the namespace changes. */
interface Index {
  readonly schedules: Objects;
  readonly services: Objects;
  readonly byTarget: ReadonlyMap<string, readonly Contender[]>;
}

interface Revisions {
  readonly byTarget: ReadonlyMap<string, Objects>;
}

interface Traces {
  readonly byHolder: ReadonlyMap<string, Objects>;
}

export class View {
  readonly stores: Stores;
  readonly #indices = new Map<string, Index>();
  readonly #revisions = new WeakMap<Objects, Revisions>();
  readonly #traces = new WeakMap<Objects, Traces>();

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /** The schedules that are about the Revision, those that cannot be read left out. */
  contendersFor(namespace: string, revision: JsonObject): readonly Contender[] {
    const { byTarget } = this.#index(namespace);
    const found = new Map<string, Contender>();
    for (const target of targetsOf(revision)) {
      for (const contender of byTarget.get(target) ?? NOBODY) found.set(contender.schedule.name, contender);
    }
    return [...found.values()];
  }

  /** What is wanted of the Revision now; nothing of one that has no traffic. */
  claimsOn(namespace: string, revision: JsonObject, now: Date): ScheduleClaim[] {
    if (!isActive(revision)) return [];
    const claims: ScheduleClaim[] = [];
    for (const contender of this.contendersFor(namespace, revision)) {
      const { schedule } = contender;
      const { scale } = stateAt(schedule, now);
      if (scale === undefined) continue;
      claims.push({ ...contender, holder: holderName(schedule.name), priority: schedule.priority, scale });
    }
    return claims;
  }

  /** The Revisions that a schedule is about, with traffic or without. */
  revisionsOf(namespace: string, schedule: ScalingSchedule): Objects {
    const { byTarget } = this.#revisionsOf(namespace);
    const targets = this.targetNames(namespace, schedule);
    if (targets.length === 1) return byTarget.get(targets[0] ?? '') ?? NOTHING;
    return [...new Set(targets.flatMap((target) => byTarget.get(target) ?? NOTHING))];
  }

  /** `Service/cart`: what the schedule names, whether it is there or not, or what it selects. */
  targetNames(namespace: string, { target }: ScalingSchedule): readonly string[] {
    if ('name' in target) return [`${target.kind}/${target.name}`];
    const names: string[] = [];
    for (const service of this.stores.services.inNamespace(namespace)) {
      const labels = labelsFrom(objectAt(service, 'metadata', 'labels'));
      if (selects(target.selector, labels) === 'yes') names.push(`Service/${stringAt(service, 'metadata', 'name')}`);
    }
    return names;
  }

  /** `Service cart`, where the schedule is about what is not there. */
  missingTarget(namespace: string, schedule: ScalingSchedule): string | undefined {
    const { target } = schedule;
    if (!('name' in target)) {
      return this.targetNames(namespace, schedule).length > 0 ? undefined : 'a Service that its selector selects';
    }
    const isThere =
      target.kind === 'Service'
        ? this.stores.services.find(namespace, target.name) !== undefined
        : this.revisionsOf(namespace, schedule).length > 0;
    return isThere ? undefined : `${target.kind} ${target.name}`;
  }

  /** The schedules that are about the same as the document, which may be gone or unreadable by now. */
  besides(object: JsonObject): readonly Contender[] {
    const { schedule } = readOnce(object);
    const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
    if (schedule === undefined) return NOBODY;
    const { byTarget } = this.#index(namespace);
    const found = new Map<string, Contender>();
    const targets = new Set(this.targetNames(namespace, schedule));
    for (const revision of this.revisionsOf(namespace, schedule))
      for (const name of targetsOf(revision)) targets.add(name);
    for (const target of targets) {
      for (const contender of byTarget.get(target) ?? NOBODY) found.set(contender.schedule.name, contender);
    }
    return [...found.values()];
  }

  /** The Revisions that a holder has left its trace on. */
  tracedBy(namespace: string, holder: string): Objects {
    const list = this.stores.podAutoscalers.inNamespace(namespace);
    const known = this.#traces.get(list) ?? { byHolder: traces(list) };
    this.#traces.set(list, known);
    const found: JsonObject[] = [];
    for (const podAutoscaler of known.byHolder.get(holder) ?? NOTHING) {
      const revision = this.stores.revisions.find(namespace, stringAt(podAutoscaler, 'metadata', 'name') ?? '');
      if (revision !== undefined) found.push(revision);
    }
    return found;
  }

  podAutoscalerOf(namespace: string, revision: JsonObject): JsonObject | undefined {
    return this.stores.podAutoscalers.find(namespace, podAutoscalerOf(revision));
  }

  #index(namespace: string): Index {
    const schedules = this.stores.schedules.inNamespace(namespace);
    const services = this.stores.services.inNamespace(namespace);
    const known = this.#indices.get(namespace);
    if (known !== undefined && known.schedules === schedules && known.services === services) return known;

    const byTarget = new Map<string, Contender[]>();
    for (const object of schedules) {
      const { schedule } = readOnce(object);
      if (schedule === undefined || isBeingDeleted(object)) continue;
      for (const target of this.targetNames(namespace, schedule)) {
        const contenders = byTarget.get(target);
        if (contenders === undefined) byTarget.set(target, [{ object, schedule }]);
        else contenders.push({ object, schedule });
      }
    }
    const index = { schedules, services, byTarget };
    if (schedules.length === 0) this.#indices.delete(namespace);
    else this.#indices.set(namespace, index);
    return index;
  }

  #revisionsOf(namespace: string): Revisions {
    const list = this.stores.revisions.inNamespace(namespace);
    const known = this.#revisions.get(list);
    if (known !== undefined) return known;
    const byTarget = new Map<string, JsonObject[]>();
    for (const revision of list) {
      for (const target of targetsOf(revision)) {
        const others = byTarget.get(target);
        if (others === undefined) byTarget.set(target, [revision]);
        else others.push(revision);
      }
    }
    this.#revisions.set(list, { byTarget });
    return { byTarget };
  }
}

function traces(list: Objects): ReadonlyMap<string, Objects> {
  const byHolder = new Map<string, JsonObject[]>();
  for (const podAutoscaler of list) {
    const holder = traceOf(podAutoscaler)?.holder;
    if (holder === undefined) continue;
    const others = byHolder.get(holder);
    if (others === undefined) byHolder.set(holder, [podAutoscaler]);
    else others.push(podAutoscaler);
  }
  return byHolder;
}
