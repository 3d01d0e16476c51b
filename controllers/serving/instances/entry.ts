/** One Revision that is steered: what its objects say, its scaling, and its Pods. */

import { formatDuration, MILLISECOND } from '../../../src/knative/duration.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { uidOf } from '../../../src/kubernetes/object.ts';
import type { Instance, Plane, RevisionKey } from '../../../src/platform/network/plane.ts';
import type { Pods } from '../../pods/door.ts';
import { isControlledBy } from '../read.ts';
import type { Instances } from '../runtime.ts';
import { HpaRun } from './hpaRun.ts';
import { failureOf, instanceOf, type PodView, viewOf } from './pods.ts';
import { RevisionRun, type RevisionSays, type Scaling } from './revisionRun.ts';
import { firstReplicas, type InstancesSettings, revisionSettingsOf, saysOf } from './says.ts';

export interface Seen {
  readonly revision: JsonObject;
  readonly podAutoscaler: JsonObject;
  /** With the Revision's label, whoever owns them. */
  readonly pods: readonly JsonObject[];
  readonly settings: InstancesSettings;
}

/** To what carries requests, and to what runs Pods, where that is in this process. */
export interface Doors {
  readonly plane: Plane;
  readonly pods: Pick<Pods, 'stateOf'> | undefined;
}

/** How far a Pod is on its way out: `draining` still has requests. */
export type Leaving = 'draining' | 'drained' | 'deleted';

export class Entry {
  readonly key: RevisionKey;
  readonly #doors: Doors;
  readonly leaving = new Map<string, Leaving>();
  /** Why no Pod can be made, as the API server says it; undefined while it takes them. */
  refusal: string | undefined;
  #seen: Seen;
  #run: Scaling;
  #views: readonly PodView[] = [];
  #ready = 0;
  /** The instances and the mode that the Plane knows. */
  #told: { instances: string; isProxied: boolean | undefined } = { instances: '', isProxied: undefined };
  /** Since when it wants Pods and none is ready. */
  #unreadySince: number | undefined;
  #answered = '';
  #scaled: number | undefined;

  constructor(key: RevisionKey, seen: Seen, doors: Doors, now: number) {
    this.key = key;
    this.#doors = doors;
    this.#seen = seen;
    this.#look(seen.pods);
    const there = this.live.length;
    const replicas = firstReplicas(seen.podAutoscaler, there, seen.settings);
    this.#run = this.#begin(saysOf(seen.podAutoscaler, seen.settings), replicas, now);
    doors.plane.setRevision(key, revisionSettingsOf(seen.revision));
    this.tellPlane(now);
  }

  get run(): Scaling {
    return this.#run;
  }

  get revision(): JsonObject {
    return this.#seen.revision;
  }

  /** Pods that are there and stay for now, those on their way out too. */
  get live(): readonly PodView[] {
    return this.#views.filter((view) => !view.isEnding && !view.hasEnded && this.leaving.get(view.uid) !== 'deleted');
  }

  /** Pods that ran to their end: in their place there are to be others. */
  get ended(): readonly PodView[] {
    return this.#views.filter((view) => view.hasEnded && !view.isEnding && this.leaving.get(view.uid) !== 'deleted');
  }

  get views(): readonly PodView[] {
    return this.#views;
  }

  /** Pods that take requests, and are not on their way out. */
  get ready(): number {
    return this.#ready;
  }

