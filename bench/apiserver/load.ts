/** Requests over connections that are kept, so many at once, and how long each took. */
import { Agent, request } from 'node:https';

export interface Target {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface Loader {
  /** The body of a good answer. @throws with the server's words otherwise */
  ask(call: Call): Promise<string>;
  /** All of them, `atOnce` at a time. Milliseconds of each, in the order in which they ended. */
  all(calls: readonly Call[], atOnce: number): Promise<number[]>;
  close(): void;
}

const PATIENCE_MS = 60_000;

export function loaderFor({ server, ca, token }: Target): Loader {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 64 });
  const authorization = `Bearer ${token}`;

  function ask({ method, path, body, contentType = 'application/json' }: Call): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': contentType }),
      };
      const sent = request(`${server}${path}`, { method, agent, headers, timeout: PATIENCE_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`));
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function all(calls: readonly Call[], atOnce: number): Promise<number[]> {
    const times: number[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
        const began = performance.now();
        await ask(call);
        times.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return times;
  }

  return { ask, all, close: () => agent.destroy() };
}
