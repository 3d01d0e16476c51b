/** What `weir up` stands on: an API server with nothing of Weir on it yet. */
import type { JsonObject } from '../../kubernetes/json.ts';

export interface Platform {
  /** `https://127.0.0.1:7443`. */
  readonly server: string;
  /** Of the CA that signed its certificate, as PEM. */
  readonly ca: string;
  /** `embedded`, or the program's name. */
  readonly kind: string;
  /** Of the administrator: a path. */
  readonly kubeconfig: string;
  /** What becomes of its objects when it stops. */
  readonly keepsState: boolean;
  /** Weir's objects such that the API server finds the webhook at the port of this machine. */
  leadingTo(port: number, objects: readonly JsonObject[]): readonly JsonObject[];
  stop(): Promise<void>;
}

/** The Service that Weir's webhook configurations name. */
export const WEBHOOK = { namespace: 'weir-system', name: 'weir-webhook' } as const;

/** Whose rights what runs Pods has. */
export const NODE = { namespace: 'weir-system', name: 'weir-node' } as const;

/** Whose rights those of Brokers, Triggers and Channels have. */
export const EVENTING = { namespace: 'weir-system', name: 'weir-eventing' } as const;

/** Whose rights those of sources of events have. */
export const SOURCES = { namespace: 'weir-system', name: 'weir-sources' } as const;

/** Whose rights Weir's controllers have. */
export const CONTROLLER = { namespace: 'weir-system', name: 'weir-controller' } as const;
