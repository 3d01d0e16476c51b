/** `weir events dead-letters`: what could not be delivered, why, and once more. */
import type { DeadLetterLine, EventLine } from '../../platform/eventing/api/shapes.ts';
import { oneLine } from '../../report/safeText.ts';
import { cut } from '../../text/cut.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import { withForward } from './forward.ts';
import { type EventsPlatform, withPlatform } from './platform.ts';
import { counted, showProgress } from './progress.ts';
import { rateOf } from './replay.ts';
import { queryOf, type SelectionOptions } from './selection.ts';
import { serviceAt } from './service.ts';
import { ageText, tableOf } from './table.ts';
import { dataText, placeName } from './words.ts';

export interface DeadLettersOptions extends SelectionOptions {
  /** All, or those of the id that is given. */
  readonly return?: boolean;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  /** Of a dead-letter service, instead of the platform. */
  readonly url?: string;
  /** Of the sink that Weir keeps for it in a cluster, to which kubectl leads a port. */
  readonly environment?: string;
  readonly rate: string;
  readonly output: string;
}

const MOST_REASON = 60;

export async function deadLetters(
  id: string | undefined,
  options: DeadLettersOptions,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const output = outputFormat(options.output, ['text', 'json'] as const);
  const { url, environment } = options;
  const look = async (platform: Keeper, namespace: string): Promise<number> => {
    const query = queryOf({ ...options, ...(id === undefined ? {} : { id }) }, namespace, io.now());
    if (options.return === true) return putBack(id, query, options, output, platform, context);
    const { items }: { readonly items: readonly DeadLetterLine[] } = JSON.parse(
      await platform.get('deadletters', query),
    );
    if (id !== undefined && items.length === 0) throw new Failure(`there is no dead letter of the id "${id}"`);
    const lines =
      output === 'json'
        ? [JSON.stringify(items, null, 2)]
        : id === undefined
          ? drawLetters(items, io.now())
          : await drawOne(items, platform, query);
    io.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return EXIT.clean;
  };
  if (url === undefined && environment === undefined) {
    return withPlatform(options, io, 'has no dead letters that could be looked at', look);
  }
  demandWhatItKnows(options);
  const lookAt = (at: string): Promise<number> => look(serviceAt(at, io), '');
  if (environment === undefined) return lookAt(url ?? '');
  if (url === undefined) return withForward(environment, options, io, lookAt);
  throw new Failure('--environment and --url both say whose dead letters are meant: give one of them');
}

/** What keeps dead letters: the platform, or the service of a cluster. */
type Keeper = Omit<EventsPlatform, 'triggers'>;

/** A letter says where it was to go, and not of which Broker. @throws Failure */
function demandWhatItKnows(options: DeadLettersOptions): void {
  for (const name of ['namespace', 'broker', 'channel', 'trigger', 'subscription'] as const) {
    if (options[name] === undefined) continue;
    throw new Failure(`--${name} is nothing that a dead letter says of itself: choose by --type, --source or --id`);
  }
}

async function putBack(
  id: string | undefined,
  query: URLSearchParams,
  options: DeadLettersOptions,
  output: 'text' | 'json',
  platform: Keeper,
  context: CommandContext,
): Promise<number> {
  const isSelected = [...query.keys()].some((name) => name !== 'namespace' && name !== 'topic');
  if (id === undefined && !isSelected && options.all !== true) {
    throw new Failure('say which dead letters are put back: an id, --trigger, --type, --since …, or --all');
  }
  const isDryRun = options.dryRun === true;
  query.set('rate', rateOf(options.rate));
  if (isDryRun) query.set('dryRun', 'true');
  return showProgress(
    platform.lines('POST', 'deadletters/return', query),
    { output, what: 'event', isDryRun },
    context,
  );
}

export function drawLetters(items: readonly DeadLetterLine[], now: Date): string[] {
  if (items.length === 0) return ['there are no dead letters'];
  const rows = items.map(({ id, type, lane, at, attempts, code, reason, sink }) => [
    oneLine(id),
    oneLine(type),
    placeName(lane),
    ageText(at, now),
    attempts === 0 ? '' : String(attempts),
    String(code ?? ''),
    cut(oneLine(reason), MOST_REASON),
    sink === undefined ? 'here alone' : oneLine(sink),
  ]);
  return tableOf([['ID', 'TYPE', 'NOT TAKEN BY', 'AGE', 'ATTEMPTS', 'CODE', 'REASON', 'SENT TO'], ...rows]);
}

async function drawOne(items: readonly DeadLetterLine[], platform: Keeper, query: URLSearchParams): Promise<string[]> {
  const events = await eventsOf(platform, query);
  return items.flatMap((item, index) => {
    const event = events.get(item.seq)?.event ?? {};
    const attributes = Object.entries(event).filter(([name]) => name !== 'data' && name !== 'data_base64');
    return [
      ...(index === 0 ? [] : ['']),
      `${oneLine(item.type)}  ${oneLine(item.id)}`,
      `  not taken by  ${placeName(item.lane)}, ${item.attempts === 0 ? `given up at ${item.at}` : `after ${counted(item.attempts, 'attempt')}, the last at ${item.at}`}`,
      `  answer        ${item.code ?? 'none'}${item.reason === '' ? '' : ` ${oneLine(item.reason)}`}`,
      `  of            ${oneLine(item.destination)}`,
      `  sent to       ${item.sink === undefined ? 'no dead-letter sink: it is kept here alone' : oneLine(item.sink)}`,
      ...attributes.map(([name, value]) => `  ${oneLine(name).padEnd(13)} ${oneLine(String(value))}`),
      ...(dataText(event) === '' ? [] : [`  data          ${dataText(event)}`]),
    ];
  });
}

async function eventsOf(platform: Keeper, query: URLSearchParams): Promise<Map<number, EventLine>> {
  const asked = new URLSearchParams(query);
  // those of the letters are moments of their own
  for (const name of ['since', 'until', 'lane']) asked.delete(name);
  const found = new Map<number, EventLine>();
  for await (const line of platform.lines('GET', 'events', asked)) {
    const event: EventLine = JSON.parse(line);
    found.set(event.seq, event);
  }
  return found;
}
