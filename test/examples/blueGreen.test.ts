/** examples/blue-green on `weir up`: nobody meets green before the switch, everybody after it, and no request fails. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { services } from '../../src/knative/resources.ts';
import { objectsAt } from '../overlays/read.ts';
import { type Answer, askAt, type Platform, startPlatform } from './platform.ts';

jest.setTimeout(300_000);

const BLUE: Answer = { status: 200, body: 'Hello blue!\n' };
const GREEN: Answer = { status: 200, body: 'Hello green!\n' };

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform('blue-green');
}, 300_000);

afterAll(async () => platform?.end(), 300_000);

async function atTag(tag: string): Promise<Answer> {
  const service = await platform.client.get(services, { namespace: 'default', name: 'web' });
  const target = objectsAt(service, 'status', 'traffic').find((each) => each.tag === tag);
  return askAt(new URL(String(target?.url)));
}

describe('blue-green', () => {
  it('sends everybody to blue', async () => {
    await platform.apply('1-blue.yaml');
    expect(await platform.ask('web')).toEqual(BLUE);
  });

  it('has green beside it, where only its own address leads', async () => {
    await platform.apply('2-green.yaml');
    expect(await atTag('green')).toEqual(GREEN);
    expect(await atTag('blue')).toEqual(BLUE);
    const answers = await Promise.all(Array.from({ length: 50 }, () => platform.ask('web')));
    expect(answers).toEqual(Array(50).fill(BLUE));
  });

  it.each([
    { file: '3-switch.yaml', now: GREEN, way: 'to green' },
    { file: '2-green.yaml', now: BLUE, way: 'back to blue' },
  ])('switches $way, and loses no request', async ({ file, now }) => {
    let isOver = false;
    const answers: Answer[] = [];
    const traffic = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push(await platform.ask('web'));
    });
    await platform.apply(file);
    // from here on a request may be on its way that came before
    await platform.until(async () => (await platform.ask('web')).body === now.body, 'it has switched');
    isOver = true;
    await Promise.all(traffic);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const after = await Promise.all(Array.from({ length: 50 }, () => platform.ask('web')));
    expect(after).toEqual(Array(50).fill(now));
  });
});
