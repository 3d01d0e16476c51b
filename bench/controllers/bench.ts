/** What the parts of the bench share: the API server, the controllers' process, and how it is seen that they are done. */
import path from 'node:path';
import type { OwnControlPlane } from '../../tools/controlplane/start.ts';
import type { Loader } from '../apiserver/load.ts';
import type { Trail } from './faults/trail.ts';
import type { Controllers } from './process.ts';
import type { Sizes } from './sizes.ts';

export type Figures = Readonly<Record<string, number>>;

export interface Bench {
  readonly sizes: Sizes;
  readonly cluster: OwnControlPlane;
  readonly loader: Loader;
  /** Of reads alone. */
  readonly trail: Trail;
  tell(text: string): void;
  /** @param kubeconfig the control plane's unless set */
  start(names: readonly string[], begins: Date, kubeconfig?: string): Promise<Controllers>;
  untilQuiet(controllers: Controllers): Promise<Quiet>;
  untilFollowed(controllers: Controllers): Promise<void>;
  /** Until every Revision is at that min-scale, or for two minutes; how many are then. */
  untilHeld(value: number): Promise<number>;
}

export const POLICIES = path.resolve('policies');

export interface Quiet {
  /** Until the last write, from when it was asked. */
  readonly seconds: number;
  readonly writes: number;
  /** What tells of it: an Event each; an audit makes its reports by them. */
  readonly posts: number;
  readonly secondsToTell: number;
}

const LOOK_MS = 100;
/** Nothing was written for so long: it is done. */
const STILL_MS = 5_000;
const PATIENCE_MS = 900_000;

/** Until nothing is written any more. */
export async function untilQuiet(controllers: Controllers): Promise<Quiet> {
  const began = performance.now();
  const first = await controllers.metrics();
  const writes = new Tally('PATCH', first, began);
  const posts = new Tally('POST', first, began);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = performance.now();
    const metric = await controllers.metrics();
    writes.look(metric, now);
    posts.look(metric, now);
    const isDone = writes.count + posts.count > 0 && metric('workqueue_depth') === 0;
    if (isDone && now - Math.max(writes.last, posts.last) > STILL_MS) break;
    if (now - began > PATIENCE_MS) throw new Error(`not done after ${PATIENCE_MS / 1000} s`);
  }
  return {
    seconds: (writes.last - began) / 1000,
    writes: writes.count,
    posts: posts.count,
    secondsToTell: (Math.max(writes.last, posts.last) - began) / 1000,
  };
}

/** Until it leads, its caches are complete, and it has looked at everything. */
export async function untilFollowed(controllers: Controllers): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (let last = -1; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
    const rounds = await controllers.metric('controller_runtime_reconcile_total');
    const isStill = rounds === last && rounds > 0 && (await controllers.metric('workqueue_depth')) === 0;
    if (isStill && (await controllers.leads())) return;
    last = rounds;
  }
  throw new Error('the controllers do not come to rest');
}

type Metric = Awaited<ReturnType<Controllers['metrics']>>;

/** Counts what was sent by a method. */
class Tally {
  last: number;
  count = 0;
  readonly #method: string;
  readonly #first: number;

  constructor(method: string, metric: Metric, began: number) {
    this.#method = method;
    this.#first = this.#sent(metric);
    this.last = began;
  }

  look(metric: Metric, now: number): void {
    const count = this.#sent(metric) - this.#first;
    if (count !== this.count) this.last = now;
    this.count = count;
  }

  #sent(metric: Metric): number {
    return metric('rest_client_requests_total', `method="${this.#method}"`);
  }
}
