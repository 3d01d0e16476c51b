/**
 * EventTransforms on one machine: the address of each, `POST /namespace/name`, or `POST /` at the name that its Service has
 * in a cluster. Each has its expressions in a process of its own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../../../kubernetes/clock.ts';
import { messageOf } from '../../database/storeError.ts';
import { closeServer } from '../closeServer.ts';
import { Room } from '../intake/room.ts';
import { Shares } from '../intake/shares.ts';
import { type Taken, takeBody } from '../intake/takeBody.ts';
import { busy } from '../intake/verdict.ts';
import { type ClusterNames, MOST_BYTES } from '../send.ts';
import { eventServer, listenAt } from '../server.ts';
import { Evaluator, type EvaluatorOptions, type Reading } from './evaluator.ts';
import { post } from './post.ts';
import { type Answer, refused, type TransformSpec, transform } from './transform.ts';

/** As whoever steers it sees it. */
export interface TransformPlane {
  /** `http://127.0.0.1:8091` */
  readonly url: string;
  /** All there are are known by now: until then events are asked for again later. */
  begin(): void;
  /** @param key `namespace/name` */
  put(key: string, spec: TransformSpec): void;
  remove(key: string): void;
  /** How an expression is written. */
  read(expression: string): Promise<Reading>;
}

export interface StartedTransforms extends TransformPlane {
  readonly port: number;
  /** Whether a host is the name of one of them: `orders-jsonata.shop.svc.cluster.local`. */
  knows(host: string): boolean;
  close(): Promise<void>;
}

export interface TransformsOptions extends EvaluatorOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly names?: ClusterNames;
  /** For the bodies of all that come. */
  readonly room?: Room;
  /** For those that are all here, by the EventTransform. */
  readonly shares?: Shares;
}

interface Running {
  /** `namespace/name` */
  readonly key: string;
  spec: TransformSpec;
  readonly evaluator: Evaluator;
}

/** Of the loopback interface alone. */
const BIND = '127.0.0.1';
/** Of bodies that come at the same time, for all EventTransforms. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** Of what each has under way: one whose sink hangs shuts out no other. */
const SHARE_BYTES = 64 * 1024 * 1024;
const HOST = /^([^.]+)-jsonata\.([^.]+)\.svc(\.cluster\.local)?$/;

export function startTransforms({
  port,
  names,
  room = new Room(ROOM_BYTES, systemClock),
  shares = new Shares(SHARE_BYTES),
  ...limits
}: TransformsOptions): Promise<StartedTransforms> {
  const running = new Map<string, Running>();
  const reading = new Evaluator(limits);
  let isBegun = false;

  async function answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const { method, headers, url = '/' } = request;
    if (headers.origin !== undefined) return refused(403, 'a page in a browser sends no events here');
    const key = keyOf(headers.host ?? '', url);
    const found = key === undefined ? undefined : running.get(key);
    if (found === undefined && !isBegun)
      return refused(503, 'it is not known yet what there is; send it again in a moment');
    if (found === undefined) return refused(404, `there is no EventTransform ${key ?? url}`);
    if (method !== 'POST') return refused(405, `${method} is not taken here; POST an event`);
    const taken = await takeBody<Answer | Taken>(
      request,
      { mostBytes: MOST_BYTES, room, what: 'an event' },
      async (body, leave) => {
        const giveBack = shares.take(found.key, body.length);
        if (giveBack === undefined) return busy(`too much is under way at ${found.key} already; send it again later`);
        leave();
        return transform(headers, body, found.spec, {
          evaluate: (expression, input) => found.evaluator.evaluate(expression, input),
          post: (asked) => post({ ...asked, signal }, names),
        }).finally(giveBack);
      },
    );
    return 'text' in taken ? notTaken(taken) : taken;
  }

  const server = eventServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answer(request, gone.signal)
      .catch((error: unknown) => refused(500, messageOf(error)))
      .then((answered) => end(response, answered));
  });

  const plane = {
    begin: () => {
      isBegun = true;
    },
    put(key: string, spec: TransformSpec) {
      const known = running.get(key);
      if (known === undefined) running.set(key, { key, spec, evaluator: new Evaluator(limits) });
      else known.spec = spec;
    },
    remove(key: string) {
      running.get(key)?.evaluator.end();
      running.delete(key);
    },
    read: (expression: string) => reading.read(expression),
    knows(host: string) {
      const key = HOST.test(host) ? keyOf(host, '/') : undefined;
      return key !== undefined && (!isBegun || running.has(key));
    },
    close() {
      reading.end();
      for (const key of running.keys()) plane.remove(key);
      return closeServer(server);
    },
  };

  return listenAt(server, port, BIND).then((at) => ({ ...plane, port: at, url: `http://${BIND}:${at}` }));
}

/** `namespace/name` of the host, or else of the path. */
function keyOf(host: string, url: string): string | undefined {
  const [, name, namespace] = HOST.exec(host.replace(/:\d+$/, '').toLowerCase()) ?? [];
  if (name !== undefined) return /^\/(\?|$)/.test(url) ? `${namespace}/${name}` : undefined;
  const found = /^\/([^/?]+)\/([^/?]+)\/?$/.exec(url);
  return found === null ? undefined : `${found[1]}/${found[2]}`;
}

/** It was not transformed, or not even read: then what is left of it never is. */
function notTaken({ status, text, isBusy, isUnread }: Taken): Answer {
  const answer = refused(status, text);
  const again = isBusy === true ? { 'retry-after': '1' } : {};
  const close = isUnread === true ? { connection: 'close' } : {};
  return { ...answer, headers: { ...answer.headers, ...again, ...close } };
}

function end(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  try {
    response.writeHead(status, { ...headers }).end(body);
  } catch (error) {
    // the expression says a content type that is no header
    const { headers: own, body: text } = refused(500, messageOf(error));
    response.writeHead(500, own).end(text);
  }
}