  /** For metrics. */
  count(state: 'pending' | 'notReady' | 'terminating'): number {
    return this.#views.filter((view) => {
      if (view.isEnding || this.leaving.has(view.uid)) return state === 'terminating';
      if (view.hasEnded || view.isReady) return false;
      return state === (stringAt(view.pod, 'status', 'phase') === 'Running' ? 'notReady' : 'pending');
    }).length;
  }

  get isAtRest(): boolean {
    return this.run.isAtRest && this.#views.length === 0;
  }

  /** Takes in what objects say by now. */
  see(seen: Seen, now: number): void {
    const before = this.#seen;
    this.#seen = seen;
    if (seen.pods !== before.pods) this.#look(seen.pods);
    if (seen.podAutoscaler !== before.podAutoscaler || seen.settings !== before.settings) {
      this.#follow(saysOf(seen.podAutoscaler, seen.settings), now);
    }
    if (seen.revision !== before.revision) this.#doors.plane.setRevision(this.key, revisionSettingsOf(seen.revision));
    this.tellPlane(now);
  }

  /** What runs Pods says something else of one of them. */
  lookAgain(now: number): void {
    this.#look(this.#seen.pods);
    this.tellPlane(now);
  }

  /** Brings the Plane to what is ready now. */
  tellPlane(now: number): void {
    const staying = this.#views.filter(({ uid }) => !this.leaving.has(uid));
    const instances = staying.map(instanceOf).filter((each): each is Instance => each !== undefined);
    this.#ready = instances.length;
    const text = instances.map(({ uid, port }) => `${uid}:${port}`).join();
    const { isProxied } = this.run;
    if (isProxied !== this.#told.isProxied) this.#doors.plane.setProxied(this.key, isProxied);
    if (text !== this.#told.instances) this.#doors.plane.setInstances(this.key, instances);
    this.#told = { instances: text, isProxied };
    const isUnready = this.run.replicas > 0 && this.#ready === 0;
    this.#unreadySince = isUnready ? (this.#unreadySince ?? now) : undefined;
  }

  /** What the Revision's status is made of. */
  answer(now: number): Instances {
    const { want } = this.run;
    const counts = { wanted: want, ready: this.#ready };
    if (this.#ready > 0 || this.run.replicas === 0) return counts;
    const { refusal } = this;
    // as Knative reads it off the Deployment's condition ReplicaFailure
    if (refusal !== undefined) {
      return { ...counts, failure: { of: 'resources', reason: 'FailedCreate', message: refusal } };
    }
    const failure = failureOf(this.#views, this.#overdue(now));
    return failure === undefined ? counts : { ...counts, failure };
  }

  /** True where the answer is another than when this was asked last. */
  hasNews(now: number): boolean {
    const { wanted, ready, failure } = this.answer(now);
    const text = `${wanted} ${ready} ${failure?.reason ?? ''} ${failure?.message ?? ''}`;
    if (text === this.#answered) return false;
    this.#answered = text;
    return true;
  }

  /** True where it is to have another number of Pods than when this was asked last. */
  hasOtherScale(): boolean {
    const { replicas } = this.run;
    if (replicas === this.#scaled) return false;
    this.#scaled = replicas;
    return true;
  }

  /** By another class goes on from where the first one was. */
  #follow(says: RevisionSays, now: number): void {
    const { run } = this;
    if (says.isOfClassHpa !== run.says.isOfClassHpa) this.#run = this.#begin(says, run.replicas, now);
    else run.follow(says, now);
  }

  #begin(says: RevisionSays, replicas: number, now: number): Scaling {
    if (says.isOfClassHpa && this.#doors.pods !== undefined) return new HpaRun(says, replicas);
    return new RevisionRun(says, { replicas, ready: this.#ready, now });
  }

  #overdue(now: number): string | undefined {
    const { progressDeadline } = this.run.says;
    if (this.#unreadySince === undefined || now - this.#unreadySince < progressDeadline) return undefined;
    return formatDuration(BigInt(Math.round(progressDeadline)) * MILLISECOND);
  }

  #look(pods: readonly JsonObject[]): void {
    const own = pods.filter((pod) => isControlledBy(pod, this.#seen.revision));
    const door = this.#doors.pods;
    this.#views = own.map((pod) => viewOf(pod, door === undefined ? undefined : (door.stateOf(uidOf(pod)) ?? 'none')));
    const there = new Set(this.#views.map(({ uid }) => uid));
    for (const uid of this.leaving.keys()) if (!there.has(uid)) this.leaving.delete(uid);
  }
}
