/**
 * The way of a request from the ingress to an instance, as whoever steers it sees it: what leads where, what is ready,
 * what waits and how much there was. It knows no Kubernetes object and no autoscaler; everything is told to it and
 * answered from memory.
 */

/** `namespace/name` of a Revision. */
export type RevisionKey = string;

/** What of a Revision's spec and annotations the way of a request hangs on. */
export interface RevisionSettings {
  /** Requests at once that an instance takes; 0 means any number. */
  readonly containerConcurrency: number;
  /** Seconds until the whole answer must be there. */
  readonly timeoutSeconds: number;
  /** Seconds until the answer's first byte; undefined waits as long as timeoutSeconds. */
  readonly responseStartTimeoutSeconds: number | undefined;
  /** Seconds in which nothing comes from the instance; undefined does not look. */
  readonly idleTimeoutSeconds: number | undefined;
  /** `h2c` where the port is named so. */
  readonly protocol: 'http1' | 'h2c';
}

/** One that takes requests. */
export interface Instance {
  /** Of its Pod: unique for the life of the platform. */
  readonly uid: string;
  /** On the loopback interface. */
  readonly port: number;
}

/** Where a host leads. */
export interface HostRoute {
  /** In lower case, without a port. */
  readonly host: string;
  /** Reached from the platform alone. */
  readonly isClusterLocal: boolean;
  /** Together 100. */
  readonly splits: readonly { readonly revision: RevisionKey; readonly percent: number; readonly tag?: string }[];
  /** Where a request with `Knative-Serving-Tag` goes; empty where the feature is off. */
  readonly tags: ReadonlyMap<string, RevisionKey>;
}

/** Of a host that leads nowhere, and is to lead somewhere. */
export interface Unserved {
  /** A sentence for who asked: what is not ready, why, and where to look. */
  readonly why: string;
  /** It may be ready in a moment, for which a request may wait. */
  readonly isPending: boolean;
}

/** What came in since it was asked for the last time, over `seconds`. */
export interface PlaneReport {
  /** Requests at once, on average over the time: those in an instance's queue and code. */
  readonly concurrency: number;
  /** Requests that came to an instance. */
  readonly requests: number;
  /** The part of both that waited in, or went through, the activator, which is reported apart. */
  readonly proxiedConcurrency: number;
  readonly proxiedRequests: number;
  /** Of the activator: what waits there and what it sent on, while it is in the way. */
  readonly activatorConcurrency: number;
  readonly activatorRequests: number;
  readonly seconds: number;
}

export interface Plane {
  /** All routes at once, in place of those before; requests under way go on. */
  setRoutes(routes: readonly HostRoute[]): void;
  /** Known from now on: requests for it wait until it has an instance. */
  setRevision(key: RevisionKey, settings: RevisionSettings): void;
  /** Requests that wait for it are answered with 503. */
  removeRevision(key: RevisionKey): void;
  /** Those that are ready, all of them; one that is not named any more gets no new request and keeps those it has. */
  setInstances(key: RevisionKey, instances: readonly Instance[]): void;
  /** Whether the activator stays in the way while instances are ready (knative/serving's mode Proxy). */
  setProxied(key: RevisionKey, isProxied: boolean): void;
  /** Resolves when the instance has no request any more, or after the milliseconds. */
  drained(key: RevisionKey, uid: string, atMost: number): Promise<void>;
  /** Undefined for a Revision that is not known. */
  report(key: RevisionKey): PlaneReport | undefined;
  /** Hears of the first request that waits for a Revision without an instance; the result ends that. */
  onWaiting(listener: (key: RevisionKey) => void): () => void;
  /**
   * Asked, and to be answered from memory, of each host that leads nowhere: undefined where nothing of that name is to be
   * served. One that comes later takes the place of the one before.
   */
  explainUnserved(explain: (host: string) => Unserved | undefined): void;
}
