/**
 * An API of this process that is no API of objects, at a path of this server: who asks is known here, and what they may is
 * asked of the same RBAC. Clusters know this as an aggregated API.
 */
import type { User } from '../auth/user.ts';
import type { Exchange } from './reply.ts';

/** As RBAC names what is asked for. */
export interface RightTo {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ExtensionRequest extends Exchange {
  readonly method: string;
  /** What follows the prefix, without slashes around it: `events/a-1/trace`. */
  readonly path: string;
  readonly user: User;
  may(right: RightTo): boolean;
  /** Takes what ends an answer when the server stops, and gives what forgets it. */
  keep(end: () => void): () => void;
}

export interface Extension {
  /** `/apis/events.weir.dev/v1alpha1`. */
  readonly prefix: string;
  /** Answers, and refuses who may not. @throws Failure */
  serve(request: ExtensionRequest): Promise<void>;
}

/** What of a path is an extension's; undefined where it is none of its. */
export function pathWithin({ prefix }: Extension, path: string): string | undefined {
  if (path === prefix) return '';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1).replace(/\/$/, '') : undefined;
}
