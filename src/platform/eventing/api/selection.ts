/** Which events are asked for, from the query of a request. */
import { attributeText, type CloudEvent } from '../../../cloudevents/event.ts';
import { badRequest } from '../../apiserver/status/failure.ts';
import type { LaneNumber } from '../log/kept.ts';
import type { EventHead } from '../log/reading.ts';

export interface Selection {
  readonly topic: string | undefined;
  readonly namespace: string | undefined;
  /** The key of one who gets events. */
  readonly lane: string | undefined;
  /** Milliseconds since 1970; `until` no longer. */
  readonly since: number;
  readonly until: number;
  /** By the names of attributes. */
  readonly patterns: ReadonlyMap<string, Pattern>;
}

type Pattern = (text: string) => boolean;

const PATTERNS = ['id', 'type', 'source', 'subject'];
const TOPIC = /^(broker|channel):[^/:]+\/[^/:]+$/;
const LANE = /^(trigger|subscription):[^/:]+\/[^/:]+$/;

/** @throws Failure 400 */
export function selectionOf(query: URLSearchParams): Selection {
  const patterns = new Map<string, Pattern>();
  for (const name of PATTERNS) {
    const text = query.get(name);
    if (text !== null) patterns.set(name, patternOf(text));
  }
  return {
    topic: topicIn(query, 'topic'),
    namespace: query.get('namespace') ?? undefined,
    lane: shaped(query, 'lane', LANE, 'trigger:shop/orders'),
    since: momentOf(query, 'since') ?? 0,
    until: momentOf(query, 'until') ?? Number.POSITIVE_INFINITY,
    patterns,
  };
}

/** @param keyOf undefined for one that nobody knows any more */
export function selects(
  selection: Selection,
  head: Omit<EventHead, 'why'>,
  keyOf: (lane: LaneNumber) => string | undefined,
): boolean {
  const { topic, namespace, lane, since, until } = selection;
  if (topic !== undefined && head.topic !== topic) return false;
  if (namespace !== undefined && namespaceOf(head.topic) !== namespace) return false;
  if (head.at < since || head.at >= until) return false;
  if (!hasAttributes(selection, head)) return false;
  return lane === undefined || head.lanes.some((number) => keyOf(number) === lane);
}

export function hasAttributes({ patterns }: Selection, { attributes }: Pick<CloudEvent, 'attributes'>): boolean {
  for (const [name, pattern] of patterns) {
    if (!pattern(attributeText({ attributes, data: undefined }, name))) return false;
  }
  return true;
}

export function namespaceOf(topic: string): string {
  return topic.slice(topic.indexOf(':') + 1, topic.indexOf('/'));
}

/** @throws Failure 400 */
export function topicIn(query: URLSearchParams, name: string): string | undefined {
  return shaped(query, name, TOPIC, 'broker:shop/default');
}

function shaped(query: URLSearchParams, name: string, shape: RegExp, example: string): string | undefined {
  const text = query.get(name);
  if (text === null || shape.test(text)) return text ?? undefined;
  throw badRequest(`${name} is ${JSON.stringify(text)}, and must be like ${example}`);
}

/**
 * A text of which each star stands for any other. Each part is looked for once, behind the one before it: as a regular
 * expression a few stars would hold up everybody.
 */
function patternOf(pattern: string): Pattern {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.endsWith(last) && at + last.length <= text.length;
  };
}

function momentOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const moment = Date.parse(text);
  if (Number.isNaN(moment))
    throw badRequest(`${name} is ${JSON.stringify(text)}, and must be like 2026-03-01T08:00:00Z`);
  return moment;
}

export function numberIn(query: URLSearchParams, name: string, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw badRequest(`${name} is ${JSON.stringify(text)}, and must be a number up to ${most}`);
}
