/** `weir top`: Services, their Revisions and Pods and what passes through them, again and again on a terminal. */

import { podAutoscalers, services } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { isNotFound, sentenceOf } from '../../kubernetes/client/errors.ts';
import { configMaps } from '../../kubernetes/client/resources.ts';
import { pause, systemClock } from '../../kubernetes/clock.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { oneLine } from '../../report/safeText.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import type { TextSink } from '../io.ts';
import { PLATFORM_CONFIG } from '../platformConfig.ts';
import { cut, draw, fitting } from './draw.ts';
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
  const { io, colors } = context;
  const seconds = intervalOf(options.interval);
  const isLive = io.stdout.isTTY === true && options.once !== true;
  const screen = new Screen(io.stdout);
  const wait = (): Promise<void> => pause(systemClock, seconds * 1000, io.signal);
  let url = options.metrics;

  async function watch(client: Client): Promise<number> {
    // a platform that was started again may tell its metrics elsewhere
    url = options.metrics ?? (await metricsOf(client)) ?? url;
    let look = await lookAt(url);
    for (;;) {
      // the rates of a first look take a second one
      await wait();
      const now = await lookAt(url);
      const lines = await drawNow(client, look, now, options, context);
      look = now;
      if (!isLive) {
        io.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return EXIT.clean;
      }
      const head = cut(headOf(client.name, url, seconds, io.now()), io.stdout.columns);
      screen.show([colors(io.stdout).dim(head), '', ...lines]);
      if (io.signal.aborted) return EXIT.clean;
    }
  }

  for (;;) {
    try {
      return await withCluster(options, io, watch);
    } catch (error) {
      // what was never there is told at once; what was there may come back
      if (!(error instanceof Failure) || !screen.wasDrawn) throw error;
      const head = cut(`waits for it to come back, looking every ${seconds} s; Ctrl-C ends`, io.stdout.columns);
      screen.show([colors(io.stdout).yellow(head), '', cut(oneLine(error.message), io.stdout.columns)]);
      await wait();
      if (io.signal.aborted) return EXIT.clean;
    }
  }
}

/** Draws over what it drew before. */
class Screen {
  readonly #sink: TextSink;
  #drawn = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  get wasDrawn(): boolean {
    return this.#drawn > 0;
  }

  /** @param lines each within the columns of the terminal */
  show(lines: readonly string[]): void {
    const shown = fitting(lines, this.#sink.rows);
    // up to where the last drawing began, and everything below goes
    this.#sink.write(`${this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\x1b[J`}${shown.join('\n')}\n`);
    this.#drawn = shown.length;
  }
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
    // fetch itself says no more than that it failed
    const isFetchs = typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined;
    throw new Failure(`${url} gives no metrics: ${sentenceOf(isFetchs ? error.cause : error)}`);
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
