/** `weir top`: Services, their Revisions and Pods and what passes through them, again and again on a terminal. */

import { podAutoscalers, services } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { isNotFound } from '../../kubernetes/client/errors.ts';
import { configMaps } from '../../kubernetes/client/resources.ts';
import { pause, systemClock } from '../../kubernetes/clock.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { PLATFORM_CONFIG } from '../platformConfig.ts';
import { draw } from './draw.ts';
import { readSamples } from './exposition.ts';
import { type Look, measuredBetween } from './measured.ts';
import { serviceViews } from './services.ts';

export interface TopOptions extends ClusterOptions {
  readonly namespace?: string;
  /** Of what tells Knative's metrics; the platform of `weir up` says it by itself. */
  readonly metrics?: string;
  /** Seconds, as a text. */
  readonly interval: string;
  readonly once?: boolean;
}

export async function top(options: TopOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const seconds = intervalOf(options.interval);
  return withCluster(options, io, async (client) => {
    const url = options.metrics ?? (await metricsOf(client));
    const isLive = io.stdout.isTTY === true && options.once !== true;
    let look = await lookAt(url);
    let drawn = 0;
    for (;;) {
      // the rates of a first look take a second one
      await pause(systemClock, seconds * 1000, io.signal);
      const now = await lookAt(url);
      const lines = await drawNow(client, look, now, options, context);
      look = now;
      if (!isLive) {
        io.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return EXIT.clean;
      }
      const head = context.colors(io.stdout).dim(headOf(client.name, url, seconds, io.now()));
      // up to where the last drawing began, and everything below goes
      io.stdout.write(`${drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`}${[head, '', ...lines].join('\n')}\n`);
      drawn = lines.length + 2;
    }
  });
}

function intervalOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 0.2 && seconds <= 3600) return seconds;
  throw new Failure(`--interval is "${text}", and must be seconds from 0.2 to 3600`);
}

async function metricsOf(client: Client): Promise<string | undefined> {
  try {
    return stringAt(await client.get(configMaps, PLATFORM_CONFIG), 'data', 'metrics');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function lookAt(url: string | undefined): Promise<Look | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    if (!response.ok)
      throw new Failure(`${url} answers ${response.status}; give --metrics what serves Knative's metrics`);
    return { at: performance.now(), samples: readSamples(await response.text()) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${url} gives no metrics: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function drawNow(
  client: Client,
  before: Look | undefined,
  now: Look | undefined,
  { namespace }: TopOptions,
  { io, colors }: CommandContext,
): Promise<string[]> {
  const where = namespace === undefined ? {} : { namespace };
  const [all, scalers] = await Promise.all([client.list(services, where), client.list(podAutoscalers, where)]);
  const measured = now === undefined ? new Map() : measuredBetween(before, now);
  const seen = { services: all.items, podAutoscalers: scalers.items, measured };
  return draw(serviceViews(seen), colors(io.stdout), io.stdout.columns);
}

function headOf(name: string, url: string | undefined, seconds: number, now: Date): string {
  const unmeasured = url === undefined ? '; no requests are shown: --metrics says where they are counted' : '';
  return `${name} at ${now.toTimeString().slice(0, 8)}, every ${seconds} s; Ctrl-C ends${unmeasured}`;
}
