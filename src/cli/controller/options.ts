/** What `weir controller` was asked to do, from texts. Every wrong value is a sentence. */
import path from 'node:path';
import type { ControllerOptions } from '../../../controllers/main.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';
import { sinkOf } from '../serve/events.ts';
import { addressOf, LEVELS, nameOf, portOf } from '../serve/options.ts';

/** As commander reads them. */
export interface RawControllerOptions {
  readonly policies: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly controllers?: string;
  readonly leaseNamespace: string;
  readonly knativeVersion?: string;
  readonly grade?: string;
  readonly eventsSink?: string;
  readonly eventsSource: string;
  readonly metricsPort: string;
  readonly metricsBind: string;
  readonly logLevel: string;
}

/** Those of controllers/all.ts, which is loaded only when they run; a test holds the two together. */
export const CONTROLLER_NAMES = ['schedule', 'rollout', 'serving', 'guardrails', 'dead-letters', 'audit'] as const;

/** @param sink of the environment, where `--events-sink` names none */
export function readControllerOptions(
  raw: RawControllerOptions,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): ControllerOptions {
  const logLevel = LEVELS.find((level) => level === raw.logLevel);
  if (logLevel === undefined) {
    throw new Failure(`--log-level is "${raw.logLevel}", and must be one of ${LEVELS.join(', ')}`);
  }
  const controllers = chosen(raw.controllers);
  const events = sinkOf(raw, env);
  const knativeVersion = versionOf(raw.knativeVersion);
  return {
    policies: path.resolve(cwd, raw.policies),
    ...(raw.kubeconfig === undefined ? {} : { kubeconfig: path.resolve(cwd, raw.kubeconfig) }),
    ...(raw.context === undefined ? {} : { context: raw.context }),
    ...(controllers === undefined ? {} : { controllers }),
    leaseNamespace: nameOf('--lease-namespace', raw.leaseNamespace),
    ...(knativeVersion === undefined ? {} : { knativeVersion }),
    ...(raw.grade === undefined ? {} : { grade: nameOf('--grade', raw.grade) }),
    ...(events === undefined ? {} : { events }),
    metrics: { port: portOf('--metrics-port', raw.metricsPort), bind: addressOf('--metrics-bind', raw.metricsBind) },
    logLevel,
  };
}

function chosen(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !CONTROLLER_NAMES.some((known) => known === name));
  if (unknown === undefined) return names;
  const hint = didYouMean(unknown, CONTROLLER_NAMES);
  throw new Failure(
    `--controllers names "${unknown}"${hint === '' ? '; there' : `${hint} There`} are ${CONTROLLER_NAMES.join(', ')}`,
  );
}

/** `1.21`, as people say it; a patch release does not matter. */
function versionOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, version] = /^v?(\d{1,3}\.\d{1,4})(\.\d+)?$/.exec(text) ?? [];
  if (version !== undefined) return version;
  throw new Failure(`--knative-version is "${text}", and must be a version of Knative Serving, such as 1.21`);
}
