/** examples/cqrs on `weir up`: what is asked follows what happens, and can be made anew from either place that knows it. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Platform, startPlatform } from './platform.ts';

jest.setTimeout(300_000);

const DEPOSITS = 12;

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('cqrs');
  await platform.apply('../event-sourcing/event-sourcing.yaml', 'cqrs.yaml');
}, 300_000);

afterAll(async () => platform?.end(), 300_000);

async function command(id: string, type: string, account: string, data: object): Promise<void> {
  for (let copy = 0; copy < 2; copy++) {
    expect(await platform.send({ id, type: `account.${type}.v1`, subject: account, data })).toBe(202);
  }
}

async function ask(at: string): Promise<unknown> {
  const { status, body } = await platform.ask('statements', at);
  expect(status).toBe(200);
  return JSON.parse(body);
}

const ACCOUNTS = [
  { account: 'b', cents: 650 },
  { account: 'a', cents: 78 },
];
const linesOfA = async (): Promise<number> => {
  const statement = await ask('/accounts/a');
  const isStatement = typeof statement === 'object' && statement !== null && 'lines' in statement;
  return isStatement && Array.isArray(statement.lines) ? statement.lines.length : 0;
};

describe('CQRS', () => {
  it('answers by what has happened', async () => {
    await command('open-a', 'open', 'a', { owner: 'Ada' });
    await command('open-b', 'open', 'b', { owner: 'Grace' });
    await command('big', 'deposit', 'b', { cents: 700 });
    await command('back', 'withdraw', 'b', { cents: 50 });
    for (let index = 0; index < DEPOSITS; index++) await command(`d-${index}`, 'deposit', 'a', { cents: index + 1 });
    const isThere = async () => JSON.stringify(await ask('/accounts')) === JSON.stringify(ACCOUNTS);
    await platform.until(isThere, 'all of it has arrived');
    expect(await ask('/accounts/b')).toMatchObject({
      isComplete: true,
      lines: [
        { version: 1, what: 'account.opened.v1', balance: 0 },
        { version: 2, what: 'account.deposited.v1', balance: 700 },
        { version: 3, what: 'account.withdrawn.v1', balance: 650 },
      ],
    });
  });

  it('counts a fact once, and says what is still on its way', async () => {
    const fact = { type: 'account.deposited.v1', cents: 100 };
    const data = { position: 99, stream: 'c', version: 2, time: '2026-11-22T12:00:00.000Z', fact };
    for (let copy = 0; copy < 2; copy++) {
      expect((await platform.bring('statements', { id: 'c-2', type: fact.type, subject: 'c', data })).status).toBe(204);
    }
    expect(await ask('/accounts/c')).toMatchObject({ isComplete: false, lines: [{ version: 2, balance: 100 }] });
    // a command is none, and would be none when it came again
    const command = { id: 'c-3', type: 'account.deposit.v1', subject: 'c', data: { cents: 1 } };
    expect((await platform.bring('statements', command)).status).toBe(400);
  });

  it.each([
    {
      way: 'from the Broker',
      rebuild: async () => {
        const args = ['replay', '--replies', '--type', 'account.*', '--to-trigger', 'statements'];
        const { code, stderr } = await platform.events(...args, '-b', 'default/default', '--rate', '1000');
        expect([code, stderr]).toEqual([0, '']);
      },
    },
    {
      way: 'from the store',
      rebuild: async () => {
        // 2 accounts opened, and what has happened to them
        expect(await platform.ask('statements', '/rebuild', '')).toMatchObject({ status: 200 });
      },
    },
  ])('is made anew $way', async ({ rebuild }) => {
    const before = [await ask('/accounts/a'), await ask('/accounts/b')];
    expect((await platform.ask('statements', '/empty', '')).status).toBe(204);
    expect(await ask('/accounts')).toEqual([]);
    await rebuild();
    await platform.until(async () => (await linesOfA()) === DEPOSITS + 1, 'all of it is there again');
    await platform.until(async () => JSON.stringify(await ask('/accounts')) === JSON.stringify(ACCOUNTS), 'as before');
    expect([await ask('/accounts/a'), await ask('/accounts/b')]).toEqual(before);
  });

  it('is asked while it is made anew, and misses nothing that happens meanwhile', async () => {
    const rebuilt = platform.ask('statements', '/rebuild', '');
    await command('late', 'deposit', 'a', { cents: 1 });
    expect((await rebuilt).status).toBe(200);
    await platform.until(async () => (await linesOfA()) === DEPOSITS + 2, 'the last one is there');
    expect(await ask('/accounts/a')).toMatchObject({ isComplete: true });
  });
});
