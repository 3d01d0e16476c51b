/** API servers for tests, each in a folder of its own, and requests as any client may send them. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type ApiServer, type StartOptions, startApiServer } from '../../../src/platform/apiserver/start.ts';

export interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed; an empty object where it is no JSON. */
  readonly body: JsonObject;
}

export interface Asking {
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent without a token. */
  readonly anonymous?: boolean;
}

export interface Server extends ApiServer {
  readonly folder: string;
  ask(method: string, path: string, asking?: Asking): Promise<Reply>;
  /** Lines as they come. */
  watch(path: string): Watching;
}

export interface Watching {
  /** The next line as JSON; undefined where the stream has ended. */
  next(): Promise<JsonObject | undefined>;
  stop(): void;
}

export function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'weir-apiserver-'));
}

export async function aServer(options: Partial<StartOptions> = {}): Promise<Server> {
  const folder = options.folder ?? newFolder();
  const server = await startApiServer({ ...options, folder });
  const agent = new Agent({ keepAlive: true, ca: server.ca });
  const { hostname, port } = new URL(server.url);

  const send = (method: string, target: string, { body, headers, anonymous }: Asking) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = request({
      hostname,
      port,
      method,
      path: target,
      agent,
      servername: 'localhost', // whatever the Host header says
      headers: {
        ...(anonymous !== true && { authorization: `Bearer ${server.token}` }),
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
    });
    sent.end(text);
    return sent;
  };
  return {
    ...server,
    folder,
    ask(method, target, asking = {}) {
      return new Promise((resolve, reject) => {
        send(method, target, asking)
          .on('error', reject)
          .on('response', (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
            });
          });
      });
    },
    watch(target) {
      const lines: string[] = [];
      let rest = '';
      let isOver = false;
      let wake = (): void => {};
      const end = (): void => {
        isOver = true;
        wake();
      };
      const sent = send('GET', target, {});
      sent.on('error', end);
      sent.on('response', (response) => {
        response.on('data', (chunk: Buffer) => {
          const parts = (rest + chunk.toString()).split('\n');
          rest = parts.pop() ?? '';
          lines.push(...parts);
          wake();
        });
        response.on('end', end);
        response.on('error', end);
      });
      return {
        async next() {
          while (lines.length === 0 && !isOver) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          const line = lines.shift();
          return line === undefined ? undefined : parsed(line);
        },
        stop: () => sent.destroy(),
      };
    },
    async close() {
      agent.destroy();
      await server.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
