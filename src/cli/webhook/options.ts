/** What `weir webhook` was asked to do, from texts. Every wrong value is a sentence. */
import path from 'node:path';
import type { WebhookOptions } from '../../../webhooks/main.ts';
import { Failure } from '../failure.ts';
import { sinkOf } from '../serve/events.ts';
import { addressOf, LEVELS, nameOf, portOf } from '../serve/options.ts';

/** As commander reads them. */
export interface RawWebhookOptions {
  readonly policies: string;
  readonly port: string;
  readonly bind: string;
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly service: string;
  readonly certificateSecret: string;
  readonly certificateLife: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly metricsPort?: string;
  readonly metricsBind: string;
  readonly eventsSink?: string;
  readonly eventsSource: string;
  readonly logLevel: string;
  readonly drainDelay: string;
}

/** @param env where `K_SINK` may name a sink */
export function readWebhookOptions(
  raw: RawWebhookOptions,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): WebhookOptions {
  const logLevel = LEVELS.find((level) => level === raw.logLevel);
  if (logLevel === undefined) {
    throw new Failure(`--log-level is "${raw.logLevel}", and must be one of ${LEVELS.join(', ')}`);
  }
  const tls = tlsOf(raw, cwd);
  const cluster = clusterOf(raw, cwd);
  if (cluster === undefined && tls === undefined) {
    throw new Failure('--no-cluster needs --tls-cert and --tls-key: a certificate of its own is kept in the cluster');
  }
  const events = sinkOf(raw, env);
  const { metricsPort, metricsBind } = raw;
  return {
    policies: path.resolve(cwd, raw.policies),
    port: portOf('--port', raw.port),
    bind: addressOf('--bind', raw.bind),
    ...(tls === undefined ? {} : { tls }),
    ...(raw.clientCa === undefined ? {} : { clientCa: path.resolve(cwd, raw.clientCa) }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(metricsPort === undefined
      ? {}
      : { metrics: { port: portOf('--metrics-port', metricsPort), bind: addressOf('--metrics-bind', metricsBind) } }),
    ...(events === undefined ? {} : { events }),
    logLevel,
    drainDelay: secondsOf('--drain-delay', raw.drainDelay) * 1000,
  };
}

function tlsOf({ tlsCert, tlsKey }: RawWebhookOptions, cwd: string): WebhookOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined) throw new Failure('--tls-key is given without --tls-cert; both are needed');
  if (tlsKey === undefined) throw new Failure('--tls-cert is given without --tls-key; both are needed');
  return { certificate: path.resolve(cwd, tlsCert), key: path.resolve(cwd, tlsKey) };
}

/** The configurations' names are fixed, as overlays/ has them: their order among others hangs on them. */
export const CONFIGURATIONS = {
  mutatingConfiguration: 'defaults.weir.dev',
  validatingConfiguration: 'policy.weir.dev',
};

function clusterOf(raw: RawWebhookOptions, cwd: string): WebhookOptions['cluster'] {
  if (!raw.cluster) {
    if (raw.kubeconfig !== undefined) throw new Failure('--kubeconfig and --no-cluster exclude each other');
    return undefined;
  }
  return {
    ...(raw.kubeconfig === undefined ? {} : { kubeconfig: path.resolve(cwd, raw.kubeconfig) }),
    namespace: nameOf('--namespace', raw.namespace),
    service: nameOf('--service', raw.service),
    certificateSecret: nameOf('--certificate-secret', raw.certificateSecret),
    certificateLife: lifeOf(raw.certificateLife),
    ...CONFIGURATIONS,
  };
}

/** Longer than a container lives after its SIGTERM makes no sense. */
const LONGEST_DELAY = 300;

function secondsOf(option: string, text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LONGEST_DELAY) return seconds;
  throw new Failure(`${option} is "${text}", and must be a number of seconds from 0 to ${LONGEST_DELAY}`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. Below the shortest, the steps of one rotation do not fit into the time before the next: see webhooks/certificates/timing.ts. */
export const SHORTEST_LIFE = 20_000;
const LONGEST_LIFE = 3650 * 86_400_000;

/** Milliseconds. */
function lifeOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const life = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (digits !== '' && life >= SHORTEST_LIFE && life <= LONGEST_LIFE) return life;
  throw new Failure(`--certificate-life is "${text}", and must be a number with s, m, h or d from 20s to 3650d`);
}
