/** examples/multi-region: two `weir up` and a front. Whatever is killed, both regions have each order in the end, once. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
import { brokers } from '../../controllers/eventing/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { type Platform, startPlatform } from './platform.ts';

jest.setTimeout(300_000);

const NAMES = ['eu', 'us'] as const;
type Name = (typeof NAMES)[number];

let regions: Record<Name, Platform>;
let front: ChildProcess;
let frontUrl: string;

beforeAll(async () => {
  const [eu, us] = await Promise.all([startPlatform('multi-region'), startPlatform('multi-region')]);
  regions = { eu, us };
  const brokerOf = { eu: await brokerUrl(eu), us: await brokerUrl(us) };
  await Promise.all([
    eu.apply(...wayTo('us', eu, brokerOf.us), 'region.yaml'),
    us.apply(...wayTo('eu', us, brokerOf.eu), 'region.yaml'),
  ]);

  const [port = 0] = await freePorts(1);
  frontUrl = `http://127.0.0.1:${port}`;
  const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1', REGIONS: `eu=${brokerOf.eu},us=${brokerOf.us}` };
  front = spawn(process.execPath, [path.resolve('examples/multi-region/front.ts')], { env, stdio: 'inherit' });
  const isUp = async () => (await fetch(`${frontUrl}/ready`).catch(() => undefined))?.ok === true;
  await eu.until(isUp, 'the front');
}, 300_000);

afterAll(async () => {
  front?.kill();
  await Promise.all([regions?.eu.end(), regions?.us.end()]);
}, 300_000);

async function brokerUrl(platform: Platform): Promise<string> {
  await platform.apply(...platform.objects('region.yaml').filter(({ kind }) => kind === 'Broker'));
  const broker = await platform.client.get(brokers, { namespace: 'default', name: 'default' });
  return stringAt(broker, 'status', 'address', 'url') ?? '';
}

/** The region's own file, with the address that the other one has here. */
function wayTo(other: Name, from: Platform, url: string): JsonObject[] {
  const text = JSON.stringify(from.objects(other === 'us' ? 'eu.yaml' : 'us.yaml'));
  return JSON.parse(text.replace(`https://events.${other}.example.com/default/default`, url));
}

/** As a producer does: until it is taken, and once more, since it is not sure. */
async function order(number: string, region: string): Promise<void> {
  const event = new CloudEvent({
    id: number,
    source: '/tills',
    type: 'order.placed.v1',
    subject: number,
    region,
    data: { cents: 100 },
  });
  const { headers, body } = HTTP.binary(event);
  const post = async () => {
    const answer = await fetch(frontUrl, {
      method: 'POST',
      headers: new Headers(headers as never),
      body: String(body),
    });
    await answer.arrayBuffer();
    return answer.ok;
  };
  for (let copy = 0; copy < 2; copy++) await regions.us.until(post, `${number} is taken`);
}

interface Order {
  readonly id: string;
  readonly taken_by: string;
}

async function ordersIn(name: Name): Promise<Order[]> {
  const { status, body } = await regions[name].ask('orders', '/orders');
  return status === 200 ? JSON.parse(body).orders : [];
}

async function has(name: Name, ids: readonly string[]): Promise<boolean> {
  const there = (await ordersIn(name)).map(({ id }) => id);
  return JSON.stringify(there) === JSON.stringify(ids.toSorted());
}

const first = ['eu-1', 'us-1', 'asia-1'];
const many = Array.from({ length: 60 }, (_, index) => `${NAMES[index % 2]}-${100 + index}`);

describe('two regions', () => {
  it('take the orders of their own, the first of them those of nobody, and tell each other', async () => {
    for (const id of first) await order(id, id.split('-')[0] ?? '');
    for (const name of NAMES) await regions.eu.until(() => has(name, first), `all of it is in ${name}`);
    for (const name of NAMES) {
      expect((await ordersIn(name)).map(({ id, taken_by }) => [id, taken_by])).toEqual([
        ['asia-1', 'eu'],
        ['eu-1', 'eu'],
        ['us-1', 'us'],
      ]);
    }
    // what came from the other one does not go back
    for (const [name, other] of [
      ['eu', 'us'],
      ['us', 'eu'],
    ] as const) {
      const { events } = await regions[name].trace(`${other}-1`);
      expect(events.flatMap(({ unmatched }) => unmatched)).toContain(`trigger:default/to-${other}`);
      expect(events.flatMap(({ lanes }) => lanes.map(({ lane }) => lane))).toEqual(
        events.map(() => 'trigger:default/orders'),
      );
    }
  });

  it('lose nothing when one is killed among orders, and have all of it when it is back', async () => {
    const sent = many.map((id, index) =>
      // half of them are under way when it happens, and the others come after it
      index < many.length / 2 ? order(id, id.split('-')[0] ?? '') : undefined,
    );
    await Promise.race(sent.filter((each) => each !== undefined));
    await regions.eu.kill();
    await Promise.all(sent);
    await Promise.all(many.slice(many.length / 2).map((id) => order(id, id.split('-')[0] ?? '')));

    const isFailedOver = ({ id, taken_by }: Order) => id.startsWith('eu-1') && taken_by === 'us';
    await regions.us.until(async () => (await ordersIn('us')).some(isFailedOver), 'the other region has taken over');

    await regions.eu.start();
    for (const name of NAMES) {
      await regions.eu.until(() => has(name, [...first, ...many]), `all of it is in ${name}`);
    }
    await order('eu-900', 'eu');
    for (const name of NAMES) {
      await regions.eu.until(() => has(name, [...first, ...many, 'eu-900']), `the last is in ${name}`);
    }
  });
});
