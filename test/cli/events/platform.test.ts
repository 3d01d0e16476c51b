/** The commands that ask the platform, beside an API server that brings events, and one that does not. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { type ApiServer, startApiServer } from '../../../src/platform/apiserver/start.ts';
import { type EventsApi, eventsApi } from '../../../src/platform/eventing/api/api.ts';
import { Eventing } from '../../../src/platform/eventing/eventing.ts';
import type { Send } from '../../../src/platform/eventing/send.ts';
import { anEntry, anEvent, TOPIC, temporaryFolder, until } from '../../platform/eventing/kit.ts';
import { weir } from '../harness.ts';

let place: ReturnType<typeof temporaryFolder>;
let api: EventsApi;
let server: ApiServer;
let eventing: Eventing;

/** `pay` answers with what was paid, `bill` refuses. */
const send: Send = async ({ url, event }) => {
  if (url === 'http://bill')
    return { status: 400, headers: {}, body: Buffer.from('no\u001b[31m bank'), retryAfter: undefined };
  const id = `p-${String(event.attributes.get('id'))}`;
  const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/pay', 'ce-type': 'paid' };
  return { status: 200, headers, body: Buffer.alloc(0), retryAfter: undefined };
};

beforeAll(async () => {
  place = temporaryFolder();
  api = eventsApi();
  server = await startApiServer({ folder: path.join(place.folder, 'server'), extensions: [api] });
  eventing = Eventing.open({ file: path.join(place.folder, 'events.db'), clock: systemClock, send });
  const taking = (type: string) => (event: ReadonlyMap<string, unknown>) => event.get('type') === type;
  eventing.setLanes(
    new Map([
      ['trigger:shop/pay', anEntry('http://pay', { matches: taking('placed') })],
      ['trigger:shop/bill', anEntry('http://bill', { matches: taking('paid') })],
    ]),
  );
  api.begin(eventing);
  await eventing.receive(TOPIC, anEvent('a', { type: 'placed' }, '{"total":12.50}'), {});
  await until(() => eventing.log.rows.dead(2).length === 1, 'the dead letter');
}, 60_000);

afterAll(async () => {
  api.end();
  await eventing.close();
  await server.close();
  place.remove();
});

const events = (...args: string[]) => weir(['events', ...args, '--kubeconfig', server.kubeconfig]);

/** Moments and lengths of time differ. */
function steady(text: string): string {
  return text
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    .replace(/in \d+ ms/g, 'in MS')
    .replace(/ \d+s /g, ' AGE ');
}

describe('weir events', () => {
  it('tail shows what there is, on one line each', async () => {
    const { stdout, code } = await events('tail', '--no-follow');
    expect(code).toBe(0);
    expect(steady(stdout)).toBe(
      'TIME  shop/default  placed  a  from /test  to pay  {"total":12.50}\nTIME  shop/default  paid  p-a  from /pay  to bill\n',
    );
    const json = await events('tail', '--no-follow', '-o', 'json', '--type', 'pla*', '-b', 'shop/default');
    expect(json.stdout).toContain('"data":{"total":12.50}');
    expect(JSON.parse(json.stdout)).toMatchObject({ specversion: '1.0', id: 'a', type: 'placed' });
  });

  it('trace draws the way of an event', async () => {
    const { stdout } = await events('trace', 'a');
    expect(steady(stdout)).toBe(`placed  a  from /test, into broker shop/default at TIME
├─ {"total":12.5}
├─ trigger pay  delivered, 200 in MS
│  └─ paid  p-a  from /pay, into broker shop/default at TIME
│     ├─ trigger bill  not delivered, after 1 attempt
│     │  ├─ TIME  400 in MS
│     │  └─ TIME  no dead-letter sink took it: 400 "no\\\\u001b[31m bank" of http://bill
│     └─ did not pass the filter of pay
└─ did not pass the filter of bill
`);
    expect(JSON.parse((await events('trace', 'a', '-o', 'json')).stdout)).toMatchObject({ events: [{ seq: 1 }] });
    expect(await events('trace', 'z')).toMatchObject({
      code: 2,
      stderr: 'weir: no event with the id "z" is kept: it did not come here, or is forgotten by now\n',
    });
  });

  it('types lists what was seen, and dead-letters what could not be delivered', async () => {
    expect(steady((await events('types')).stdout)).toMatch(
      /^TYPE +SOURCE +COUNT +LAST +INTO +TAKEN BY\npaid +\/pay +1 .* shop\/default +bill\nplaced /,
    );
    expect((await events('types', '--type', 'else')).stdout).toBe('no events were seen\n');
    expect((await events('dead-letters')).stdout).toMatch(
      /\np-a +paid +trigger shop\/bill +\d+s +1 +400 +no\\u001b\[31m bank +here alone\n/,
    );
    expect((await events('dead-letters', 'p-a')).stdout).toContain('  of            http://bill\n');
    expect(await events('dead-letters', 'z')).toMatchObject({
      code: 2,
      stderr: 'weir: there is no dead letter of the id "z"\n',
    });
  });

  it('replay counts first, and dead letters are put back by name', async () => {
    expect(await events('replay', '--type', 'placed', '--dry-run')).toMatchObject({
      code: 0,
      stdout: '1 event would be sent\n',
    });
    expect((await events('replay', '--type', 'placed', '-o', 'json')).stdout).toBe('{"found":1,"sent":1,"failed":0}\n');
    expect((await events('dead-letters', '--return')).stderr).toContain('say which dead letters are put back');
    const put = await events('dead-letters', 'p-a', '--return');
    expect(put.stdout).toMatch(/^\d events? sent in \d+\.\d s\n$/);
  });

  it.each<[args: string[], sentence: string]>([
    [['replay'], 'say which events: --since 1h, --type'],
    [['replay', '--all', '--rate', '0'], '--rate is "0", and must be events a second'],
    [['replay', '--all', '--to', 'a/b/c'], '--to is "a/b/c", and must be a name, or namespace/name'],
    [['replay', '--all', '--to', 'a', '--to-trigger', 'b'], 'give one of --to, --to-trigger and --to-subscription'],
    [
      ['replay', '--all', '--to-trigger', 'shop/none'],
      'Trigger shop/none gets no events: there is none, or it has not been ready yet',
    ],
    [['tail', '--since', 'monday'], '--since is "monday", and must be a length of time such as 10m'],
    [['tail', '--last', 'all'], '--last is "all", and must be a number from 0 to 10000'],
    [['tail', '--broker', 'a', '--channel', 'b'], 'give --broker or --channel'],
    [['types', '-o', 'yaml'], 'unknown output "yaml"'],
  ])('%j is refused', async (args, sentence) => {
    const { code, stdout, stderr } = await events(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('says of an API server without events that they need the platform', async () => {
    const other = await startApiServer({ folder: path.join(place.folder, 'other') });
    try {
      const { code, stderr } = await weir(['events', 'trace', 'a', '--kubeconfig', other.kubeconfig]);
      expect(code).toBe(2);
      expect(stderr).toContain('cannot tell the way of an event: that takes the platform of weir up');
    } finally {
      await other.close();
    }
  }, 60_000);
});
