/** Puts the parts of the way of a request together. */
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import { type Log, SILENT } from '../../kubernetes/log.ts';
import { Http2Caller } from './http2/caller.ts';
import { serveHttp2 } from './http2/server.ts';
import { type Dispatch, fromOutside } from './ingress/dispatch.ts';
import { Routes } from './ingress/routes.ts';
import { listenOn } from './ingress/server.ts';
import { WaitingRoom } from './ingress/waitingRoom.ts';
import { Connections } from './instances/connections.ts';
import { fullName, Names, type ResolveOther } from './names/names.ts';
import { NOBODY, type PlaneObserver, type RevisionState } from './observer.ts';
import type { Instance, Plane, RevisionKey, RevisionSettings, Unserved } from './plane.ts';
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
  /** What else has a name in the cluster: a port of the loopback interface, or undefined. */
  readonly resolveOther?: ResolveOther;
  /** Of the proxy of names; 0, which it is unless said: any that is free. */
  readonly namesPort?: number;
  /** Bytes that all waiting requests may hold together. */
  readonly mostWaitingBytes?: number;
}

export interface StartedPlane {
  readonly plane: Plane;
  /** Of the ingress. */
  readonly port: number;
  /** Of the proxy that knows the names of the cluster: what HTTP_PROXY is to name. */
  readonly namesPort: number;
  /** Whether a host of the cluster, in lower case, leads to Revisions that are known. */
  knows(host: string): boolean;
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
  /** Deleted, with requests that are still under way. */
  const leaving = new Set<Revision>();
  const listeners = new Set<(key: RevisionKey) => void>();
  const memory = new Memory(mostWaitingBytes);

  const deps = {
    clock,
    random,
    memory,
    connect: ({ port: to }: Instance, { protocol }: RevisionSettings) =>
      protocol === 'h2c' ? new Http2Caller(to, clock) : new Connections({ port: to }, clock),
    onWaiting: (key: RevisionKey) => {
      for (const listener of listeners) listener(key);
    },
  };
  const exchanges = { clock, observer };

  const room = new WaitingRoom(clock, memory);
  let explain: (host: string) => Unserved | undefined = () => undefined;
  const dispatch: Dispatch = { routes, revisions, exchanges, room, explain: (host) => explain(host) };
  const ingress = await listenOn({
    port,
    bind,
    clock,
    onRequest: (request, client) => fromOutside(dispatch, request, client),
    onHttp2: (socket, address) =>
      serveHttp2(socket, address, clock, (request, asker) => fromOutside(dispatch, request, asker)),
  });
  log.info({ port: ingress.port }, 'the ingress takes requests');

  const names = new Names({ dispatch, clock, resolveOther: options.resolveOther ?? (() => undefined) });
  const namesServer = await listenOn({
    port: options.namesPort ?? 0,
    bind,
    clock,
    onRequest: (request, client) => names.onRequest(request, client),
  }).catch(async (error: unknown) => {
    await ingress.close();
    throw error;
  });
  log.info({ port: namesServer.port }, 'the proxy of names takes requests');

  const plane: Plane = {
    setRoutes(all) {
      routes.replace(all);
      room.lookAgain();
    },
    setRevision(key, settings) {
      const known = revisions.get(key);
      if (known === undefined) revisions.set(key, new Revision(key, settings, deps));
      else known.update(settings);
    },
    removeRevision(key) {
      const known = revisions.get(key);
      revisions.delete(key);
      known?.remove();
      for (const each of leaving) if (each.activeCount + each.queuedCount === 0) leaving.delete(each);
      if (known !== undefined) leaving.add(known);
    },
    setInstances: (key, instances) => revisions.get(key)?.setInstances(instances),
    setProxied(key, isProxied) {
      const known = revisions.get(key);
      if (known !== undefined) known.isProxied = isProxied;
    },
    async drained(key, uid, atMost) {
      const candidates = [...revisions.values(), ...leaving].filter((each) => each.key === key);
      await Promise.all(candidates.map((each) => each.drained(uid, atMost)));
    },
    report: (key) => revisions.get(key)?.report(),
    onWaiting(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    explainUnserved(other) {
      explain = other;
    },
  };

  return {
    plane,
    port: ingress.port,
    namesPort: namesServer.port,
    knows(host) {
      const split = routes.find(fullName(host) ?? host);
      return split?.route.splits.every(({ revision }) => revisions.has(revision)) ?? false;
    },
    states: () =>
      [...revisions.values()].map((each) => ({
        revision: each.key,
        waiting: each.waitingCount,
        queued: each.queuedCount,
        active: each.activeCount,
        instances: each.instanceCount,
      })),
    close: async () => {
      // what waits is told so at once, and what runs has a moment
      for (const revision of revisions.values()) revision.remove();
      room.close();
      await Promise.all([ingress.close(), namesServer.close()]);
      names.close();
    },
  };
}
