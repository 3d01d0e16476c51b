/** What the admission server stands on. Each is given in, so that a test brings its own. */
import type { JsonObject } from '../src/kubernetes/json.ts';
import type { Inventory } from '../src/policy/engine/inventory.ts';

export type { PolicyStore } from '../src/process/policies/store.ts';

/** The other objects of the cluster as the caches hold them. Nothing here waits or calls the API server. */
export interface ClusterView {
  /** Never has Secrets. `all(kind)` returns the same list until an object of the kind changes. */
  readonly inventory: Inventory;
  /** An object of the kind (`group/Kind`) is under review: the API server serves the kind, whatever the cache thinks. */
  sawKind?(kind: string): void;
  /** True once every kind was listed for the first time. */
  hasSynced(): boolean;
  /** `group/Kind` of those that were not listed yet, for the sentence that says why it is not ready. */
  unsynced?(): readonly string[];
  /**
   * Whether an installed entry of the webhook judges what is in the namespace, by its labels; undefined where nobody knows.
   */
  isSelected?(namespace: JsonObject): boolean | undefined;
  /** Seconds since the cache of the kind (`group/Kind`) last heard from the API server, for the metric. */
  ages(): ReadonlyMap<string, number>;
}

/** The serving certificate and its key as PEM, with the CA that signed it. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly expiresAt: Date;
}

/** Where the server's certificate comes from; listeners hear of each new one. */
export interface CertificateSource {
  current(): ServingCertificate | undefined;
  onChange(listener: (certificate: ServingCertificate) => void): void;
}
