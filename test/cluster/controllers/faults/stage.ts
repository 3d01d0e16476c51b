/** An API server of its own, with schedules on it and an audit log: what was written how often, as the server counts it. */
import path from 'node:path';
import { type Loader, loaderFor } from '../../../../bench/apiserver/load.ts';
import { keepTrail, type Trail } from '../../../../bench/controllers/faults/trail.ts';
import type { Sizes } from '../../../../bench/controllers/sizes.ts';
import { fill, install, pages } from '../../../../bench/controllers/stage.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { type OwnControlPlane, startControlPlane } from '../../../../tools/controlplane/start.ts';

export interface Stage {
  readonly controlPlane: OwnControlPlane;
  readonly loader: Loader;
  readonly trail: Trail;
  /** How many Revisions are at which min-scale, by its text. */
  minScales(): Promise<Readonly<Record<string, number>>>;
  /** How many schedules say which reason of being Ready, and how many Revisions they say that they hold. */
  told(): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

export const POLICIES = path.resolve('policies');

const REVISIONS = '/apis/serving.knative.dev/v1/revisions';
const SCHEDULES = '/apis/weir.dev/v1alpha1/scalingschedules';
const MIN_SCALE = 'autoscaling.knative.dev/min-scale';

/** The Revisions are as their author wrote them; no controller runs yet. */
export async function startStage(sizes: Sizes): Promise<Stage> {
  const trail = keepTrail();
  const controlPlane = await startControlPlane({ apiServerFlags: trail.flags });
  const loader = loaderFor(controlPlane);
  await install(controlPlane.kubeconfig);
  await fill(loader, sizes, () => {});

  async function countBy(list: string, name: (object: JsonObject) => string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for await (const object of pages(loader, list)) {
      const key = name(object);
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  return {
    controlPlane,
    loader,
    trail,
    minScales: () => countBy(REVISIONS, (each) => stringAt(each, 'metadata', 'annotations', MIN_SCALE) ?? 'none'),
    told: () => countBy(SCHEDULES, (each) => `${readyOf(each)}, held ${heldOf(each)}`),
    async stop() {
      loader.close();
      await controlPlane.stop();
      trail.remove();
    },
  };
}

function readyOf(schedule: JsonObject): string {
  const ready = arrayAt(schedule, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return stringAt(ready, 'reason') ?? 'untold';
}

/** `4`: the min-scale of its one Revision. */
function heldOf(schedule: JsonObject): string {
  return arrayAt(schedule, 'status', 'revisions')
    .map((each) => `${(each as JsonObject).minScale}`)
    .join();
}

/** How many were written once, twice and so on: `{ 1: 500 }`. */
export function timesOf(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const count of counts.values()) times[count] = (times[count] ?? 0) + 1;
  return times;
}
