/** examples/event-sourcing on `weir up`: whatever is sent twice or killed, an account is exactly what happened to it. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pods } from '../../src/kubernetes/client/resources.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(300_000);

const SNAPSHOT_EVERY = 5;
const STORE = '.weir/claims/default/accounts/accounts.db';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('event-sourcing', { env: () => ({ SNAPSHOT_EVERY: String(SNAPSHOT_EVERY) }) });
  await platform.apply('event-sourcing.yaml');
}, 300_000);

afterAll(async () => platform?.end(), 300_000);

/** Twice, as a producer does that is not sure. */
async function command(id: string, type: string, account: string, data: object): Promise<void> {
  for (let copy = 0; copy < 2; copy++) {
    expect(await platform.send({ id, type: `account.${type}.v1`, subject: account, data })).toBe(202);
  }
}

async function account(name: string): Promise<unknown> {
  const { status, body } = await platform.ask('accounts', `/accounts/${name}`);
  return status === 200 ? JSON.parse(body) : undefined;
}

async function isAt(name: string, version: number): Promise<boolean> {
  const now = await account(name);
  return typeof now === 'object' && now !== null && 'version' in now && now.version === version;
}

function change(sql: string): void {
  const database = new DatabaseSync(path.join(platform.folder, STORE), { timeout: 10_000 });
  database.exec(sql);
  database.close();
}

describe('event sourcing', () => {
  it('appends what comes of commands, once, and tells it', async () => {
    await command('open-1', 'open', 'a-1', { owner: 'Ada' });
    await command('deposit-1', 'deposit', 'a-1', { cents: 5000 });
    await command('withdraw-1', 'withdraw', 'a-1', { cents: 1500 });
    await platform.until(() => isAt('a-1', 3), 'all of it has happened');
    expect(await account('a-1')).toEqual({ version: 3, owner: 'Ada', cents: 3500 });

    const { body } = await platform.ask('accounts', '/accounts/a-1/events');
    expect(JSON.parse(body)).toMatchObject([
      { version: 1, fact: { type: 'account.opened.v1', owner: 'Ada' } },
      { version: 2, fact: { type: 'account.deposited.v1', cents: 5000 } },
      { version: 3, fact: { type: 'account.withdrawn.v1', cents: 1500 } },
    ]);
    const isTold = async () => typesIn(await platform.trace('withdraw-1')).includes('account.withdrawn.v1');
    await platform.until(isTold, 'it is told');
  });

  it('refuses what the rules of accounts do not allow, and says why', async () => {
    await command('withdraw-2', 'withdraw', 'a-1', { cents: 3501 });
    const isTold = async () => typesIn(await platform.trace('withdraw-2')).includes('account.refused.v1');
    await platform.until(isTold, 'it is refused');
    const { stdout } = await platform.events('trace', 'withdraw-2');
    expect(stdout).toContain('3501 cents are asked for, and 3500 are there');
    expect(await isAt('a-1', 3)).toBe(true);
  });

  it('lets one of two happen that were decided by the same version', async () => {
    await command('deposit-2', 'deposit', 'a-1', { cents: 1, expectedVersion: 3 });
    await command('deposit-3', 'deposit', 'a-1', { cents: 2, expectedVersion: 3 });
    const isTold = async () => typesIn(await platform.trace('deposit-3')).includes('account.refused.v1');
    await platform.until(isTold, 'the second is refused');
    expect((await platform.events('trace', 'deposit-3')).stdout).toContain('a-1 is at version 4, and not at 3');
    expect(await account('a-1')).toEqual({ version: 4, owner: 'Ada', cents: 3501 });
  });

  it('takes commands in their order, also when many have waited for it', async () => {
    const labelSelector = 'serving.knative.dev/service=accounts';
    for (const pod of (await platform.client.list(pods, { namespace: 'default', labelSelector })).items) {
      await platform.client.delete(pods, { namespace: 'default', name: nameOf(pod) }, { gracePeriodSeconds: 0 });
    }
    await command('open-3', 'open', 'a-3', { owner: 'Joan' });
    // each withdrawal needs the deposit before it
    for (let index = 0; index < 20; index++) {
      for (const type of ['deposit', 'withdraw']) {
        await command(`order-${type}-${index}`, type, 'a-3', { cents: 1 });
      }
    }
    await platform.until(() => isAt('a-3', 41), 'all of it has happened');
    expect(await account('a-3')).toEqual({ version: 41, owner: 'Joan', cents: 0 });
  });

  it('loses nothing and does nothing twice when everything is killed', async () => {
    await command('open-2', 'open', 'a-2', { owner: 'Grace' });
    await platform.until(() => isAt('a-2', 1), 'it is open');
    const sent = Array.from({ length: 20 }, (_, index) =>
      command(`many-${index}`, 'deposit', 'a-2', { cents: index + 1 }),
    );
    await Promise.all(sent);
    await platform.kill();
    await platform.start();
    await platform.isReady({ apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'default' } });
    await platform.until(() => isAt('a-2', 21), 'all of them have happened');
    expect(await account('a-2')).toEqual({ version: 21, owner: 'Grace', cents: 210 });
    // what is sent once more after that is known, too
    await command('many-19', 'deposit', 'a-2', { cents: 20 });
    await command('last', 'deposit', 'a-2', { cents: 1 });
    await platform.until(() => isAt('a-2', 22), 'the last has happened');
    expect(await account('a-2')).toEqual({ version: 22, owner: 'Grace', cents: 211 });
  });

  it('reads on from a snapshot, and by all events where there is none', async () => {
    const [snapshot] = platform.rows(STORE, "SELECT version FROM snapshots WHERE stream = 'a-2'");
    expect(snapshot).toEqual({ version: 20 });
    const { body } = await platform.ask('accounts', '/accounts/a-2/events');
    const events: { readonly fact: { readonly cents: number } }[] = JSON.parse(body);
    expect(events).toHaveLength(22);

    // only one that is not true shows that it is read
    change(`UPDATE snapshots SET state = '{"owner":"Grace","cents":1000000}' WHERE stream = 'a-2'`);
    const since = events.slice(20).reduce((sum, { fact }) => sum + fact.cents, 0);
    expect(await account('a-2')).toEqual({ version: 22, owner: 'Grace', cents: 1_000_000 + since });
    change("DELETE FROM snapshots WHERE stream = 'a-2'");
    expect(await account('a-2')).toEqual({ version: 22, owner: 'Grace', cents: 211 });
  });
});
