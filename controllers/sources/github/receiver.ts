/**
 * Takes GitHub's webhooks at `/namespace/name` of a GitHubSource, as Knative's adapter of many sources does
 * (knative-extensions/eventing-github pkg/common/handler.go): what is signed goes on to the sink as an event.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitHubAttributes, gitHubSecret, isGitHubEvent } from '../../../src/knative/eventing/sources/github.ts';
import { overridesOf } from '../../../src/knative/eventing/sources/overrides.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { isObject, type JsonValue, textsAt } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { bodyOf } from '../../../src/platform/eventing/body.ts';
import { eventServer, listenAt } from '../../../src/platform/eventing/server.ts';
import { placeOf } from '../../serving/read.ts';
import type { Deliveries } from '../deliver.ts';
import type { Hook, Hooks } from './hooks.ts';
import { isSigned, SIGNATURE } from './signature.ts';

/** The value of a Secret's key, read anew each time. @throws Error with a sentence where it is not there */
export type SecretOf = (secret: {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}) => Promise<string>;

export interface ReceiverOptions {
  readonly hooks: Pick<Hooks, 'find'>;
  readonly secretOf: SecretOf;
  readonly deliveries: Pick<Deliveries, 'deliver'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the loopback interface; 0 takes any that is free. */
  readonly port: number;
}

export interface Receiver {
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const BIND = '127.0.0.1';
const EVENT = 'x-github-event';
const DELIVERY = 'x-github-delivery';
/** GitHub sends no more. */
const MOST_BYTES = 25 * 1024 * 1024;

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const server = eventServer((request, response) => {
    answer(request, options).then(
      ({ status, text }) => end(response, status, text),
      (error: unknown) => {
        options.log.warn({ err: error, path: request.url }, 'a webhook of GitHub was not taken');
        // who asks may be anybody behind a tunnel: why is not told them
        end(response, 500, 'the webhook could not be checked; the log of sources says why');
      },
    );
  });
  const port = await listenAt(server, options.port, BIND);
  return {
    url: `http://${BIND}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, options: ReceiverOptions): Promise<Answer> {
  const key = (request.url ?? '').replace(/\?.*$/, '').slice(1);
  const hook = options.hooks.find(key);
  if (hook === undefined)
    return { status: 404, text: 'the path must be /namespace/name of a GitHubSource that is ready' };
  if (request.method !== 'POST') return { status: 405, text: 'GitHub sends its webhooks by POST' };
  const body = await bodyOf(request, MOST_BYTES);
  if (body === undefined) return { status: 413, text: `a webhook has ${MOST_BYTES} bytes at most` };
  const secret = await secretFor(key, hook, options);
  // before anything of the body is read
  if (!isSigned(body, textOf(request.headers[SIGNATURE]), secret)) {
    return {
      status: 400,
      text: `the signature ${SIGNATURE} is missing, or not of this body and this source's secretToken`,
    };
  }
  return take(request, body, hook, options);
}

function secretFor(key: string, { source }: Hook, { secretOf }: ReceiverOptions): Promise<string> {
  const secret = gitHubSecret(source);
  return secret === undefined ? Promise.resolve('') : secretOf({ namespace: placeOf(key).namespace, ...secret });
}

async function take(
  { headers }: IncomingMessage,
  body: Buffer,
  { source, url }: Hook,
  { deliveries, clock, log }: ReceiverOptions,
): Promise<Answer> {
  const event = textOf(headers[EVENT]) ?? '';
  const delivery = textOf(headers[DELIVERY]) ?? '';
  if (event === '' || delivery === '')
    return { status: 400, text: `"${event === '' ? EVENT : DELIVERY}" header is not set` };
  if (!isGitHubEvent(event)) return { status: 404, text: `${event} is no event that is known here` };
  const payload = parsed(body);
  if (!isObject(payload))
    return { status: 400, text: 'the body is no JSON object; choose the content type application/json' };
  // in a cluster GitHub is told which ones are wanted
  if (!textsAt(source, 'spec', 'eventTypes').includes(event)) return { status: 202, text: `${event} is not wanted` };

  const attributes = gitHubAttributes(source, { event, delivery, payload });
  attributes.set('time', clock.now().toISOString());
  for (const [name, value] of overridesOf(source)) attributes.set(name, value);
  let why = '';
  const isTaken = await deliveries.deliver({
    source,
    url,
    event: { attributes, data: body },
    record: ({ note }) => {
      why = note;
      log.warn({ delivery }, note);
    },
  });
  return isTaken ? { status: 202, text: 'accepted' } : { status: 502, text: why };
}

function parsed(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (status === 413) response.setHeader('connection', 'close');
  response.end(`${text}\n`);
}
