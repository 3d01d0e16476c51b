/**
 * The door for what runs the code of Revisions. The controllers here make objects and conditions; whether instances are
 * there, and whether requests reach them, somebody else knows, and says it through this.
 */
import { ACTIVATION_SCALE } from '../../src/knative/autoscaling/annotations.ts';
import type { AutoscalerConfig } from '../../src/knative/autoscaling/config.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { conditionStatus } from './read.ts';
import { initialScaleOf, isUnreachable, scaleBounds, scaleOf } from './scale.ts';

/** What a Revision has of instances now. */
export interface Instances {
  /** How many there should be; -1 while nobody has decided. */
  readonly wanted: number;
  /** How many take requests. */
  readonly ready: number;
  /** Why none is there, where that is known. It is looked at only while none is ready. */
  readonly failure?: Failure;
}

export interface Failure {
  /** `container`: it was started and ended, or nothing says how to start it; `resources`: there was no room for it. */
  readonly of: 'container' | 'resources';
  /** One word: `ExitCode1`, `ContainerMissing`. */
  readonly reason: string;
  readonly message: string;
}

/** Whether requests to a Route reach what it names. */
export interface Reach {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

export interface Runtime {
  /**
   * Asked whenever the Revision or its PodAutoscaler changed, and must answer from memory.
   *
   * @param podAutoscaler with the annotations and the reachability that count now
   */
  instancesOf(revision: JsonObject, podAutoscaler: JsonObject, config: AutoscalerConfig): Instances;
  /** Asked whenever the Route's traffic changed; `route` has it in its status. */
  reachOf(route: JsonObject): Reach;
  /**
   * Told whenever it is known where a DomainMapping leads. Without this, every one counts as reached.
   *
   * @param key the DomainMapping's namespace and name, which is the domain
   * @param host inside of the cluster; undefined where it leads nowhere any more
   */
  mapDomain?(key: string, host: string | undefined): Reach;
  /** Hears of what would be answered otherwise than before, as `namespace/name`; the result ends that. */
  onChange(listener: (kind: 'Revision' | 'Route', key: string) => void): () => void;
}

/** Where nothing runs code: as many instances as are asked for are ready at once, and every Route is reached. */
export const readyAtOnce: Runtime = {
  instancesOf(_revision, podAutoscaler, config) {
    const count = scaleAtOnce(podAutoscaler, config);
    return { wanted: count, ready: count };
  },
  reachOf: () => ({ status: 'True' }),
  onChange: () => () => {},
};

/**
 * What the PodAutoscaler asks for without traffic: the initial scale, once, then min-scale, and one instance at least
 * while a Route leads there.
 */
function scaleAtOnce(podAutoscaler: JsonObject, config: AutoscalerConfig): number {
  const { min, max } = scaleBounds(podAutoscaler, config);
  const isNew = conditionStatus(podAutoscaler, 'ScaleTargetInitialized') !== 'True';
  if (isNew) return within(max, Math.max(min, initialScaleOf(podAutoscaler, config)));
  if (isUnreachable(podAutoscaler)) return 0;
  return within(max, Math.max(min, scaleOf(podAutoscaler, ACTIVATION_SCALE) ?? 1));
}

function within(max: number, count: number): number {
  return max === 0 ? count : Math.min(max, count);
}
