/** Asks a program over the loopback interface (k8s.io/kubernetes pkg/probe/http, pkg/probe/tcp). */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { LOOPBACK } from '../surroundings/fields.ts';
import type { Check } from './probe.ts';

/** What is asked over the network. */
export type NetworkCheck = Extract<Check, { kind: 'http' | 'tcp' | 'grpc' }>;

/** @returns a sentence that says what is wrong; undefined where all is well. It never throws. */
export type Ask = (check: NetworkCheck, timeoutMs: number, signal: AbortSignal) => Promise<string | undefined>;

export const askOverNetwork: Ask = (check, timeoutMs, signal) => {
  // a client would take it for the usual port of its protocol
  if (check.port === 0) return Promise.resolve('there is no port at which the container serves');
  return check.kind === 'http' ? askHttp(check, timeoutMs, signal) : askTcp(check.port, timeoutMs, signal);
};

function askTcp(port: number, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const finish = (problem: string | undefined): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(problem);
    };
    const abort = (): void => finish('the probe was called off');
    signal.addEventListener('abort', abort);
    socket.setTimeout(timeoutMs, () => finish(`dial tcp ${LOOPBACK}:${port}: i/o timeout`));
    socket.once('connect', () => finish(undefined));
    socket.once('error', (error) => finish(`dial tcp ${LOOPBACK}:${port}: ${error.message}`));
  });
}

function askHttp(
  { port, path, isTls, headers }: Extract<Check, { kind: 'http' }>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = `${isTls ? 'https' : 'http'}://${LOOPBACK}:${port}${path}`;
  return new Promise((resolve) => {
    const finish = (problem: string | undefined): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    const timer = setTimeout(() => {
      finish(`Get "${url}": no answer within ${timeoutMs / 1000} s`);
      asking?.destroy();
    }, timeoutMs);
    let asking: ReturnType<typeof requestHttp> | undefined;
    try {
      const sent: Record<string, string> = { 'User-Agent': 'kube-probe/1.36', Accept: '*/*', Connection: 'close' };
      for (const [name, value] of headers) sent[name] = value;
      const options = { host: LOOPBACK, port, path, headers: sent, agent: false, signal, rejectUnauthorized: false };
      asking = (isTls ? requestHttps : requestHttp)(options, (response) => {
        const { statusCode = 0 } = response;
        response.destroy();
        const isWell = statusCode >= 200 && statusCode < 400;
        finish(isWell ? undefined : `HTTP probe failed with statuscode: ${statusCode}`);
      });
      asking.once('error', (error) => finish(`Get "${url}": ${error.message}`));
      asking.end();
    } catch (error) {
      // a path or header that HTTP does not know
      finish(`Get "${url}": ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}
