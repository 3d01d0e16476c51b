/** What runs code on this machine: programs for images, Pods of them, and the way of a request to them. */
import path from 'node:path';
import type { Client } from '../../kubernetes/client/client.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Log } from '../../kubernetes/log.ts';
import type { PlaneObserver, RequestSeen } from '../../platform/network/observer.ts';
import { type PlaneOptions, type StartedPlane, startPlane } from '../../platform/network/start.ts';
import type { Images } from '../../platform/processes/images.ts';
import type { ContainerLogs } from '../../platform/processes/logs/logs.ts';
import { startProcesses } from '../../platform/processes/start.ts';
import { loadControllers } from '../controller/server.ts';
import type { Io } from '../io.ts';
import { accountsKubeconfig } from './account.ts';
import { applyAll } from './apply.ts';
import { giveBackAtRest } from './memoryAtRest.ts';
import { withNodeOnPath } from './nodeOnPath.ts';
import { NODE, type Platform } from './platform.ts';

export interface ServingSurroundings {
  readonly client: Client;
  readonly platform: Platform;
  /** Absolute: the state's. */
  readonly folder: string;
  readonly images: Images;
  readonly logs: ContainerLogs;
  readonly ingressPort: number;
  /** What else has a name in the cluster. */
  readonly resolveOther: NonNullable<PlaneOptions['resolveOther']>;
  readonly log: Log;
  readonly io: Pick<Io, 'env'>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

type Node = Awaited<ReturnType<Awaited<ReturnType<typeof loadControllers>>['startNode']>>;

export interface RunningServing {
  readonly network: StartedPlane;
  readonly node: Node;
  readonly relay: Relay;
  /** Nobody comes in any more. Safe to call again. */
  close(): Promise<void>;
}

/** Metrics are made later than the way of the requests that they count. */
class Relay implements PlaneObserver {
  readonly #to = new Set<PlaneObserver>();

  /** Once is enough: it may be said in each round. */
  lend(to: PlaneObserver): void {
    this.#to.add(to);
  }

  onRequest(seen: RequestSeen): void {
    for (const each of this.#to) each.onRequest(seen);
  }
}

/** Of all Pods together, when the platform ends. */
export const STOP_MS = 5000;
const NODE_NAME = 'weir';

/** @param stops takes what ends each part as soon as it runs */
export async function startServing(
  surroundings: ServingSurroundings,
  stops: (() => unknown)[],
): Promise<RunningServing> {
  const { client, platform, folder, images, logs, ingressPort, resolveOther, log, io, wait } = surroundings;
  const { startNode } = await loadControllers();
  const relay = new Relay();
  const network = await startPlane({ port: ingressPort, log, observer: relay, resolveOther });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= network.close();
    return closing;
  };
  stops.push(close);
  const environment = withNodeOnPath(io.env, process.execPath);
  const processes = startProcesses({ folder: path.join(folder, 'processes'), log, environment });
  const proxied = proxyVariables(network.namesPort);
  const node = await startNode({
    images,
    processes,
    logs,
    folder: path.join(folder, 'pods'),
    environment: () => proxied,
    drain: ({ namespace, labels, uid }, atMostMs) =>
      network.plane.drained(`${namespace}/${labels['serving.knative.dev/revision'] ?? ''}`, uid, atMostMs),
    logFile: path.join(folder, 'pods.log'),
    account: async (objects: readonly JsonObject[]) => {
      await applyAll(objects, { client, find: discoveryOf(client), wait });
      return accountsKubeconfig(NODE, { client, platform }, path.join(folder, 'node.kubeconfig'));
    },
  });
  stops.push(() => node.stop(STOP_MS));
  stops.push(giveBackAtRest());
  return { network, node, relay, close };
}

/** What Weir's controllers are told of it. */
export function servingOf({ network, node, relay }: RunningServing) {
  return {
    instances: {
      plane: network.plane,
      pods: node.pods,
      nodeName: NODE_NAME,
      states: network.states,
      observe: (to: PlaneObserver) => relay.lend(to),
    },
    ingressPort: network.port,
  };
}

/** By these a program finds the names of the cluster; what is on this machine it finds by itself. */
function proxyVariables(port: number): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${port}`;
  const none = 'localhost,127.0.0.1,::1';
  return {
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY: none,
    no_proxy: none,
    NODE_USE_ENV_PROXY: '1',
  };
}
