import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Answered } from '../../../../src/platform/eventing/http/connection.ts';
import { Connections, type SendOptions } from '../../../../src/platform/eventing/http/connections.ts';

interface Opened {
  readonly socket: Socket;
  answer(text?: string): void;
}

let opened: Opened[];
let answers: Answered[];
let connections: Connections;

beforeEach(() => {
  jest.useFakeTimers();
  opened = [];
  answers = [];
  connections = new Connections((onBytes) => {
    const socket = new Socket();
    jest.spyOn(socket, 'write').mockReturnValue(true);
    opened.push({
      socket,
      answer: (text = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n') => onBytes(Buffer.from(text)),
    });
    return socket;
  });
});

afterEach(() => {
  connections.close();
  jest.useRealTimers();
});

const send = (options: SendOptions = {}) =>
  connections.send({ text: 'POST', body: undefined }, (answered) => answers.push(answered), options);
const areOpen = () => opened.map(({ socket }) => !socket.destroyed);

it('are used again, the latest first, and closed a minute after they were', () => {
  send();
  send();
  for (const { answer } of opened) answer();
  expect(answers).toHaveLength(2);
  jest.advanceTimersByTime(40_000);
  send();
  opened[1]?.answer();
  expect([answers.length, areOpen()]).toEqual([3, [true, true]]);
  jest.advanceTimersByTime(30_000);
  expect(areOpen()).toEqual([false, true]);
  jest.advanceTimersByTime(60_000);
  expect(areOpen()).toEqual([false, false]);
  expect(connections.isEmpty).toBe(true);
});

it('are a hundred at most; who waits has the next that is free, in turn', () => {
  for (let index = 0; index < 102; index++) send();
  expect(opened).toHaveLength(100);
  opened[7]?.answer();
  expect(jest.mocked(opened[7]?.socket.write ?? send)).toHaveBeenCalledTimes(2);
  opened[8]?.socket.emit('close');
  // the place of the one that was closed is the last one's
  expect(opened).toHaveLength(101);
  opened[100]?.answer();
  expect(answers).toMatchObject([{ status: 200 }, { is: 'failed' }, { status: 200 }]);
});

it('have their time from when the request begins: what waits for one has not begun', () => {
  for (let index = 0; index < 100; index++) send();
  send({ timeout: 1000 });
  send({ timeout: 500 });
  jest.advanceTimersByTime(5000);
  expect(answers).toEqual([]);
  opened[7]?.answer();
  opened[8]?.answer();
  jest.advanceTimersByTime(499);
  expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
  jest.advanceTimersByTime(1);
  expect(answers[2]).toEqual({ is: 'failed', error: 'no answer within 500 ms', isStale: false });
  opened[7]?.answer();
  expect(answers[3]).toMatchObject({ status: 200 });
  // its time is over, and another request's has not begun
  send();
  jest.advanceTimersByTime(1000);
  expect([answers.length, areOpen()[7], areOpen()[8]]).toEqual([4, true, false]);
});

it('that the other side closes are stale where they had been used and nothing came back', () => {
  send();
  opened[0]?.socket.emit('close');
  expect(answers.pop()).toMatchObject({ is: 'failed', isStale: false });
  send();
  opened[1]?.answer();
  send();
  opened[1]?.socket.emit('close');
  expect(answers.pop()).toMatchObject({ is: 'failed', isStale: true });
  send();
  opened[2]?.answer();
  send();
  opened[2]?.answer('HTTP/1.1 20');
  opened[2]?.socket.emit('close');
  expect(answers.pop()).toMatchObject({ is: 'failed', isStale: false });
});

it('that are broken off here are not stale, used or not', () => {
  send();
  opened[0]?.answer();
  answers.pop();
  send({ timeout: 100 });
  jest.advanceTimersByTime(100);
  expect(answers).toEqual([{ is: 'failed', error: 'no answer within 100 ms', isStale: false }]);
});

it('are none that are free where a fresh one is asked for, of a hundred as well', () => {
  for (let index = 0; index < 100; index++) send();
  for (const { answer } of opened) answer();
  send({ isFresh: true });
  expect([opened.length, areOpen().filter((isOpen) => isOpen).length]).toEqual([101, 100]);
  opened[100]?.answer();
  expect(answers).toHaveLength(101);
});

it('are waited for half a minute at most where a success is told and the rest is not taken, unless there is a time', () => {
  for (const timeout of [undefined, 40_000]) {
    send({ timeout });
    Object.defineProperty(opened.at(-1)?.socket, 'writableLength', { value: 1 });
    opened.at(-1)?.answer();
  }
  jest.advanceTimersByTime(29_999);
  expect(answers).toEqual([]);
  jest.advanceTimersByTime(1);
  const told = 'though a success was told before all of the event was there';
  expect(answers).toEqual([
    { is: 'failed', error: `the rest of the event was not taken within 30000 ms, ${told}`, isStale: false },
  ]);
  expect(areOpen()).toEqual([false, true]);
  jest.advanceTimersByTime(10_000);
  expect(answers[1]).toMatchObject({ error: `no answer within 40000 ms, ${told}` });
});

it('forget that half a minute with the request, and read nothing behind its answer', () => {
  for (const behind of ['', 'no HTTP\r\n\r\n']) {
    send();
    const { socket, answer } = opened.at(-1) ?? { socket: new Socket(), answer: send };
    Object.defineProperty(socket, 'writableLength', { value: 1, configurable: true });
    answer(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${behind}`);
    expect(answers).toEqual([]);
    Object.defineProperty(socket, 'writableLength', { value: 0 });
    // the rest is taken
    const onTaken: unknown = jest.mocked(socket.write).mock.lastCall?.[1];
    if (typeof onTaken === 'function') onTaken();
    expect(answers.pop()).toMatchObject({ is: 'answered', status: 200 });
  }
  expect(areOpen()).toEqual([false]);
  connections.close();
  expect(jest.getTimerCount()).toBe(0);
});

it('are not used again where the answer says so, or more came than it', () => {
  for (const text of [
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1',
  ]) {
    send();
    opened.at(-1)?.answer(text);
    expect(answers.pop()).toMatchObject({ is: 'answered', status: 200 });
  }
  expect(areOpen()).toEqual([false, false, false]);
});
