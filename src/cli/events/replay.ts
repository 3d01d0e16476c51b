/** `weir events replay`: events that came before, once more. */
import type { CommandContext } from '../command.ts';
import { Failure } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import { withPlatform } from './platform.ts';
import { showProgress } from './progress.ts';
import { placeOf, queryOf, type SelectionOptions } from './selection.ts';

export interface ReplayOptions extends SelectionOptions {
  /** A Broker. */
  readonly to?: string;
  readonly toTrigger?: string;
  readonly toSubscription?: string;
  readonly rate: string;
  readonly replies?: boolean;
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly output: string;
}

const RANGE = ['since', 'until', 'type', 'source', 'subject', 'id', 'trigger', 'subscription'] as const;

export async function replay(options: ReplayOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const output = outputFormat(options.output, ['text', 'json'] as const);
  const isDryRun = options.dryRun === true;
  if (options.all !== true && !RANGE.some((name) => options[name] !== undefined)) {
    throw new Failure(
      'say which events: --since 1h, --type, --source, --subject or --id, or --all for each that is kept',
    );
  }
  return withPlatform(options, io, 'has no events to replay', async (platform, namespace) => {
    const query = queryOf(options, namespace, io.now());
    const placed = (option: string, text: string) => placeOf(option, text, options.namespace ?? namespace);
    const { to, toTrigger, toSubscription } = options;
    if ([to, toTrigger, toSubscription].filter((each) => each !== undefined).length > 1) {
      throw new Failure('give one of --to, --to-trigger and --to-subscription');
    }
    if (to !== undefined) query.set('into', `broker:${placed('--to', to)}`);
    if (toTrigger !== undefined) query.set('to', `trigger:${placed('--to-trigger', toTrigger)}`);
    if (toSubscription !== undefined) query.set('to', `subscription:${placed('--to-subscription', toSubscription)}`);
    query.set('rate', rateOf(options.rate));
    if (options.replies === true) query.set('replies', 'true');
    if (isDryRun) query.set('dryRun', 'true');
    return showProgress(platform.lines('POST', 'replays', query), { output, what: 'event', isDryRun }, context);
  });
}

/** @throws Failure */
export function rateOf(text: string): string {
  const rate = /^\d+(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (rate > 0 && rate <= 10_000) return text;
  throw new Failure(`--rate is "${text}", and must be events a second, from 0.001 to 10000`);
}
