import { describe, expect, it } from '@jest/globals';
import { EventLines } from '../../../../src/platform/apiserver/http/eventLines.ts';
import type { Resource } from '../../../../src/platform/apiserver/resources/resource.ts';
import type { Stored, WatchEvent } from '../../../../src/platform/apiserver/store/store.ts';

const V1 = { version: 'v1' } as Resource;
const V2 = { version: 'v2' } as Resource;

function anEvent(): WatchEvent {
  return { type: 'ADDED', stored: {} as Stored };
}

/** How often a line has to be made while the events are told. */
function made(lines: EventLines, ...told: readonly (readonly [WatchEvent, Resource])[]): number {
  let count = 0;
  for (const [event, resource] of told) {
    lines.lineOf(event, resource, () => Buffer.from(String(count++)));
  }
  return count;
}

describe('the line of an event', () => {
  it('is made once for all who are told one after the other, whichever of the two ways they see it', () => {
    const [added, modified] = [anEvent(), anEvent()];
    expect(made(new EventLines(), [added, V1], [added, V1], [modified, V1], [added, V1], [modified, V1])).toBe(2);
  });

  it('is another in each version', () => {
    const event = anEvent();
    expect(made(new EventLines(), [event, V1], [event, V2], [event, V1])).toBe(2);
  });

  it('does not stay as long as the event: two of a resource do', () => {
    const lines = new EventLines();
    const events = [anEvent(), anEvent(), anEvent()]; // as the history holds them
    expect(made(lines, ...events.map((event) => [event, V1] as const))).toBe(3);
    expect(made(lines, ...events.slice(1).map((event) => [event, V1] as const))).toBe(0);
    expect(made(lines, [events[0] ?? anEvent(), V1])).toBe(1);
  });
});
