/** The platform of `weir up`, asked for events over its API server: with the kubeconfig's credentials, and their rights. */
import type { IncomingMessage } from 'node:http';
import { triggers } from '../../knative/eventing/resources.ts';
import { readAnswer } from '../../kubernetes/client/call.ts';
import { clientOver } from '../../kubernetes/client/client.ts';
import type { Connection, Sending } from '../../kubernetes/client/connection.ts';
import { ConnectionError, isForbidden, isNotFound, sentenceOf } from '../../kubernetes/client/errors.ts';
import { linesOf, textOf } from '../../kubernetes/client/lines.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { EVENTS_API } from '../../platform/eventing/api/shapes.ts';
import { type ClusterOptions, connectionTo } from '../cluster.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { whyClusterIsUnread } from '../unreadCluster.ts';

export interface EventsPlatform {
  /** `https://127.0.0.1:7443 (context "weir")`, for sentences. */
  readonly name: string;
  /** An answer as JSON. @param path below the API's own: `types` */
  get(path: string, query: URLSearchParams): Promise<string>;
  /** Those of the namespace, as far as these credentials may list them and there are Triggers at all. */
  triggers(namespace: string): Promise<readonly JsonObject[]>;
  /** The answer line by line, as it comes. */
  lines(method: 'GET' | 'POST', path: string, query: URLSearchParams): AsyncIterable<string>;
}

/** An event of 8 MiB, in base64. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;
const MOST_TRIGGERS = 1_000;
const MOST_ANSWER_BYTES = 128 * 1024 * 1024;

/**
 * Runs the work with the platform, and the namespace that the kubeconfig's context is in.
 *
 * @param wants what it is asked for, of which a sentence tells that a cluster does not have it
 * @throws Failure
 */
export async function withPlatform<Value>(
  options: ClusterOptions,
  io: Io,
  wants: string,
  work: (platform: EventsPlatform, namespace: string) => Promise<Value>,
): Promise<Value> {
  try {
    const connection = await connectionTo(options, io);
    try {
      const platform = platformOver(connection, io.signal);
      await demandEvents(platform, wants);
      return await work(platform, connection.namespace);
    } finally {
      connection.close();
    }
  } catch (error) {
    // what is asked for is not there, or not for these credentials: the answer says which
    if (isForbidden(error) || isNotFound(error)) throw new Failure(sentenceOf(error));
    const why = whyClusterIsUnread(error);
    if (why !== undefined) throw new Failure(why);
    throw error;
  }
}

async function demandEvents(platform: EventsPlatform, wants: string): Promise<void> {
  try {
    await platform.get('', new URLSearchParams());
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Failure(
      `${platform.name} ${wants}: that takes the platform of weir up, which keeps what passes through its Brokers. A Broker of a cluster keeps nothing that could be asked for; weir events send --url works with any Broker, and weir events dead-letters --environment with the sink that a policy asks for (eventing.deadLetters.keep)`,
    );
  }
}

function platformOver(connection: Connection, signal: AbortSignal): EventsPlatform {
  const send = (sending: Omit<Sending, 'signal'>): Promise<IncomingMessage> => connection.send({ ...sending, signal });
  return {
    name: connection.name,
    async get(path, query) {
      const asked = { method: 'GET', path: pathOf(path, query) } as const;
      const answer = await send(asked);
      if (answer.statusCode !== 200) await readAnswer(connection, asked, answer);
      return textOf(answer, MOST_ANSWER_BYTES);
    },
    async triggers(namespace) {
      try {
        const { items } = await clientOver(connection).list(triggers, { namespace, limit: MOST_TRIGGERS, signal });
        return items;
      } catch (error) {
        if (isNotFound(error) || isForbidden(error)) return [];
        throw error;
      }
    },
    async *lines(method, path, query) {
      const asked = { method, path: pathOf(path, query) } as const;
      const answer = await send(asked);
      if (answer.statusCode !== 200) {
        await readAnswer(connection, asked, answer);
        return;
      }
      try {
        yield* linesOf(answer, MOST_LINE_BYTES);
      } catch (error) {
        if (signal.aborted) return;
        throw new ConnectionError(
          'ENDED',
          `the platform at ${connection.name} ended in the middle of its answer`,
          error,
        );
      }
    },
  };
}

function pathOf(path: string, query: URLSearchParams): string {
  const below = path === '' ? '' : `/${path}`;
  const asked = query.toString();
  return `${EVENTS_API}${below}${asked === '' ? '' : `?${asked}`}`;
}
