import { Agent, request } from 'node:https';
import { isObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';

const TIMEOUT_MS = 30_000;

export interface Answer {
  readonly status: number;
  /** Text where the answer is no JSON, such as that of /readyz. */
  readonly body: JsonValue;
}

/** Plain requests to the API server as its administrator: for helpers that kubectl is too slow for. */
export interface Api {
  /** Any answer, refusals too. Throws only where there is none. */
  ask(method: string, path: string, body?: JsonValue, contentType?: string): Promise<Answer>;
  /** The body of a good answer. Throws the server's own words otherwise. */
  get(path: string): Promise<JsonValue>;
  create(path: string, object: JsonValue): Promise<JsonValue>;
  /** A JSON merge patch. */
  patch(path: string, change: JsonValue): Promise<JsonValue>;
  delete(path: string): Promise<JsonValue>;
}

export interface ApiOptions {
  /** Such as `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

export function apiOf({ server, ca, token }: ApiOptions): Api {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 8 });

  function ask(method: string, path: string, body?: JsonValue, contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType, accept: 'application/json' };
      const sent = request(`${server}${path}`, { method, agent, headers, timeout: TIMEOUT_MS }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: read(text) }));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      sent.on('error', (error) => reject(new Error(`${method} ${server}${path}: ${error.message}`)));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function good(method: string, path: string, body?: JsonValue, contentType?: string): Promise<JsonValue> {
    const answer = await ask(method, path, body, contentType);
    if (answer.status < 300) return answer.body;
    const words = stringAt(answer.body, 'message') ?? JSON.stringify(answer.body);
    throw new Error(`${method} ${path} is answered with ${answer.status}: ${words}`);
  }

  return {
    ask,
    get: (path) => good('GET', path),
    create: (path, object) => good('POST', path, object),
    patch: (path, change) => good('PATCH', path, change, 'application/merge-patch+json'),
    delete: (path) => good('DELETE', path),
  };
}

/** The items of a list, as the API server answers it. */
export function itemsOf(list: JsonValue): JsonValue[] {
  return isObject(list) && Array.isArray(list.items) ? list.items : [];
}

function read(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
