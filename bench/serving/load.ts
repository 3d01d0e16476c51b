/** Requests over connections that stay, each as soon as the last is answered. */
import { connect } from 'node:net';
import { percentile } from '../admission/load/job.ts';
import { ResponseReader } from '../admission/load/responseReader.ts';
import { HOST } from './host.ts';

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const REQUEST = Buffer.from(
  `GET /greeting?name=weir HTTP/1.1\r\nHost: ${HOST}\r\nUser-Agent: bench/1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n`,
);

/** @throws Error where anything but 200 comes back, or a connection breaks */
export async function load(port: number, connections: number, seconds: number): Promise<LoadResult> {
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => one(port, end, latencies)));
  const elapsed = (performance.now() - began) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  return { requests: sorted.length, seconds: elapsed, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}

function one(port: number, end: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = new ResponseReader();
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(REQUEST);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} broke a connection`)));
    socket.on('data', (chunk: Buffer) => {
      const response = reader.push(chunk);
      if (response === undefined) return;
      const now = performance.now();
      if (response.status !== 200) {
        reject(new Error(`port ${port} answered ${response.status}: ${response.body.toString().slice(0, 200)}`));
        return;
      }
      latencies.push(now - sentAt);
      if (now < end) {
        send();
        return;
      }
      resolve();
      socket.destroy();
    });
  });
}
