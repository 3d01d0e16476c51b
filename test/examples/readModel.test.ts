/** examples/cqrs/readModel.ts: made anew it is as it was, with what happened meanwhile, and without what never did. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Happened, ReadModel } from '../../examples/cqrs/readModel.ts';

let database: DatabaseSync;
let model: ReadModel;
let store: Happened[];

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  model = new ReadModel(database);
  store = [happened(1, 'a', 1), happened(2, 'b', 1), happened(3, 'a', 2)];
});

afterEach(() => database.close());

function happened(position: number, stream: string, version: number): Happened {
  const fact = { type: 'account.deposited.v1', cents: 100 * position } as const;
  return { position, stream, version, time: '2026-11-22T12:00:00Z', fact };
}

/** As the store answers, two at a time. */
async function page(after: number): Promise<Happened[]> {
  return store.filter(({ position }) => position > after).slice(0, 2);
}

const SUMS = [
  { account: 'a', cents: 400 },
  { account: 'b', cents: 200 },
];
const accounts = () => model.accounts().map((each) => ({ ...(each as object) }));

describe('the read model', () => {
  it('is the same in whichever order events come, and however often', () => {
    for (const event of [...store.toReversed(), ...store]) model.take(event);
    expect(accounts()).toEqual(SUMS);
    expect(model.statement('a')).toMatchObject({ isComplete: true, lines: [{ balance: 100 }, { balance: 400 }] });
  });

  it('is made anew from the first event on, without what was wrong', async () => {
    model.take(happened(9, 'c', 1));
    expect(await model.rebuild(page)).toBe(3);
    expect(accounts()).toEqual(SUMS);
  });

  it('answers with the old lines until it is whole, and has what came by then', async () => {
    for (const event of store) model.take(event);
    const late = happened(4, 'b', 2);
    await model.rebuild(async (after) => {
      expect(accounts().length).toBeGreaterThan(0);
      const events = await page(after);
      // it happens when the end of the store has just been read, and comes by its Trigger
      if (events.length === 0 && store.length === 3) {
        store.push(late);
        model.take(late);
      }
      return events;
    });
    expect(model.statement('b')).toMatchObject({ isComplete: true, lines: [{ version: 1 }, { version: 2 }] });
  });

  it('stays as it was where the store does not answer to the end', async () => {
    for (const event of store) model.take(event);
    const broken = model.rebuild(async (after) => {
      if (after > 0) throw new Error('the event store answers 503');
      return page(after);
    });
    await expect(broken).rejects.toThrow('503');
    expect(accounts()).toEqual(SUMS);
    expect(await model.rebuild(page)).toBe(3);
  });
});
