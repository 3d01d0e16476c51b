/**
 * Takes GitHub's webhooks at `/namespace/name` of a GitHubSource, as Knative's adapter of many sources does
 * (knative-extensions/eventing-github pkg/common/handler.go): what is signed goes on to the sink as an event.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitHubAttributes, gitHubSecret, isGitHubEvent } from '../../../src/knative/eventing/sources/github.ts';
import { overridesOf } from '../../../src/knative/eventing/sources/overrides.ts';
import { type Clock, systemClock } from '../../../src/kubernetes/clock.ts';
import { isObject, type JsonValue, textsAt } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { Room } from '../../../src/platform/eventing/intake/room.ts';
import { Shares } from '../../../src/platform/eventing/intake/shares.ts';
import { type Taken, takeBody } from '../../../src/platform/eventing/intake/takeBody.ts';
import { busy, type Verdict } from '../../../src/platform/eventing/intake/verdict.ts';
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
  /** For the bodies of all that come, signed or not. */
  readonly room?: Room;
  /** For those that are signed, by the source. */
  readonly shares?: Shares;
}

export interface Receiver {
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  stop(): Promise<void>;
}

const BIND = '127.0.0.1';
const EVENT = 'x-github-event';
const DELIVERY = 'x-github-delivery';
/** GitHub sends no more. */
const MOST_BYTES = 25 * 1024 * 1024;
/** Of bodies that come at the same time, for all GitHubSources. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** Of what is on its way to the sink of each: one that hangs shuts out no other. */
const SHARE_BYTES = 64 * 1024 * 1024;

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const bounds = {
    room: options.room ?? new Room(ROOM_BYTES, systemClock),
    shares: options.shares ?? new Shares(SHARE_BYTES),
  };
  const server = eventServer((request, response) => {
    answer(request, { ...options, ...bounds }).then(
      (taken) => end(response, taken),
      (error: unknown) => {
        options.log.warn({ err: error, path: request.url }, 'a webhook of GitHub was not taken');
        // who asks may be anybody behind a tunnel: why is not told them
        end(response, { status: 500, text: 'the webhook could not be checked; the log of sources says why' });
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

type Bounded = Required<ReceiverOptions>;

async function answer(request: IncomingMessage, options: Bounded): Promise<Taken> {
  const key = (request.url ?? '').replace(/\?.*$/, '').slice(1);
  const hook = options.hooks.find(key);
  if (hook === undefined)
    return { status: 404, text: 'the path must be /namespace/name of a GitHubSource that is ready' };
  if (request.method !== 'POST') return { status: 405, text: 'GitHub sends its webhooks by POST' };
  return takeBody(request, { mostBytes: MOST_BYTES, room: options.room, what: 'a webhook' }, (body, leave) =>
    check(request, body, { key, hook, leave }, options),
  );
}

interface Coming {
  readonly key: string;
  readonly hook: Hook;
  /** Its body counts elsewhere now. */
  leave(): void;
}

async function check(
  request: IncomingMessage,
  body: Buffer,
  { key, hook, leave }: Coming,
  options: Bounded,
): Promise<Verdict> {
  const secret = await secretFor(key, hook, options);
  // before anything of the body is read
  if (!isSigned(body, textOf(request.headers[SIGNATURE]), secret)) {
    return {
      status: 400,
      text: `the signature ${SIGNATURE} is missing, or not of this body and this source's secretToken`,
    };
  }
  const giveBack = options.shares.take(key, body.length);
  if (giveBack === undefined) return busy('too much waits for its sink already; send it again later');
  leave();
  return take(request, body, hook, options).finally(giveBack);
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
): Promise<Verdict> {
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

function end(response: ServerResponse, { status, text, isBusy, isUnread }: Taken): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (isUnread === true) response.setHeader('connection', 'close');
  if (isBusy === true) response.setHeader('retry-after', '1');
  response.end(`${text}\n`);
}
