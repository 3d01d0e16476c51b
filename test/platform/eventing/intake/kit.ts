/** A Room that others have, and somebody who sends a body that finds none. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Room } from '../../../../src/platform/eventing/intake/room.ts';
import { until } from '../kit.ts';

const MOST_BYTES = 100_000;

export interface FullRoom {
  readonly room: Room;
  /** Nobody waits any longer than this. */
  endPatience(): void;
  /** Somebody waits. */
  waits(): Promise<void>;
  /** Those who had it go. */
  empty(): void;
  /** Nobody else has any of it. */
  isEmpty(): boolean;
}

export function aFullRoom(): FullRoom {
  let now = 0;
  const timers = new Set<() => void>();
  const room = new Room(MOST_BYTES, {
    now: () => new Date(now),
    after(_, callback) {
      timers.add(callback);
      return () => void timers.delete(callback);
    },
  });
  const others = room.enter(MOST_BYTES, { onRoom: () => {}, onSentAway: () => {} });
  others.settle();
  return {
    room,
    endPatience() {
      now += 5000;
      for (const callback of timers) callback();
    },
    waits: () => until(() => timers.size > 0, 'somebody waits for room'),
    empty: () => others.leave(),
    isEmpty() {
      const all = room.enter(MOST_BYTES, { onRoom: () => {}, onSentAway: () => {} });
      const isIn = !all.isWaiting;
      all.leave();
      return isIn;
    },
  };
}

export interface Sender {
  send(more: string): void;
  told(what: string): Promise<void>;
  text(): string;
  cut(): void;
}

/** Has sent a part of a body that would have all of a Room. */
export function beginsToSend(url: string, headers: readonly string[] = []): Sender {
  const { protocol, hostname: host, port, pathname } = new URL(url);
  const to = { host, port: Number(port) };
  // whose certificate it is has nothing to do with it
  const socket: Socket = protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  let text = '';
  socket
    .on('error', () => {})
    .on('data', (piece) => {
      text += piece.toString();
    });
  const head = [`POST ${pathname} HTTP/1.1`, 'host: x', `content-length: ${MOST_BYTES}`, ...headers];
  socket.write(`${head.join('\r\n')}\r\n\r\n${' '.repeat(MOST_BYTES / 2)}`);
  return {
    send: (more) => void socket.write(more),
    told: (what) => until(() => text.includes(what), `it is told ${what}`),
    text: () => text,
    cut: () => void socket.destroy(),
  };
}

/** The rest of what beginsToSend sends, with something at its end. */
export function restWith(end: string): string {
  return end.padStart(MOST_BYTES / 2);
}
