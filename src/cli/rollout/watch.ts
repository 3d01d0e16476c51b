/** `weir rollout watch`: a rollout as it goes, drawn again and again, or a line for each change. */
import type { Client } from '../../kubernetes/client/client.ts';
import { pause, systemClock } from '../../kubernetes/clock.ts';
import { parseLength } from '../../schedule/duration.ts';
import { withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { lookAt } from './look.ts';
import type { InCluster } from './status.ts';
import { tellerOn } from './teller.ts';
import { viewOf } from './view.ts';

export interface WatchOptions extends InCluster {
  /** Seconds, as a text. */
  readonly interval: string;
  readonly untilDone?: boolean;
  readonly timeout?: string;
}

export async function watch(name: string, options: WatchOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const interval = intervalOf(options.interval);
  const end = io.now().getTime() + timeoutOf(options);
  const teller = tellerOn(context, `every ${options.interval} s; Ctrl-C ends`);

  async function follow(client: Client, usual: string): Promise<number> {
    for (;;) {
      const view = viewOf(await lookAt(client, options.namespace ?? usual, name));
      teller.tell(view);
      if (options.untilDone === true && view.isDone) return view.phase === 'Healthy' ? EXIT.clean : EXIT.denied;
      if (io.now().getTime() >= end) throw new TooLong(`${name} is not done after ${options.timeout}`);
      await pause(systemClock, interval, io.signal);
      if (io.signal.aborted) return EXIT.clean;
    }
  }

  for (;;) {
    try {
      return await withCluster(options, io, follow);
    } catch (error) {
      // what was never there is told at once; what was there may come back
      if (!(error instanceof Failure) || error instanceof TooLong || !teller.hasTold) throw error;
      if (io.now().getTime() >= end) throw error;
      teller.wait(error.message);
      await pause(systemClock, interval, io.signal);
      if (io.signal.aborted) return EXIT.clean;
    }
  }
}

class TooLong extends Failure {}

function intervalOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 0.2 && seconds <= 3600) return seconds * 1000;
  throw new Failure(`--interval is "${text}", and must be seconds from 0.2 to 3600`);
}

function timeoutOf({ timeout, untilDone }: WatchOptions): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (untilDone !== true) throw new Failure('--timeout is about --until-done, which is not there');
  const length = parseLength(timeout);
  if (length !== undefined && length > 0) return length;
  throw new Failure(`--timeout is "${timeout}", and must be a length of time such as 30m`);
}
