import { expect, it } from '@jest/globals';
import type { Asker } from '../../../../src/platform/network/exchange/answer.ts';
import type { RequestHead } from '../../../../src/platform/network/http1/head.ts';
import { WaitingRoom } from '../../../../src/platform/network/ingress/waitingRoom.ts';
import { Memory } from '../../../../src/platform/network/revisions/memory.ts';
import { HandClock } from '../clock.ts';

const request = (framing: number) => ({ framing }) as RequestHead;
const asker = { hold: () => {}, release: () => {} } as Asker;
const wait = (isLast: boolean) => (isLast ? undefined : 'wait');

it('has room for a thousand, and for what memory there is', () => {
  const [clock, memory] = [new HandClock(), new Memory(1024 * 1024 * 1024)];
  const room = new WaitingRoom(clock, memory);
  const first = room.enter(request(0), asker, wait);
  for (let count = 1; count < 1000; count++) expect(room.enter(request(10), asker, wait)).toBeDefined();
  expect(room.enter(request(0), asker, wait)).toBeUndefined();
  first?.onClientGone();
  expect(room.enter(request(0), asker, wait)).toBeDefined();
  clock.pass(10_000);
  expect([room.size, memory.taken, clock.timers]).toEqual([0, 0, 0]);

  const small = new WaitingRoom(clock, new Memory(70_000));
  expect(small.enter(request(10), asker, wait)).toBeUndefined();
  expect(small.enter(request(0), asker, wait)).toBeDefined();
});

it('hands on what came of a request before it begins, and what comes later', () => {
  const room = new WaitingRoom(new HandClock(), new Memory(1024 * 1024));
  const seen: string[] = [];
  const next = {
    begin: () => seen.push('begin'),
    onRequestBody: (chunk: Buffer) => seen.push(String(chunk)),
    onRequestEnd: () => seen.push('end'),
    onClientDrained: () => seen.push('drained'),
    onClientGone: () => seen.push('gone'),
  };
  let isThere = false;
  const waiting = room.enter(request(10), asker, () => (isThere ? next : 'wait'));
  waiting?.begin();
  waiting?.onRequestBody(Buffer.from('a'));
  room.lookAgain();
  expect(seen).toEqual([]);
  isThere = true;
  room.lookAgain();
  room.lookAgain();
  waiting?.onRequestBody(Buffer.from('b'));
  waiting?.onRequestEnd(undefined);
  waiting?.onClientDrained();
  waiting?.onClientGone();
  expect(seen).toEqual(['a', 'begin', 'b', 'end', 'drained', 'gone']);
});

it('lets nobody in once it is closed, and forgets who has gone', () => {
  const room = new WaitingRoom(new HandClock(), new Memory(1024 * 1024));
  let looks = 0;
  const gone = room.enter(request(0), asker, () => {
    looks++;
    return 'wait';
  });
  gone?.onClientGone();
  room.lookAgain();
  expect([looks, room.size]).toEqual([0, 0]);
  room.close();
  expect(room.enter(request(0), asker, wait)).toBeUndefined();
});
