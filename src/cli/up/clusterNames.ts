/** The names of the cluster as events are sent to them: by the platform's own proxy, and the Services of Kubernetes' own among them. */
import { type Clock, pause } from '../../kubernetes/clock.ts';
import type { ClusterNames } from '../../platform/eventing/send.ts';
import type { StartedPlane } from '../../platform/network/start.ts';
import type { loadControllers } from '../controller/server.ts';

export type EventingControllers = Awaited<
  ReturnType<Awaited<ReturnType<typeof loadControllers>>['startEventingControllers']>
>;

/** While the platform starts, a Service may be there that requests do not reach yet. */
const START_MS = 120_000;
const LOOK_MS = 20;
const CLUSTER_HOST = /^([^.]+)\.([^.]+)\.svc(\.cluster\.local)?$/;

export class UpNames implements ClusterNames {
  network: Pick<StartedPlane, 'namesPort' | 'knows'> | undefined;
  controllers: Pick<EventingControllers, 'portsBehind' | 'isServed'> | undefined;
  readonly #clock: Clock;
  readonly #began: number;
  readonly #ending = new AbortController();
  #turn = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now().getTime();
  }

  portOf(host: string): number | undefined {
    return CLUSTER_HOST.test(host) ? this.network?.namesPort : undefined;
  }

  /** One of the Pods behind it after the other. */
  serviceAt(host: string): { readonly port: number } | undefined {
    const [, name = '', namespace = ''] = CLUSTER_HOST.exec(host) ?? [];
    const ports = this.controllers?.portsBehind(namespace, name) ?? [];
    const port = ports[this.#turn++ % ports.length];
    return port === undefined ? undefined : { port };
  }

  /** An event of before the start would be refused, and might have no second attempt. */
  async awaited(host: string): Promise<void> {
    const [, name = '', namespace = ''] = CLUSTER_HOST.exec(host) ?? [];
    while (!this.#ending.signal.aborted && this.#clock.now().getTime() - this.#began < START_MS) {
      if (this.network?.knows(host) !== false || this.serviceAt(host) !== undefined) return;
      if (this.controllers?.isServed(namespace, name) === false) return;
      await pause(this.#clock, LOOK_MS, this.#ending.signal);
    }
  }

  /** Nobody is waited for any more, and no timer is left. */
  end(): void {
    this.#ending.abort();
  }
}
