import path from 'node:path';
import type { WebhookOptions } from '../../../webhooks/main.ts';
import type { CommandContext, DefineCommand } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';

/** As commander reads them: every value a text. */
interface RawOptions {
  readonly policies: string;
  readonly port: string;
  readonly bind: string;
  readonly cluster: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly metricsPort?: string;
  readonly metricsBind: string;
  readonly logLevel: string;
  readonly drainDelay: string;
}

/** `weir webhook` */
export const define: DefineCommand = (command, run) => {
  command
    .description('Serves the admission webhooks: fills in defaults and judges what the API server is asked to store.')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files, read again when they change', '/etc/weir/policies')
    .option('--port <number>', 'where to listen for HTTPS; 0 takes any that is free', '9443')
    .option('--bind <address>', 'the address to listen at; 0.0.0.0 in a container', '127.0.0.1')
    .option('--tls-cert <file>', 'the serving certificate in PEM, read again when it changes')
    .option('--tls-key <file>', 'its key')
    .option('--no-cluster', 'judge without a cluster: no exceptions, no other objects; needs --tls-cert and --tls-key')
    .option('--metrics-port <number>', 'serve /metrics over HTTP, too')
    .option('--metrics-bind <address>', 'the address for --metrics-port', '127.0.0.1')
    .option('--drain-delay <seconds>', 'go on for so long after SIGTERM, until the cluster knows', '5')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .addHelpText('after', EXAMPLES)
    .action((raw: RawOptions) => {
      run((context) => webhook(raw, context));
    });
};

const EXAMPLES = `
Paths: POST /mutate/<environment>, POST /validate/<environment>,
POST /validate-namespace, GET /healthz, /readyz and /metrics.

Examples:
  weir webhook --bind 0.0.0.0
  weir webhook --no-cluster --policies policies --tls-cert tls.crt --tls-key tls.key`;

async function webhook(raw: RawOptions, { io }: CommandContext): Promise<number> {
  const options = readOptions(raw, io.cwd);
  const { runWebhook } = await import('../../../webhooks/main.ts');
  const { StartFailure } = await import('../../../webhooks/startFailure.ts');
  try {
    await runWebhook(options, { now: io.now });
  } catch (error) {
    throw error instanceof StartFailure ? new Failure(error.message) : error;
  }
  return EXIT.clean;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

function readOptions(raw: RawOptions, cwd: string): WebhookOptions {
  const level = LEVELS.find((each) => each === raw.logLevel);
  if (level === undefined) {
    throw new Failure(`--log-level is "${raw.logLevel}", and must be one of ${LEVELS.join(', ')}`);
  }
  return {
    policies: path.resolve(cwd, raw.policies),
    port: portOf('--port', raw.port),
    bind: raw.bind,
    tls: tlsOf(raw, cwd),
    ...(raw.metricsPort === undefined
      ? {}
      : { metrics: { port: portOf('--metrics-port', raw.metricsPort), bind: raw.metricsBind } }),
    logLevel: level,
    drainDelay: secondsOf('--drain-delay', raw.drainDelay) * 1000,
  };
}

function tlsOf({ tlsCert, tlsKey }: RawOptions, cwd: string): WebhookOptions['tls'] {
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new Failure('--tls-cert and --tls-key are both needed');
  }
  return { certificate: path.resolve(cwd, tlsCert), key: path.resolve(cwd, tlsKey) };
}

function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(`${option} is "${text}", and must be a port from 0 to 65535`);
}

/** Longer than a container lives after its SIGTERM makes no sense. */
const LONGEST_DELAY = 300;

function secondsOf(option: string, text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LONGEST_DELAY) return seconds;
  throw new Failure(`${option} is "${text}", and must be a number of seconds from 0 to ${LONGEST_DELAY}`);
}
