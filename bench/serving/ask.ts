/** One request over a connection of its own. */
import { connect } from 'node:net';
import { ResponseReader } from '../admission/load/responseReader.ts';

export interface Asked {
  readonly status: number;
  /** Milliseconds, from before the connection. */
  readonly took: number;
}

/** @throws Error where no answer comes within the milliseconds */
export function ask(port: number, host: string, withinMs: number): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = new ResponseReader();
    const late = setTimeout(() => socket.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
    socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
    socket.on('data', (chunk: Buffer) => {
      const response = reader.push(chunk);
      if (response === undefined) return;
      resolve({ status: response.status, took: performance.now() - began });
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(late);
      reject(new Error('the connection broke before an answer'));
    });
  });
}
