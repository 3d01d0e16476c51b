/** Takes the body of a request in that came to a server of Node's own. */
import type { IncomingMessage } from 'node:http';
import { ComingBody } from './comingBody.ts';
import type { Room } from './room.ts';
import { busy, type Verdict } from './verdict.ts';

export interface TakeBodyOptions {
  readonly mostBytes: number;
  /** For the bodies of all. */
  readonly room: Room;
  /** What is taken: `an event`. */
  readonly what: string;
}

export interface Taken extends Verdict {
  /** Not all of the body was read: the connection is to be closed. */
  readonly isUnread?: boolean;
}

/**
 * Has the body used as soon as it is here.
 *
 * @param use may leave the room before it has answered, where the body counts elsewhere by then
 * @returns what became of it, or why it was not read
 * @throws Error where it never came to its end
 */
export async function takeBody<Used = Verdict>(
  request: IncomingMessage,
  { mostBytes, room, what }: TakeBodyOptions,
  use: (body: Buffer, leave: () => void) => Used | Promise<Used>,
): Promise<Used | Taken> {
  const tooLong = { status: 413, text: `${what} has ${mostBytes} bytes at most`, isUnread: true };
  const expected = Number(request.headers['content-length'] ?? 0);
  if (expected > mostBytes) return tooLong;
  const over = Promise.withResolvers<Verdict | undefined>();
  const body = new ComingBody(room, expected, {
    hold: () => request.pause(),
    release: () => request.resume(),
    onSentAway: (why) => over.resolve(busy(why)),
  });
  const onData = (piece: Buffer): void => {
    if (body.length + piece.length > mostBytes) over.resolve(tooLong);
    else body.add(piece);
  };
  request.on('data', onData);
  request.once('end', () => over.resolve(undefined));
  request.once('error', over.reject).once('close', () => over.reject(new Error('it hung up')));
  try {
    const refusal = await over.promise;
    request.off('data', onData);
    if (refusal === undefined) return await use(body.whole(), () => body.leave());
    request.pause();
    return { ...refusal, isUnread: true };
  } finally {
    body.leave();
  }
}
