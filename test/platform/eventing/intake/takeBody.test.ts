/** Bodies that come to a server of Node's own: the dead-letter sink, and KafkaSinks. */
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Place, Room } from '../../../../src/platform/eventing/intake/room.ts';
import { type Taken, takeBody } from '../../../../src/platform/eventing/intake/takeBody.ts';
import { listenAt } from '../../../../src/platform/eventing/server.ts';
import { until } from '../kit.ts';

const MOST_BYTES = 1_000_000;

let now: number;
let timers: Set<() => void>;
let room: Room;
let used: string[];
let failed: number;
let server: Server;
let port: number;

beforeEach(async () => {
  now = 0;
  timers = new Set();
  used = [];
  failed = 0;
  room = new Room(2 * MOST_BYTES, {
    now: () => new Date(now),
    after(_, callback) {
      timers.add(callback);
      return () => void timers.delete(callback);
    },
  });
  server = createServer((request, response) => {
    takeBody<Taken>(request, { mostBytes: MOST_BYTES, room, what: 'a letter' }, (body) => {
      used.push(`${body.length} of ${body.subarray(0, 1)}`);
      return { status: 202, text: '' };
    }).then(
      ({ status, text, isUnread }) => {
        if (isUnread === true) response.setHeader('connection', 'close');
        response.writeHead(status).end(text);
      },
      () => {
        failed++;
        response.destroy();
      },
    );
  });
  port = await listenAt(server, 0, '127.0.0.1');
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function sender(framing: string) {
  let text = '';
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.on('data', (piece) => {
    text += piece.toString();
  });
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${framing}\r\n\r\n`);
  return {
    send: (what: string | Buffer) => void socket.write(what),
    told: (what: string) => until(() => text.includes(what), `it is told ${what}`),
    text: () => text,
    cut: () => void socket.destroy(),
  };
}

/** All of it, by somebody else. */
function occupy(): Place {
  return room.enter(2 * MOST_BYTES, { onRoom: () => {}, onSentAway: () => {} });
}

describe('a body', () => {
  it('is used once it is here', async () => {
    const one = sender('content-length: 900000');
    one.send('a'.repeat(400_000));
    one.send('a'.repeat(500_000));
    await one.told('HTTP/1.1 202');
    const two = sender('transfer-encoding: chunked');
    for (let index = 0; index < 20; index++) two.send(`c350\r\n${'b'.repeat(50_000)}\r\n`);
    two.send('0\r\n\r\n');
    await two.told('HTTP/1.1 202');
    expect(used).toEqual(['900000 of a', '1000000 of b']);
    // and has left
    expect(occupy().isWaiting).toBe(false);
    one.cut();
    two.cut();
  });

  it.each([
    ['says that it is', 'content-length: 1000001', 'x'],
    ['is', 'transfer-encoding: chunked', `f4241\r\n${'x'.repeat(1_000_001)}`],
  ])('that %s too long is refused, and the connection closed', async (_, framing, rest) => {
    const one = sender(framing);
    one.send(rest);
    await one.told('a letter has 1000000 bytes at most');
    expect(one.text()).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n/i);
    expect(used).toEqual([]);
    expect(occupy().isWaiting).toBe(false);
    one.cut();
  });

  it('waits unread while there is no room', async () => {
    const place = occupy();
    const one = sender('content-length: 900000');
    one.send('a'.repeat(100_000));
    await until(() => timers.size > 0, 'it waits');
    one.send('a'.repeat(800_000));
    // what is short goes past it
    for (const _ of 'zzz') {
      const short = sender('content-length: 1');
      short.send('z');
      await short.told('HTTP/1.1 202');
      short.cut();
    }
    expect(used).not.toContain('900000 of a');
    place.leave();
    await one.told('HTTP/1.1 202');
    expect(used.at(-1)).toEqual('900000 of a');
    one.cut();
  });

  it('that waited for long is told to come again', async () => {
    occupy().settle();
    const one = sender('content-length: 900000');
    one.send('a'.repeat(100_000));
    await until(() => timers.size > 0, 'it waits');
    now += 5000;
    for (const callback of timers) callback();
    await one.told('there was no room for this one in a moment; send it again');
    expect(one.text()).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nconnection: close\r\n/i);
    one.cut();
  });

  it('that never comes to its end leaves its room', async () => {
    const one = sender('content-length: 900000');
    one.send('a'.repeat(100_000));
    // who comes behind it waits, once it has its place
    let behind: Place | undefined;
    await until(() => {
      behind?.leave();
      behind = room.enter(2 * MOST_BYTES, { onRoom: () => void used.push('room'), onSentAway: () => {} });
      return behind.isWaiting;
    }, 'it has its place');
    one.cut();
    await until(() => failed === 1, 'it is known to have gone');
    expect(used).toEqual(['room']);
    expect(behind?.isWaiting).toBe(false);
  });
});
