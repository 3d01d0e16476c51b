/** An order as the old system writes it: texts, with commas where points should be. */
import type { Event } from '../lib/inbox.ts';
import { Refused } from '../lib/service.ts';

export interface LegacyOrder {
  readonly no: string;
  readonly cust: string;
  /** "1.234,50" */
  readonly amount: string;
  /** "X" for orders that testers place. */
  readonly test?: string;
  /** Put in by enrich. */
  readonly country?: string;
}

/** @throws Refused, which sends the event to the dead letters at once: it gets no better by coming again */
export function orderIn({ data }: Event): LegacyOrder {
  if (!isOrder(data)) throw new Refused('an order of the old system has no, cust and amount as texts');
  if (!/^(\d{1,3}(\.\d{3})*|\d+),\d\d$/.test(data.amount)) {
    throw new Refused(`amount is ${JSON.stringify(data.amount)}; one such as "1.234,50" was expected`);
  }
  return data;
}

function isOrder(data: unknown): data is LegacyOrder {
  if (typeof data !== 'object' || data === null) return false;
  return 'no' in data && 'cust' in data && 'amount' in data && [data.no, data.cust, data.amount].every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
