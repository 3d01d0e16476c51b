/** One request to the sink of an EventTransform: any content, to any address, and to the names of the cluster by the proxy that knows them. */
import { type IncomingHttpHeaders, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { LONGEST_HEAD } from '../../network/http1/headReader.ts';
import { bodyOf } from '../body.ts';
import { type ClusterNames, MOST_BYTES } from '../send.ts';

export interface SinkAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SinkRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whoever asked for it has gone. */
  readonly signal: AbortSignal;
}

const LOOPBACK = '127.0.0.1';

/** @throws Error where no answer came, it was too large, or it leads elsewhere */
export async function post({ url, headers, body, signal }: SinkRequest, names?: ClusterNames): Promise<SinkAnswer> {
  const target = URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol)) throw new Error('the sink has no URL of http or https');
  const port = names?.portOf(target.hostname);
  if (port !== undefined) await names?.awaited(target.hostname);
  const over = target.protocol === 'https:' ? overHttps : overHttp;
  // the proxy knows by the Host whom it is for
  const to = port === undefined ? {} : { hostname: LOOPBACK, port, headers: { ...headers, host: target.host } };
  const outgoing = {
    over,
    target,
    options: { method: 'POST', headers, signal, maxHeaderSize: LONGEST_HEAD, ...to },
    body,
  };
  const first = await ask(outgoing);
  // the sink had just closed a connection that was kept: that is no attempt, and the only one is on another
  const answer = first ?? (await ask({ ...outgoing, options: { ...outgoing.options, agent: false } }));
  if (answer === undefined) throw new Error('the connection was closed before an answer had come');
  const { status } = answer;
  if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
    throw new Error(`the sink answers with a redirect (${status}), which is not followed`);
  }
  return answer;
}

interface Outgoing {
  readonly over: typeof overHttp;
  readonly target: URL;
  readonly options: RequestOptions;
  readonly body: string;
}

/** @returns undefined where the connection had been kept, and was closed before anything came back */
function ask({ over, target, options, body }: Outgoing): Promise<SinkAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = over(target, options, (incoming) => {
      bodyOf(incoming, MOST_BYTES).then((whole) => {
        if (whole === undefined) incoming.destroy();
        if (whole === undefined) reject(new Error(`the sink's answer has more than ${MOST_BYTES} bytes`));
        else resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: whole });
      }, reject);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && CLOSED.has(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
    outgoing.end(body);
  });
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
