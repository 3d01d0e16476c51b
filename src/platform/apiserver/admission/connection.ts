/**
 * One POST to a webhook, over connections that are kept. What goes wrong is told as kube-apiserver tells it, since
 * people look these sentences up.
 */
import https from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../../kubernetes/clock.ts';
import { explainNetwork } from './networkErrors.ts';
import type { Place } from './services.ts';

/** More than any review that the API server itself would take. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** Connections that are not used are closed; the other side often does so after a minute. */
const IDLE_MILLISECONDS = 30_000;
const MAX_IDLE_CONNECTIONS = 16;

export interface Target {
  /** `https://web.shop.svc:443`. */
  readonly origin: string;
  readonly path: string;
  /** What the certificate must be for. */
  readonly serverName: string;
  readonly caBundle: string | undefined;
  /** Where to connect to; asked for each new call. @throws Error where the Service has no place */
  place(): Place;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export class Connection {
  readonly #target: Target;
  readonly #clock: Clock;
  readonly #agent: https.Agent;
  #calls = 0;

  constructor(target: Target, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    const { caBundle, serverName } = target;
    this.#agent = new https.Agent({
      keepAlive: true,
      maxFreeSockets: MAX_IDLE_CONNECTIONS,
      timeout: IDLE_MILLISECONDS,
      servername: isIP(serverName) === 0 ? serverName : '', // an address is no name to ask for (RFC 6066)
      // A server's own certificate may stand in the bundle, as Go accepts it.
      ...(caBundle !== undefined && { ca: caBundle, allowPartialTrustChain: true }),
    });
  }

  /** @throws Error `Post "https://…": context deadline exceeded`, … */
  async post(body: string, timeoutSeconds: number): Promise<Answer> {
    const path = `${this.#target.path || '/'}?timeout=${timeoutSeconds}s`;
    const deadline = new Deadline(this.#clock, timeoutSeconds);
    this.#calls++;
    try {
      return await this.#try(path, body, deadline, true);
    } catch (error) {
      const why = deadline.isOver ? 'context deadline exceeded' : explainNetwork(error, this.#target.serverName);
      throw new Error(`Post ${JSON.stringify(`${this.#target.origin}${path}`)}: ${why}`);
    } finally {
      this.#calls--;
      deadline.callOff();
    }
  }

  get isInUse(): boolean {
    return this.#calls > 0;
  }

  /** Cuts calls that have no answer yet. */
  close(): void {
    this.#agent.destroy();
  }

  async #try(path: string, body: string, deadline: Deadline, mayRepeat: boolean): Promise<Answer> {
    const { host, port } = this.#target.place();
    const request = https.request({
      agent: this.#agent,
      method: 'POST',
      host,
      port,
      path,
      headers: {
        host: this.#target.origin.slice('https://'.length),
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'kube-apiserver-admission',
      },
    });
    try {
      return await answerTo(request, body, deadline);
    } catch (error) {
      // The other side may close a kept connection just as the request is on its way.
      if (mayRepeat && request.reusedSocket && !deadline.isOver && isCut(error)) {
        return this.#try(path, body, deadline, false);
      }
      throw error;
    }
  }
}

/** Ends a request that takes too long, wherever it is. */
class Deadline {
  isOver = false;
  #end: (() => void) | undefined;
  readonly callOff: () => void;

  constructor(clock: Clock, seconds: number) {
    this.callOff = clock.after(seconds * 1000, () => {
      this.isOver = true;
      this.#end?.();
    });
  }

  ends(request: { destroy(): void }): void {
    this.#end = () => request.destroy();
  }
}

function answerTo(request: ReturnType<typeof https.request>, body: string, deadline: Deadline): Promise<Answer> {
  return new Promise((resolve, reject) => {
    deadline.ends(request);
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > MAX_ANSWER_BYTES) request.destroy(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`));
      });
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('unexpected EOF')));
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? 'application/json';
        resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(parts).toString() });
      });
    });
    request.end(body);
  });
}

function isCut(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
