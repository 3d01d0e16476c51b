/** A rollout that is played (test/rollout/world.ts), as `weir rollout` would read it in a cluster. */
import type { Look } from '../../../src/cli/rollout/look.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Decision } from '../../../src/rollout/decide.ts';
import { type Target, trafficJson } from '../../../src/rollout/traffic.ts';
import { ANALYSIS, aDocument, aRollout } from '../../rollout/builders.ts';
import { World } from '../../rollout/world.ts';

export class Played {
  readonly world: World;
  readonly #spec: JsonObject;
  command: string | undefined;
  git = false;
  last: Decision | undefined;
  #routed: readonly Target[] = [];

  constructor(spec: JsonObject = { analysis: ANALYSIS }) {
    this.#spec = spec;
    this.world = new World(aRollout(spec));
  }

  /** The first Revision is stable with six pods, and a second one is Ready. */
  static underWay(spec?: JsonObject): Played {
    const played = new Played(spec);
    const { world } = played;
    world.ready(world.create(), 6);
    played.settle();
    world.ready(world.create(), 0);
    return played;
  }

  /** So many rounds, between which the Route and the pods follow, and everything is measured well. */
  settle(rounds = 6, values: Parameters<World['measure']>[0] = {}): this {
    const { world } = this;
    for (let round = 0; round < rounds; round++) {
      this.last = world.reconcile();
      world.route();
      world.scale();
    }
    world.measure(values);
    this.#routed = world.routed ?? this.#routed;
    this.last = world.reconcile();
    return this;
  }

  wait(seconds: number): this {
    this.world.wait(seconds);
    return this;
  }

  get now(): Date {
    return new Date(this.world.now);
  }

  look(): Look {
    const { world, last } = this;
    const document = aDocument(this.#spec);
    const annotations = world.command === undefined ? {} : { 'weir.dev/rollout-command': world.command };
    const object: JsonObject = {
      ...document,
      metadata: { name: 'api-service', namespace: 'shop-prod', generation: 1, annotations },
      ...(world.status === undefined
        ? {}
        : {
            status: {
              ...world.status,
              observedGeneration: 1,
              ...(last?.waiting === undefined ? {} : { waitingFor: last.waiting.for }),
              conditions: (last?.conditions ?? []).map((each) => ({ ...each })),
            },
          }),
    };
    const pods = new Map([...world.revisions].map(([name, revision]) => [name, revision.pods]));
    return { object, service: world.isThere ? this.#service() : undefined, pods };
  }

  #service(): JsonObject {
    const { world } = this;
    this.#routed = world.routed ?? this.#routed;
    const metadata: JsonObject = { name: 'api-service', namespace: 'shop-prod', generation: world.generation };
    const git = {
      managedFields: [
        { manager: 'argocd-controller', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:traffic': {} } } },
      ],
    };
    return {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: this.git ? { ...metadata, ...git } : metadata,
      status: {
        observedGeneration: world.generation,
        latestCreatedRevisionName: world.latestCreated ?? '',
        // until the Route has taken what is new, it does what it did
        traffic: trafficJson(this.#routed.filter(isPinned)),
      },
    };
  }
}

function isPinned({ revision }: Target): boolean {
  return revision !== undefined;
}
