/** What the shop's events say. */
import type { Event } from '../../lib/inbox.ts';
import { eventOf, Refused } from '../../lib/service.ts';

export interface Item {
  readonly article: string;
  readonly count: number;
}

export interface Order {
  readonly order: string;
  readonly items: readonly Item[];
  readonly total: number;
  readonly card: string;
}

/** The order that an event is about; every event of the shop carries it. @throws Refused */
export function orderIn(value: unknown): Order {
  const { order, items, total, card = '' } = isObject(value) ? value : {};
  if (typeof order !== 'string' || !/^[\w-]+$/.test(order)) throw new Refused('order has to be a name, such as o-1');
  if (!Array.isArray(items) || items.length === 0 || !items.every(isItem)) {
    throw new Refused('items has to be a list such as [{"article": "tea", "count": 2}]');
  }
  if (typeof total !== 'number' || typeof card !== 'string') throw new Refused('total has to be a number');
  return { order, items, total, card };
}

/** Why the order goes no further, where an event says so. */
export function reasonIn(value: unknown): string | undefined {
  const { because } = isObject(value) ? value : {};
  return typeof because === 'string' && because !== '' ? because : undefined;
}

function isItem(value: unknown): value is Item {
  return (
    isObject(value) && typeof value.article === 'string' && Number.isInteger(value.count) && Number(value.count) > 0
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * An event of the shop.
 *
 * @param what `payment.completed`; the event's id is the order's with this, the same whenever it is made again
 */
export function shopEvent(service: string, what: string, order: Order, more: object = {}): Event {
  return eventOf({
    id: `${order.order}-${what}`,
    source: `/shop/${service}`,
    type: `com.example.shop.${what}.v1`,
    subject: order.order,
    data: { ...order, ...more },
  });
}

/** Of `com.example.shop.payment.completed.v1`: `payment.completed`. */
export function whatOf({ type }: Event): string {
  return type.replace(/^com\.example\.shop\./, '').replace(/\.v1$/, '');
}
