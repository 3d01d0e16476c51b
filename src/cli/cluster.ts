/** A command's work on a cluster: the way there, and a sentence where it ends before it came to an answer. */
import { type Client, clientOver } from '../kubernetes/client/client.ts';
import { type Connection, connect } from '../kubernetes/client/connection.ts';
import { systemClock } from '../kubernetes/clock.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { whyClusterIsUnread } from './unreadCluster.ts';

export interface ClusterOptions {
  /** A kubeconfig file; without it those that kubectl takes. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** To be closed by whoever asks for it. */
export function connectionTo({ kubeconfig, context }: ClusterOptions, io: Io): Promise<Connection> {
  return connect({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    environment: io.env,
    clock: systemClock,
  });
}

/**
 * Runs the work with a client, and the namespace that the kubeconfig's context is in. The connection lasts as long.
 *
 * @param lead what a sentence about an unread cluster begins with: `cart is no file, and `
 * @throws Failure that says why the cluster cannot be read
 */
export async function withCluster<Value>(
  options: ClusterOptions,
  io: Io,
  work: (client: Client, namespace: string) => Promise<Value>,
  lead = '',
): Promise<Value> {
  try {
    const connection = await connectionTo(options, io);
    try {
      return await work(clientOver(connection), connection.namespace);
    } finally {
      connection.close();
    }
  } catch (error) {
    const why = whyClusterIsUnread(error);
    if (why !== undefined) throw new Failure(`${lead}${why}`);
    throw error;
  }
}
