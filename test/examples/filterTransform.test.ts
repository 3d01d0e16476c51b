/** examples/filter-transform on `weir up`: orders of the old system come out in the new shape, and nothing else does. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(300_000);

const TIME = '2026-11-22T12:00:00.000Z';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('filter-transform');
  await platform.apply('../event-display/event-display.yaml', 'services.yaml', 'filter-transform.yaml');
}, 300_000);

afterAll(async () => platform?.end(), 300_000);

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

async function order(id: string, data: object, source = '/legacy/till-1'): Promise<void> {
  expect(await platform.send({ id, source, time: TIME, type: 'order.placed', data })).toBe(202);
}

/** What those who take orders, and who look at dead letters, have got. */
async function shown(): Promise<Shown[]> {
  const lines = (await platform.logs('app=event-display')).split('\n').filter((line) => line !== '');
  return lines.map((line): Shown => JSON.parse(line));
}

async function untilShown(id: string, times = 1): Promise<Shown[]> {
  const found = async () => (await shown()).filter((each) => each.id === id);
  await platform.until(async () => (await found()).length >= times, `${id} is shown`);
  return found();
}

describe('filter and transform', () => {
  it('brings an order into the new shape', async () => {
    await order('o-1', { no: '17', cust: 'c-1', amount: '1.234,50' });
    expect(await untilShown('v2-o-1')).toMatchObject([
      {
        type: 'order.placed.v2',
        source: '/shop/orders',
        subject: '17',
        data: { order: '17', customer: { id: 'c-1', country: 'PT' }, cents: 123_450 },
      },
    ]);
  });

  it('makes the same event of each copy, so that who counts can tell', async () => {
    for (let copy = 0; copy < 2; copy++) await order('o-2', { no: '18', cust: 'c-2', amount: '0,05' });
    const copies = await untilShown('v2-o-2', 2);
    expect(copies).toHaveLength(2);
    // but for the moment at which each came into the Broker
    const [first, second] = copies.map((each) => ({ ...each, knativearrivaltime: '' }));
    expect(second).toEqual(first);
    expect(first).toMatchObject({ id: 'v2-o-2', source: '/shop/orders', time: TIME });
  });

  it('drops what is of no interest, and what is of somebody else', async () => {
    await order('o-3', { no: '19', cust: 'c-1', amount: '1,00', test: 'X' });
    await order('o-4', { no: '20', cust: 'c-1', amount: '1,00' }, '/new/till-1');
    await order('o-5', { no: '21', cust: 'c-1', amount: '1,00' });
    await untilShown('v2-o-5');
    expect((await shown()).filter(({ id }) => /o-[34]$/.test(id))).toEqual([]);
    const trace = await platform.trace('o-4');
    expect(typesIn(trace)).toEqual(['order.placed']);
  });

  it('sends what is broken to the dead letters, with the reason', async () => {
    await order('o-6', { no: '22', cust: 'c-1', amount: '12.50' });
    const [letter] = await untilShown('o-6');
    expect(letter).toMatchObject({ type: 'order.placed', knativeerrorcode: '400' });
    const { knativeerrordata = '' } = letter as Shown & { knativeerrordata?: string };
    expect(Buffer.from(knativeerrordata, 'base64').toString()).toContain('amount is "12.50"');
  });

  it('waits for a customer who becomes known a moment later', async () => {
    const [customers = {}] = platform.objects('services.yaml').filter(({ kind }) => kind === 'ConfigMap');
    await order('o-7', { no: '23', cust: 'c-3', amount: '3,00' });
    const isTried = async () => JSON.stringify(await platform.trace('o-7')).includes('"code":500');
    await platform.until(isTried, 'it was tried once');
    await platform.apply({ ...customers, data: { 'customers.json': '{"c-1": "PT", "c-2": "DE", "c-3": "IT"}' } });
    // it came in time, or was a dead letter by then and is sent once more
    const isDead = async () => (await shown()).some(({ id }) => id === 'o-7');
    const isThere = async () => (await shown()).some(({ id }) => id === 'v2-o-7');
    await platform.until(async () => (await isThere()) || (await isDead()), 'it is somewhere');
    if (!(await isThere())) await order('o-7', { no: '23', cust: 'c-3', amount: '3,00' });
    const [late] = await untilShown('v2-o-7');
    expect(late?.data).toMatchObject({ customer: { id: 'c-3', country: 'IT' } });
  });
});
