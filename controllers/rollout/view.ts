/** What is there, from the caches: which TrafficRollouts are about a Service, and which Revisions it has. */
import { SERVICE_LABEL } from '../../src/knative/serving/revisions.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo } from '../../src/kubernetes/object.ts';
import { Groups } from '../schedule/groups.ts';

export interface Stores {
  readonly rollouts: Store;
  readonly services: Store;
  readonly configurations: Store;
  readonly routes: Store;
  readonly revisions: Store;
  readonly podAutoscalers: Store;
  readonly jobs: Store;
}

/** The Service that a TrafficRollout is about, be it there or not; undefined where it names none. */
export function serviceOfRollout(object: JsonObject | undefined): string | undefined {
  const name = stringAt(object, 'spec', 'serviceRef', 'name');
  return name === '' ? undefined : name;
}

/** Keeps itself up to date with the stores. */
export class View {
  readonly stores: Stores;
  readonly #rollouts = new Groups<JsonObject>();
  readonly #revisions = new Groups<JsonObject>();

  constructor(stores: Stores) {
    this.stores = stores;
    index(stores.rollouts, this.#rollouts, serviceOfRollout);
    index(stores.revisions, this.#revisions, (revision) => stringAt(revision, 'metadata', 'labels', SERVICE_LABEL));
  }

  /** Those of a Service: the first is who decides, the one that was there before the others. */
  rolloutsOf(namespace: string, service: string): readonly JsonObject[] {
    const found = [...this.#rollouts.of(namespace, service)].filter((each) => !isBeingDeleted(each));
    return found.length < 2 ? found : found.sort(byAge);
  }

  /** By name, so that what is written comes in the same order each time. */
  revisionsOf(namespace: string, service: string): readonly JsonObject[] {
    const found = [...this.#revisions.of(namespace, service)].filter((each) => !isBeingDeleted(each));
    return found.length < 2 ? found : found.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  }
}

function byAge(one: JsonObject, other: JsonObject): number {
  const [left, right] = [one, other].map((each) => {
    return `${stringAt(each, 'metadata', 'creationTimestamp') ?? ''} ${nameOf(each)}`;
  });
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

function index(
  store: Store,
  groups: Groups<JsonObject>,
  groupOf: (object: JsonObject | undefined) => string | undefined,
): void {
  const changed = ({ object, old }: Change): void => {
    const before = groupOf(old);
    if (old !== undefined && before !== undefined) groups.delete(referenceTo(old).namespace, before, nameOf(old));
    const now = groupOf(object);
    if (object !== undefined && now !== undefined) {
      groups.add(referenceTo(object).namespace, now, nameOf(object), object);
    }
  };
  for (const object of store.all()) changed({ object });
  store.onChange(changed);
}
