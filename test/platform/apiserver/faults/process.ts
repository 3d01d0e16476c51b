/** API servers as processes of their own, which can be killed, measured and flooded, and requests to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { StartOptions } from '../../../../src/platform/apiserver/start.ts';

const CHILD = path.resolve('test/platform/apiserver/faults/child.ts');

export interface Answer {
  /** 0 where the connection ended without an answer. */
  readonly code: number;
  readonly text: string;
  /** Parsed; an empty object where it is no JSON. */
  readonly body: JsonObject;
}

/** In bytes, after a collection. */
export interface Memory {
  readonly resident: number;
  readonly live: number;
}

export interface Sending {
  readonly body?: string | Buffer | object;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly agent?: Agent;
  readonly host?: string;
}

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  readonly agent: Agent;
  /** Never rejects: a connection that is cut is an answer with the code 0. */
  send(method: string, target: string, sending?: Sending): Promise<Answer>;
  /** With the token in it, and nothing sent. */
  connect(): Promise<TLSSocket>;
  /** `memory` (a Memory), `errors` (logged since), `isClean` (prototypes). */
  ask<Value>(question: string): Promise<Value>;
  kill(): Promise<void>;
  close(): Promise<number | null>;
}

/** It did not start: what it said and its exit code. */
export class DidNotStart extends Error {
  readonly code: number | null;
  constructor(code: number | null, said: string) {
    super(said);
    this.code = code;
  }
}

/**
 * @param within a shell's line that ends by running its arguments, `exec "$@"`: what is around the server
 * @throws DidNotStart
 */
export async function aProcess(options: Partial<StartOptions>, within?: readonly string[]): Promise<ServerProcess> {
  const command = [process.execPath, '--no-warnings', '--expose-gc', CHILD, JSON.stringify(options)];
  const [program = '', ...args] = within === undefined ? command : [...within, ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const closed = once(child, 'close');
  const begun = await Promise.race([once(child, 'message').then(([message]) => message), exited.then(() => closed)]);
  if (!('url' in begun)) throw new DidNotStart(child.exitCode, said.trim());
  return over(child, begun, exited, () => said);
}

interface Begun {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

function over(
  child: ChildProcess,
  { url, ca, token }: Begun,
  exited: Promise<number | null>,
  said: () => string,
): ServerProcess {
  const port = Number(new URL(url).port);
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 32 });
  return {
    pid: child.pid ?? 0,
    port,
    ca,
    token,
    agent,
    send: (method, target, sending = {}) => send({ port, token, ca, agent }, method, target, sending),
    async connect() {
      const socket = connect({ port, host: '127.0.0.1', ca, servername: 'localhost' });
      socket.on('error', () => {});
      await once(socket, 'secureConnect');
      return socket;
    },
    ask<Value>(question: string): Promise<Value> {
      return new Promise((resolve, reject) => {
        const take = (message: { question: string; answer: Value }): void => {
          if (message.question !== question) return;
          child.off('message', take);
          resolve(message.answer);
        };
        child.on('message', take);
        child.send(question, (error) => {
          if (error !== null) reject(new Error(`the server has ended: ${said()}`));
        });
        exited.then((code) => reject(new Error(`the server has ended with ${code}: ${said()}`)));
      });
    },
    async kill() {
      child.kill('SIGKILL');
      agent.destroy();
      await exited;
    },
    close() {
      agent.destroy();
      if (child.connected) child.send('close');
      return exited;
    },
  };
}

function send(
  { port, token, ca, agent }: Pick<ServerProcess, 'port' | 'token' | 'ca' | 'agent'>,
  method: string,
  target: string,
  sending: Sending,
): Promise<Answer> {
  const { body, headers = {} } = sending;
  const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return new Promise((resolve) => {
    const cut = (error: Error): void => resolve({ code: 0, text: error.message, body: {} });
    const sent = request({
      hostname: sending.host ?? '127.0.0.1',
      port,
      method,
      path: target,
      agent: sending.agent ?? agent,
      ca,
      servername: 'localhost', // whatever the Host header says
      headers: {
        authorization: `Bearer ${token}`,
        ...(bytes !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) }),
        ...headers,
      },
    });
    sent.on('error', cut);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', cut);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ code: response.statusCode ?? 0, text, body: parsed(text) });
      });
    });
    sent.end(bytes);
  });
}

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Sends the bytes as they are, and gives all that comes back until the other side ends, or until `isEnough`. */
export async function raw(
  server: ServerProcess,
  bytes: string | Buffer,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  const socket = await server.connect();
  let text = '';
  const over = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (isEnough(text)) resolve();
    });
  });
  socket.write(bytes);
  await over;
  socket.destroy();
  return text;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
