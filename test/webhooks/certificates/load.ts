/**
 * Calls servers as an API server calls its webhooks: each call over TLS, verified against the caBundle as it stands, by
 * the name of the Service; over connections that stay open as long as the caBundle is the same, and over new ones.
 */
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface LoadOptions {
  /** Where the replicas listen, on loopback. */
  readonly ports: readonly number[];
  readonly servername: string;
  /** The caBundle that is used now; undefined while there is none, and then nothing is called. */
  readonly caBundle: () => string | undefined;
  /** Between two calls of one caller, in milliseconds. */
  readonly pause: number;
}

export interface Load {
  /** Calls that were answered. */
  answered(): number;
  /** Why others were not. */
  failures(): readonly string[];
  /** The certificates that were seen, by their fingerprints. */
  certificates(): ReadonlySet<string>;
  /** Calls over a connection that was open already. */
  reused(): number;
  stop(): Promise<void>;
}

/** Two callers a port, one that keeps its connections and one that makes a new one each time. */
export function callAll({ ports, servername, caBundle, pause }: LoadOptions): Load {
  const failures: string[] = [];
  const certificates = new Set<string>();
  let answered = 0;
  let reused = 0;
  let isStopped = false;

  async function keepCalling(port: number, keepsAlive: boolean): Promise<void> {
    let agent: Agent | undefined;
    let known: string | undefined;
    while (!isStopped) {
      const ca = caBundle();
      if (ca !== known || agent === undefined) {
        // as kube-apiserver: its client, with its connections, belongs to one caBundle
        agent?.destroy();
        agent =
          ca === undefined ? undefined : new Agent({ ca, servername, keepAlive: keepsAlive, maxCachedSessions: 0 });
        known = ca;
      }
      if (agent !== undefined) await callOnce(port, agent);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    agent?.destroy();
  }

  async function callOnce(port: number, agent: Agent): Promise<void> {
    try {
      const seen = await answerOf(port, agent);
      answered++;
      if (seen.isReused) reused++;
      certificates.add(seen.certificate);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }

  const callers = ports.flatMap((port) => [keepCalling(port, true), keepCalling(port, false)]);
  return {
    answered: () => answered,
    failures: () => failures,
    certificates: () => certificates,
    reused: () => reused,
    stop: async () => {
      isStopped = true;
      await Promise.all(callers);
    },
  };
}

interface Answer {
  readonly certificate: string;
  readonly isReused: boolean;
}

function answerOf(port: number, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, method: 'POST', timeout: 10_000 }, (response) => {
      const socket = response.socket as TLSSocket;
      const certificate = socket.getPeerCertificate().fingerprint256;
      response.on('error', reject).on('end', () => resolve({ certificate, isReused: asked.reusedSocket }));
      response.resume();
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')));
    asked.on('error', reject).end('{}');
  });
}
