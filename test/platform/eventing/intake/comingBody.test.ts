import { beforeEach, describe, expect, it } from '@jest/globals';
import { ComingBody } from '../../../../src/platform/eventing/intake/comingBody.ts';
import { Room } from '../../../../src/platform/eventing/intake/room.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';

const KIB = 1024;
const ROOM_BYTES = 1000 * KIB;

let clock: FakeClock;
let room: Room;
let said: string[];

beforeEach(() => {
  clock = new FakeClock();
  room = new Room(ROOM_BYTES, clock);
  said = [];
});

/** @param expected -1 where nobody says how long it is going to be */
function coming(expected: number): ComingBody {
  return new ComingBody(room, expected, {
    hold: () => void said.push('hold'),
    release: () => void said.push('release'),
    onSentAway: (why) => void said.push(why),
  });
}

/** All of it, by somebody else whose body is there. */
function fill(): () => void {
  const place = room.enter(ROOM_BYTES, { onRoom: () => {}, onSentAway: () => {} });
  place.settle();
  return () => place.leave();
}

describe('a body that comes', () => {
  it('asks for no room where one read brings all that was said', () => {
    fill();
    const body = coming(60 * KIB);
    body.add(Buffer.alloc(60 * KIB));
    expect(said).toEqual([]);
    expect(body.whole()).toHaveLength(60 * KIB);
  });

  it('that is all here while it waits is kept, and never sent away', () => {
    fill();
    const body = coming(-1);
    body.add(Buffer.alloc(20 * KIB));
    expect(said).toEqual(['hold']);
    body.whole();
    clock.advance(60_000);
    expect(said).toEqual(['hold']);
    expect(clock.waiting).toBe(0);
  });

  it('has no more beside the room than twice what one read brings', () => {
    fill();
    const body = coming(-1);
    for (let index = 0; index < 64; index++) body.add(Buffer.alloc(KIB));
    expect(said).toEqual(['hold']);
    expect(body.whole().buffer.byteLength).toBeLessThanOrEqual(128 * KIB);
  });

  it('gives way to nobody where it comes fast, however long it takes', () => {
    const body = coming(ROOM_BYTES);
    const next = coming(-1);
    body.add(Buffer.alloc(900 * KIB));
    clock.advance(5000);
    next.add(Buffer.alloc(20 * KIB));
    expect(said).toEqual(['hold']);
    clock.advance(4000);
    expect(said).toEqual(['hold', expect.stringContaining('it came slowly'), 'release']);
  });
});
