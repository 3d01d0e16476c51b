/** A Plane that remembers what it was told, and reports what a test says. */
import type {
  HostRoute,
  Instance,
  Plane,
  PlaneReport,
  RevisionKey,
  RevisionSettings,
  Unserved,
} from '../../../../src/platform/network/plane.ts';

export const NO_LOAD: PlaneReport = {
  concurrency: 0,
  requests: 0,
  proxiedConcurrency: 0,
  proxiedRequests: 0,
  activatorConcurrency: 0,
  activatorRequests: 0,
  seconds: 1,
};

export class FakePlane implements Plane {
  routes: readonly HostRoute[] = [];
  readonly revisions = new Map<RevisionKey, RevisionSettings>();
  readonly instances = new Map<RevisionKey, readonly Instance[]>();
  readonly proxied = new Map<RevisionKey, boolean>();
  readonly loads = new Map<RevisionKey, Partial<PlaneReport>>();
  /** `key uid`: those that are drained, until the test lets them go. */
  readonly draining = new Map<string, () => void>();
  /** Whether an instance has no request as soon as it is asked. */
  drainsAtOnce = true;
  reports = 0;
  explain: (host: string) => Unserved | undefined = () => undefined;
  readonly #listeners = new Set<(key: RevisionKey) => void>();

  setRoutes(routes: readonly HostRoute[]): void {
    this.routes = routes;
  }

  setRevision(key: RevisionKey, settings: RevisionSettings): void {
    this.revisions.set(key, settings);
  }

  removeRevision(key: RevisionKey): void {
    this.revisions.delete(key);
    this.instances.delete(key);
    this.proxied.delete(key);
  }

  setInstances(key: RevisionKey, instances: readonly Instance[]): void {
    this.instances.set(key, instances);
  }

  setProxied(key: RevisionKey, isProxied: boolean): void {
    this.proxied.set(key, isProxied);
  }

  drained(key: RevisionKey, uid: string): Promise<void> {
    if (this.drainsAtOnce) return Promise.resolve();
    return new Promise((resolve) => this.draining.set(`${key} ${uid}`, resolve));
  }

  report(key: RevisionKey): PlaneReport | undefined {
    this.reports++;
    return this.revisions.has(key) ? { ...NO_LOAD, ...this.loads.get(key) } : undefined;
  }

  onWaiting(listener: (key: RevisionKey) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  explainUnserved(explain: (host: string) => Unserved | undefined): void {
    this.explain = explain;
  }

  /** A request comes to a Revision without an instance. */
  wait(key: RevisionKey): void {
    for (const listener of this.#listeners) listener(key);
  }

  /** How many instances a Revision has for requests. */
  ready(key: RevisionKey): number {
    return this.instances.get(key)?.length ?? 0;
  }
}
