/** `weir events tail`: the events of Brokers and Channels as they come. */
import { memberText } from '../../cloudevents/topLevel.ts';
import type { EventLine } from '../../platform/eventing/api/shapes.ts';
import { oneLine } from '../../report/safeText.ts';
import { cut } from '../../text/cut.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Colors } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { withPlatform } from './platform.ts';
import { queryOf, type SelectionOptions } from './selection.ts';
import { attribute, dataText, placeName, timeOf } from './words.ts';

export interface TailOptions extends SelectionOptions {
  readonly last?: string;
  readonly follow: boolean;
  readonly output: string;
}

const LAST = '10';

export async function tail(options: TailOptions, { io, colors }: CommandContext): Promise<number> {
  const output = outputFormat(options.output, ['text', 'json'] as const);
  const last = options.last ?? (options.since === undefined ? LAST : undefined);
  if (last !== undefined && !(/^\d{1,5}$/.test(last) && Number(last) <= 10_000)) {
    throw new Failure(`--last is "${last}", and must be a number from 0 to 10000`);
  }
  return withPlatform(options, io, 'has no events to follow', async (platform, namespace) => {
    const query = queryOf(options, namespace, io.now());
    if (last !== undefined) query.set('last', last);
    if (options.follow) query.set('follow', 'true');
    for await (const line of platform.lines('GET', 'events', query)) {
      const text =
        output === 'json' ? (memberText(line, 'event') ?? '') : lineOf(line, colors(io.stdout), io.stdout.columns);
      io.stdout.write(`${text}\n`);
    }
    return EXIT.clean;
  });
}

/** What it is and where it went first: what is cut at the edge of a terminal is the data. */
export function lineOf(line: string, colors: Colors, columns: number | undefined): string {
  const { at, topic, lanes, event }: EventLine = JSON.parse(line);
  const of = topic.slice(topic.indexOf(':') + 1, topic.indexOf('/'));
  const to = lanes.length === 0 ? 'nobody' : lanes.map((lane) => placeName(lane, of).replace(/^\w+ /, '')).join(', ');
  const subject = attribute(event, 'subject');
  const plain = [
    timeOf(at),
    topic.startsWith('broker:') ? placeName(topic).slice('broker '.length) : placeName(topic),
    attribute(event, 'type'),
    attribute(event, 'id'),
    `from ${attribute(event, 'source')}${subject === '' ? '' : ` (${subject})`}`,
    `to ${to}`,
    event.weirreplay === undefined ? '' : 'once more',
    // parsed and written again, numbers would lose digits
    typeof event.data === 'object'
      ? oneLine(memberText(memberText(line, 'event') ?? '{}', 'data') ?? '')
      : dataText(event),
  ];
  const [time = '', where = '', type = '', ...rest] = plain;
  const room = columns === undefined ? undefined : columns - time.length - where.length - type.length - 6;
  const tail = rest.filter((part) => part !== '').join('  ');
  const shown = room === undefined ? tail : cut(tail, Math.max(1, room));
  return `${colors.dim(time)}  ${where}  ${colors.bold(type)}  ${lanes.length === 0 ? colors.yellow(shown) : shown}`;
}
