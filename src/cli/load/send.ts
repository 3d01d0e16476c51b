/** One request over HTTP/1.1, on a connection that stays for those that follow. */
import { Agent as HttpAgent, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { oneLine } from '../../report/safeText.ts';
import { cut } from '../../text/cut.ts';
import { systemReason } from '../failure.ts';
import type { Send } from './openLoop.ts';
import type { LoadOptions } from './options.ts';

/** Nothing listens there. */
export const REFUSED = 'the connection was refused';

export interface Sender {
  readonly send: Send;
  close(): void;
}

type Asked = Pick<LoadOptions, 'url' | 'plan' | 'method' | 'headers' | 'body' | 'by'>;

/** @param address where the URL's name leads to */
export function senderTo(address: string, asked: Asked): Sender {
  const { url, plan, body, by } = asked;
  const isTls = url.protocol === 'https:';
  const most = { keepAlive: true, maxSockets: plan.connections, maxFreeSockets: plan.connections };
  const agent = isTls ? new HttpsAgent(most) : new HttpAgent(most);
  const request = isTls ? requestHttps : requestHttp;
  const options = { ...optionsOf(address, asked), agent };

  function send(done: Parameters<Send>[0]): () => void {
    let isDone = false;
    const finish: typeof done = (result) => {
      if (isDone) return;
      isDone = true;
      done(result);
    };
    const asking = request(options, (response) => {
      const status = response.statusCode ?? 0;
      const begin: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (status >= 400 && bytes < MOST_READ) begin.push(chunk.subarray(0, MOST_READ - bytes));
        bytes += chunk.length;
      });
      response.once('end', () => {
        const value = response.headers[by];
        const text = Array.isArray(value) ? value.join(', ') : value;
        const said = firstLineOf(begin);
        finish({
          status,
          by: text === undefined ? undefined : oneLine(text),
          bytes,
          ...(said === '' ? {} : { said }),
        });
      });
      response.once('error', () => finish({ problem: 'the answer broke off' }));
    });
    asking.once('error', (error) => finish({ problem: problemOf(error) }));
    asking.end(body);
    return () => {
      isDone = true;
      asking.destroy();
    };
  }
  return { send, close: () => agent.destroy() };
}

/** Bytes of the body of an error, and characters of its first line: whoever answers may send anything. */
const MOST_READ = 1024;
const MOST_SAID = 160;

function firstLineOf(pieces: readonly Buffer[]): string {
  if (pieces.length === 0) return '';
  const lines = Buffer.concat(pieces).toString().split(/\r?\n/);
  return cut(oneLine(lines.find((line) => line.trim() !== '')?.trim() ?? ''), MOST_SAID);
}

function optionsOf(address: string, { url, method, headers, body }: Asked): RequestOptions {
  const ours: (readonly [string, string])[] = [
    ['Host', url.host],
    ['User-Agent', 'weir-load'],
    ['Accept', '*/*'],
  ];
  if (body !== undefined) ours.push(['Content-Length', String(Buffer.byteLength(body))]);
  // what was asked for counts more
  const sent = new Map([...ours, ...headers].map((header) => [header[0].toLowerCase(), header]));
  return {
    host: address,
    port: url.port === '' ? undefined : url.port,
    path: `${url.pathname}${url.search}`,
    method,
    headers: Object.fromEntries(sent.values()),
    ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
  };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: REFUSED,
  ECONNRESET: 'the connection broke before an answer',
  EPIPE: 'the connection broke before an answer',
  ETIMEDOUT: 'the connection took too long',
  EADDRNOTAVAIL: 'this machine had no port left for another connection',
  EMFILE: 'this process may open no more connections (ulimit -n); use fewer --connections',
};

function problemOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_')) return 'what came back is no HTTP';
  return PROBLEMS[code] ?? oneLine(systemReason(error));
}
