/** Who plays the story on the platform: kubectl, or this program by plain requests. */
import type { JsonObject } from '../../src/kubernetes/json.ts';

export interface Played {
  /** As it would be typed. */
  readonly typed: string;
  /** What was answered: warnings first, then what became of it. */
  readonly output: string;
  readonly isRefused: boolean;
}

/** What goes to the platform, and how it is typed. */
export interface Manifest {
  readonly text: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** What is changed in the file on the way, as scripts of sed. */
  readonly changes: readonly string[];
}

export interface Player {
  /** As the page calls it. */
  readonly name: string;
  apply(namespace: string, manifest: Manifest): Promise<Played>;
  /** All Services of Knative. */
  listServices(): Promise<Played>;
  /** A Service of Knative as it is stored. */
  service(namespace: string, name: string): Promise<JsonObject>;
}
