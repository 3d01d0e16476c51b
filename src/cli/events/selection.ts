/** Which events are meant, from options to the query that the platform takes. */
import { parseLength } from '../../schedule/duration.ts';
import type { ClusterOptions } from '../cluster.ts';
import { Failure } from '../failure.ts';

export interface SelectionOptions extends ClusterOptions {
  readonly namespace?: string;
  /** `default`, or `shop/default`. */
  readonly broker?: string;
  readonly channel?: string;
  readonly trigger?: string;
  readonly subscription?: string;
  readonly type?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly id?: string;
  /** A length of time before now, or a moment. */
  readonly since?: string;
  readonly until?: string;
}

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/**
 * @param context the namespace of names that are given without one
 * @throws Failure
 */
export function queryOf(options: SelectionOptions, context: string, now: Date): URLSearchParams {
  const query = new URLSearchParams();
  const { namespace, broker, channel, trigger, subscription } = options;
  const placed = (option: string, text: string) => placeOf(option, text, namespace ?? context);
  if (broker !== undefined && channel !== undefined)
    throw new Failure('an event came into a Broker or a Channel: give --broker or --channel');
  if (broker !== undefined) query.set('topic', `broker:${placed('--broker', broker)}`);
  if (channel !== undefined) query.set('topic', `channel:${placed('--channel', channel)}`);
  if (trigger !== undefined) query.set('lane', `trigger:${placed('--trigger', trigger)}`);
  if (subscription !== undefined) query.set('lane', `subscription:${placed('--subscription', subscription)}`);
  if (namespace !== undefined && !query.has('topic') && !query.has('lane')) query.set('namespace', namespace);
  for (const name of ['type', 'source', 'subject', 'id'] as const) {
    const text = options[name];
    if (text !== undefined) query.set(name, text);
  }
  for (const name of ['since', 'until'] as const) {
    const text = options[name];
    if (text !== undefined) query.set(name, momentOf(`--${name}`, text, now).toISOString());
  }
  return query;
}

/** `default` or `shop/default` as `shop/default`. @throws Failure */
export function placeOf(option: string, text: string, namespace: string): string {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length <= 2 && parts.every((part) => NAME.test(part))) {
    return second === undefined ? `${namespace}/${first}` : text;
  }
  throw new Failure(`${option} is "${text}", and must be a name, or namespace/name`);
}

/** `10m` before now, or `2026-03-01T08:00:00Z`. @throws Failure */
export function momentOf(option: string, text: string, now: Date): Date {
  const length = /^\d+d$/.test(text) ? Number(text.slice(0, -1)) * 86_400_000 : parseLength(text);
  const moment = length === undefined ? Date.parse(text) : now.getTime() - length;
  if (!Number.isNaN(moment)) return new Date(moment);
  throw new Failure(
    `${option} is "${text}", and must be a length of time such as 10m, 2h or 7d, or a moment such as 2026-03-01T08:00:00Z`,
  );
}
