/** `GET types`: what was seen, by type and source. */
import { attributeText } from '../../../cloudevents/event.ts';
import { eventsAfter, type Look } from './looking.ts';
import type { SeenType } from './shapes.ts';

/** Producers may put anything into a type: beyond this many they are not told apart. */
const MOST = 5000;

interface Seen {
  readonly type: string;
  readonly source: string;
  readonly topics: Set<string>;
  count: number;
  last: number;
  lanes: readonly number[];
}

/** In the order of their types. */
export async function typesOf(look: Look): Promise<SeenType[]> {
  const all = new Map<string, Seen>();
  for await (const head of eventsAfter(look, 0)) {
    const event = { attributes: head.attributes, data: undefined };
    const [type, source] = [attributeText(event, 'type'), attributeText(event, 'source')];
    const key = JSON.stringify([type, source]);
    const seen = all.get(key) ?? { type, source, topics: new Set(), count: 0, last: 0, lanes: [] };
    if (all.size >= MOST && !all.has(key)) continue;
    all.set(key, seen);
    seen.topics.add(head.topic);
    seen.count++;
    seen.last = head.at;
    seen.lanes = head.lanes;
  }
  return [...all.values()].sort(byName).map(({ topics, last, lanes, ...rest }) => ({
    ...rest,
    topics: [...topics].sort(),
    last: new Date(last).toISOString(),
    lanes: look.names.of(lanes),
  }));
}

function byName(one: Seen, other: Seen): number {
  const [left, right] = [`${one.type}\n${one.source}`, `${other.type}\n${other.source}`];
  return left < right ? -1 : Number(left > right);
}
