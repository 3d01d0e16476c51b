/** Puts the parts of the way of a request together. */
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import { type Log, SILENT } from '../../kubernetes/log.ts';
import type { Caller } from './exchange/call.ts';
import { Exchange } from './exchange/exchange.ts';
import { fieldValue } from './http1/fields.ts';
import type { RequestHead } from './http1/head.ts';
import type { Client, Conversation } from './ingress/client.ts';
import { plainHost, Routes } from './ingress/routes.ts';
import { listenOn } from './ingress/server.ts';
import { Connections } from './instances/connections.ts';
import { NOBODY, type PlaneObserver, type RevisionState } from './observer.ts';
import type { Plane, RevisionKey } from './plane.ts';
import type { RunningInstance } from './revisions/instance.ts';
import { Memory } from './revisions/memory.ts';
import { Revision } from './revisions/revision.ts';

export interface PlaneOptions {
  /** Of the ingress; 0, which it is unless said: any that is free. */
  readonly port?: number;
  /** An address of the loopback interface. */
  readonly bind?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly observer?: PlaneObserver;
  /** From 0 up to 1, for choosing among instances. */
  readonly random?: () => number;
  /** Bytes that all waiting requests may hold together. */
  readonly mostWaitingBytes?: number;
}

export interface StartedPlane {
  readonly plane: Plane;
  /** Of the ingress. */
  readonly port: number;
  /** How it stands with each Revision, for gauges. */
  states(): RevisionState[];
  close(): Promise<void>;
}

/** Room for more than 30,000 waiting requests without a body. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;

export async function startPlane(options: PlaneOptions = {}): Promise<StartedPlane> {
  const { port = 0, bind = '127.0.0.1', clock = systemClock, log = SILENT, observer = NOBODY } = options;
  const { random = Math.random, mostWaitingBytes = MOST_WAITING_BYTES } = options;
  const routes = new Routes();
  const revisions = new Map<RevisionKey, Revision>();
  const listeners = new Set<(key: RevisionKey) => void>();
  const memory = new Memory(mostWaitingBytes);

  const deps = {
    clock,
    random,
    memory,
    connect: (instance: { readonly port: number }) => new Connections(instance.port, clock),
    onWaiting: (key: RevisionKey) => {
      for (const listener of listeners) listener(key);
    },
  };
  const exchangeDeps = {
    clock,
    observer,
    callerOf: (instance: RunningInstance) => instance.connections as Caller,
  };

  function onRequest(request: RequestHead, client: Client): Conversation | undefined {
    const host = request.host === undefined ? undefined : plainHost(request.host);
    if (host === undefined) {
      client.answer(400, 'the Host field is not the name of a host\n');
      return undefined;
    }
    const split = routes.find(host);
    if (split === undefined || split.route.isClusterLocal) {
      client.answer(404, `nothing is served under the host "${host}"\n`);
      return undefined;
    }
    const destination = split.next(fieldValue(request.fields, 'knative-serving-tag'));
    const revision = destination === undefined ? undefined : revisions.get(destination.revision);
    if (destination === undefined || revision === undefined) {
      client.answer(503, `no Revision takes requests for "${host}" now\n`);
      return undefined;
    }
    const { tag, isDefaultRoute } = destination;
    const way = {
      revision,
      path: request.target,
      authority: request.host ?? host,
      client: client.address,
      isDefaultRoute,
    };
    return new Exchange(request, tag === undefined ? way : { ...way, tag }, client, exchangeDeps);
  }

  const ingress = await listenOn({ port, bind, clock, onRequest });
  log.info({ port: ingress.port }, 'the ingress takes requests');

  const plane: Plane = {
    setRoutes: (all) => routes.replace(all),
    setRevision(key, settings) {
      const known = revisions.get(key);
      if (known === undefined) revisions.set(key, new Revision(key, settings, deps));
      else known.update(settings);
    },
    removeRevision(key) {
      const known = revisions.get(key);
      revisions.delete(key);
      known?.remove();
    },
    setInstances: (key, instances) => revisions.get(key)?.setInstances(instances),
    setProxied(key, isProxied) {
      const known = revisions.get(key);
      if (known !== undefined) known.isProxied = isProxied;
    },
    drained: async (key, uid, atMost) => revisions.get(key)?.drained(uid, atMost),
    report: (key) => revisions.get(key)?.report(),
    onWaiting(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    plane,
    port: ingress.port,
    states: () =>
      [...revisions.values()].map((each) => ({
        revision: each.key,
        waiting: each.waitingCount,
        queued: each.queuedCount,
        active: each.activeCount,
        instances: each.instanceCount,
      })),
    close: () => ingress.close(),
  };
}
