/** `weir events trace`: the way of an event, as a tree. */
import type { Trace, TracedAttempt, TracedEvent, TracedLane } from '../../platform/eventing/api/shapes.ts';
import { oneLine } from '../../report/safeText.ts';
import { cut } from '../../text/cut.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Colors } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { type EventsPlatform, withPlatform } from './platform.ts';
import { queryOf, type SelectionOptions } from './selection.ts';
import { type Branch, drawTree, leaf } from './tree.ts';
import { type Unready, unreadyAmong } from './unready.ts';
import { attribute, dataText, placeName, timeOf, tookText } from './words.ts';

export interface TraceOptions extends SelectionOptions {
  readonly output: string;
}

/** Of data and of what was answered, in characters. */
const MOST_SHOWN = 160;
/** Triggers that did not match. */
const MOST_NAMED = 5;

export async function trace(id: string, options: TraceOptions, { io, colors }: CommandContext): Promise<number> {
  const output = outputFormat(options.output, ['text', 'json'] as const);
  return withPlatform(options, io, 'cannot tell the way of an event', async (platform, namespace) => {
    const query = queryOf(options, namespace, io.now());
    const found: Trace = JSON.parse(await platform.get(`events/${encodeURIComponent(id)}/trace`, query));
    const text = output === 'json' ? JSON.stringify(found, null, 2) : await drawn(found, platform, colors(io.stdout));
    io.stdout.write(`${text}\n`);
    return EXIT.clean;
  });
}

async function drawn(found: Trace, platform: EventsPlatform, colors: Colors): Promise<string> {
  const namespaces = new Set(found.events.flatMap(topicsIn).map(namespaceOf));
  const triggers = await Promise.all([...namespaces].map((namespace) => platform.triggers(namespace)));
  return drawTrace(found, unreadyAmong(triggers.flat()), colors).join('\n');
}

/** Where it came into, and what came of it. */
function topicsIn({ topic, lanes, repeats }: TracedEvent): string[] {
  return [topic, ...[...lanes.flatMap(({ answers }) => answers), ...repeats].flatMap(topicsIn)];
}

/** Of `broker:shop/default`. */
function namespaceOf(topic: string): string {
  return topic.slice(topic.indexOf(':') + 1, topic.indexOf('/'));
}

/** @param unready Triggers as they are now: how they were when the event came is kept nowhere */
export function drawTrace({ events }: Trace, unready: readonly Unready[], colors: Colors): string[] {
  return events.flatMap((event, index) => [
    ...(index === 0 ? [] : ['']),
    ...drawTree(branchOf(event, unready, colors)),
  ]);
}

function branchOf(traced: TracedEvent, unready: readonly Unready[], colors: Colors): Branch {
  const { at, topic, event, lanes, unmatched, later, repeats } = traced;
  const namespace = namespaceOf(topic);
  const known = new Set([...lanes.map(({ lane }) => lane), ...unmatched, ...later]);
  const missing = unready.filter((each) => each.topic === topic && !known.has(each.key));
  const names = (keys: readonly string[]) =>
    keys.map((key) => placeName(key, namespace).replace(/^\w+ /, '')).join(', ');
  // where somebody took it, hardly anybody asks who of many did not
  const others = lanes.length > 0 && unmatched.length > MOST_NAMED ? `${unmatched.length} others` : names(unmatched);
  const data = dataText(event);
  const again = traced.isReplay ? `, once more by a replay` : '';
  return {
    text: `${colors.bold(attribute(event, 'type'))}  ${attribute(event, 'id')}  from ${attribute(event, 'source')}, into ${placeName(topic)} at ${timeOf(at)}${again}`,
    branches: [
      ...(data === '' ? [] : [leaf(colors.dim(cut(data, MOST_SHOWN)))]),
      ...lanes.map((lane) => laneBranch(lane, unready, namespace, colors)),
      ...(lanes.length === 0 ? [leaf(colors.yellow('nobody took it'))] : []),
      ...(unmatched.length === 0 ? [] : [leaf(colors.dim(`did not pass the filter of ${others}`))]),
      ...(later.length === 0 ? [] : [leaf(colors.dim(`came before ${names(later)}`))]),
      ...missing.map((each) => leaf(colors.yellow(unreadyText(each, namespace)))),
      ...repeats.map((each) => branchOf(each, unready, colors)),
    ],
  };
}

function unreadyText({ key, why }: Unready, namespace: string): string {
  return `${placeName(key, namespace)}  gets nothing while it is not ready${why === '' ? '' : `: ${oneLine(why)}`}`;
}

function laneBranch(lane: TracedLane, unready: readonly Unready[], namespace: string, colors: Colors): Branch {
  const { attempts, answers, dead, state } = lane;
  const [only] = attempts;
  const name = placeName(lane.lane, namespace);
  // what went well at once needs no line of its own
  const isPlain = state === 'delivered' && attempts.length === 1 && only !== undefined;
  const said = isPlain ? `delivered, ${attemptText(only)}` : stateText(lane);
  const replied = attempts.at(-1)?.reply;
  const shownElsewhere = replied !== undefined && answers.length === 0;
  return {
    text: `${name}  ${state === 'dead' ? colors.red(said) : state === 'delivered' ? colors.green(said) : colors.yellow(said)}`,
    branches: [
      ...(isPlain ? [] : attempts.map((attempt) => leaf(`${timeOf(attempt.at)}  ${attemptText(attempt)}`))),
      ...(dead === undefined ? [] : [leaf(deadText(dead))]),
      ...(shownElsewhere ? [leaf(replyText(replied))] : []),
      ...answers.map((each) => branchOf(each, unready, colors)),
    ],
  };
}

function stateText({ state, attempts, due }: TracedLane): string {
  const many = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  switch (state) {
    case 'delivered':
      return attempts.length === 0 ? 'delivered' : `delivered, after ${many}`;
    case 'dead':
      return `not delivered, after ${many}`;
    case 'waiting':
      return `is sent again${due === undefined ? '' : ` at ${timeOf(due)}`}, after ${many}`;
    case 'sending':
      return attempts.length === 0 ? 'is being sent' : `is being sent, after ${many}`;
    case 'queued':
      return 'waits for its turn';
    case 'gone':
      return 'was removed before it was delivered';
  }
}

function attemptText({ status, took, error }: TracedAttempt): string {
  return `${status === undefined ? oneLine(error ?? 'no answer') : status} in ${tookText(took)}`;
}

function deadText({ at, code, reason, sink, destination, returned }: NonNullable<TracedLane['dead']>): string {
  const why = reason === '' ? `${code ?? ''}` : `${code ?? ''} ${JSON.stringify(cut(oneLine(reason), MOST_SHOWN))}`;
  const where = sink === undefined ? 'no dead-letter sink took it' : `a dead letter, sent to ${oneLine(sink)}`;
  const again = returned === undefined ? '' : `; put back at ${timeOf(returned)}`;
  return `${timeOf(at)}  ${where}: ${why.trim()} of ${destination === '' ? 'nobody' : oneLine(destination)}${again}`;
}

function replyText({ id, type, to }: NonNullable<TracedAttempt['reply']>): string {
  return `answered with ${oneLine(type)}  ${oneLine(id)}, ${whereText(to)}`;
}

function whereText(to: string): string {
  switch (to) {
    case '':
      return 'which nobody gets';
    case 'topic':
      return 'which goes back into where the event came from';
    case 'dropped':
      return 'which is dropped: it came back into its Broker as often as it may (255 times, or its knativebrokerttl)';
    default:
      return `sent to ${oneLine(to)}`;
  }
}
