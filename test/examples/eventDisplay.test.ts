/** examples/event-display on `weir up`: an event of the Trigger's type is shown, and no other. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(300_000);

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('event-display');
  await platform.apply('event-display.yaml', 'broker.yaml');
}, 300_000);

afterAll(async () => platform?.end(), 300_000);

const shown = () => platform.logs('app=event-display');

describe('event-display', () => {
  it('shows what passes its filter, with its data, and nothing else', async () => {
    expect(await platform.send({ id: 'o-1', type: 'somebody.else' })).toBe(202);
    const data = { message: 'Hello!' };
    expect(await platform.send({ id: 'h-1', type: 'dev.knative.samples.helloworld', data })).toBe(202);
    await platform.until(async () => (await shown()).includes('h-1'), 'the event is shown');
    expect(JSON.parse(await shown())).toMatchObject({ id: 'h-1', source: '/test', data });
  });

  it('leaves a trace of both', async () => {
    const [lane] = (await platform.trace('h-1')).events[0]?.lanes ?? [];
    expect(lane).toMatchObject({ lane: 'trigger:default/event-display', state: 'delivered' });
    const other = await platform.trace('o-1');
    expect(typesIn(other)).toEqual(['somebody.else']);
    expect(other.events[0]?.unmatched).toEqual(['trigger:default/event-display']);
  });
});
