/** The controller is killed between each two of its writes, and the next one does the rest: the same writes, once each. */
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { arrayAt, valueAt } from '../../../src/kubernetes/json.ts';
import { readTraffic } from '../../../src/rollout/traffic.ts';
import { trafficText } from '../../rollout/world.ts';
import { faultyClient } from '../kit/faultyClient.ts';
import { recorded } from './recorded.ts';
import { ANALYSIS, FIRST, SECOND, Stage, THIRD } from './stage.ts';

jest.setTimeout(900_000);

const stage = new Stage();
beforeAll(() => stage.begin());
afterEach(() => stage.close());
afterAll(() => stage.end());

const SPEC = { strategy: { canary: { steps: [{ percent: 50, pause: '30s' }] } }, analysis: ANALYSIS };

interface Story {
  readonly title: string;
  readonly scenes: readonly (() => Promise<void> | void)[];
  /** The scenes in which it is killed, the last one not among them: the others are another story's. */
  readonly from: number;
  readonly to: number;
  /** Each spec.traffic, in its order. */
  readonly traffic: readonly string[];
  readonly end: string;
}

const deploy = (tag: string) => () => stage.deploy(tag);
const pass = (seconds: number) => () => stage.clock.advance(seconds * 1000);

const STORIES: readonly Story[] = [
  {
    title: 'a good one arrives',
    scenes: [deploy('2'), pass(30), pass(30), pass(60), pass(60)],
    from: 0,
    to: 5,
    traffic: ['00001 100', '00001 100, 00002 0 candidate', '00001 50, 00002 50 candidate', '00002 100'],
    end: 'Healthy',
  },
  {
    title: 'a bad one goes back, and the next one arrives',
    scenes: [
      deploy('2'),
      pass(30),
      () => void stage.fares.set(SECOND, { latency: 9 }),
      pass(30),
      pass(30),
      deploy('3'),
      pass(30),
      pass(30),
      pass(60),
      pass(60),
    ],
    from: 3,
    to: 6,
    traffic: [
      '00001 100',
      '00001 100, 00002 0 candidate',
      '00001 50, 00002 50 candidate',
      '00001 100',
      '00001 100, 00003 0 candidate',
      '00001 50, 00003 50 candidate',
      '00003 100',
    ],
    end: 'Healthy',
  },
];

const MOST_MORE = 4;

/** What the story before has left is given back meanwhile, and Events are told in the background: neither counts. */
function ofTheStory(client: Client, others: Client): Client {
  const { namespace } = stage;
  return {
    ...client,
    create: others.create,
    patch(resource, place, patch, options) {
      return (place.namespace === namespace ? client : others).patch(resource, place, patch, options);
    },
  };
}

/**
 * @param killedAfter so many writes: the last one is done, and its answer never comes
 * @returns each spec.traffic that was written, how many writes there were, and what is there in the end
 */
async function play(story: Story, killedAfter?: number) {
  await stage.open({ spec: SPEC });
  const { client: others } = await stage.cluster.connect();
  const eye = recorded(others);
  let isDead = false;
  const mortal = faultyClient(eye.client);
  mortal.failing((count) => {
    if (count !== killedAfter) return undefined;
    isDead = true;
    mortal.die();
    return undefined;
  });

  let isRevived = false;
  const scene = async (happen: () => Promise<void> | void): Promise<void> => {
    await happen();
    // what it had sent is done: were it called off on its way, nobody knew whether the next one finds it
    await stage.settle(() => isDead && !isRevived && mortal.underWay === 0);
    if (!isDead || isRevived) return;
    stage.kill();
    isRevived = true;
    await stage.start({ client: ofTheStory(eye.client, others) });
    await stage.settle();
  };
  await stage.start({ client: ofTheStory(mortal, others) });
  await scene(() => {});
  let [before, until] = [0, 0];
  for (const [index, each] of story.scenes.entries()) {
    if (index > 0 && index === story.from) before = mortal.written;
    await scene(each);
    if (index < story.to) until = mortal.written;
  }
  expect([killedAfter, isDead]).toEqual([killedAfter, killedAfter !== undefined]);

  const traffic = eye
    .of('services')
    .map(({ body }) => trafficText(readTraffic(arrayAt(valueAt(body, 'spec'), 'traffic'))));
  const state = {
    phase: (await stage.status()).phase,
    revisions: await stage.revisions(),
    kept: await stage.kept(),
    traced: await stage.traced(),
    minScales: await Promise.all((await stage.revisions()).map((name) => stage.minScale(name))),
  };
  const writes = eye.writes.length;
  await stage.close();
  return { traffic, state, writes, before, until };
}

it.each(STORIES)('$title, wherever it is killed', async (story) => {
  const whole = await play(story);
  expect(whole.traffic).toEqual(story.traffic);
  const given = whole.state.revisions.map(() => undefined);
  expect(whole.state).toMatchObject({ phase: story.end, traced: [], minScales: given });
  expect([FIRST, SECOND, THIRD]).toEqual(expect.arrayContaining(whole.state.revisions));

  const wrong: unknown[] = [];
  for (let at = whole.before + 1; at <= whole.until; at++) {
    // one after the other: a story takes seconds
    const killed = await play(story, at);
    const isAlike = JSON.stringify([killed.traffic, killed.state]) === JSON.stringify([whole.traffic, whole.state]);
    // an Event that is told twice, or a verdict that is written down anew
    if (!isAlike || killed.writes > whole.writes + MOST_MORE) wrong.push({ at, ...killed });
  }
  expect({ wrong, whole: wrong.length === 0 ? undefined : whole }).toEqual({ wrong: [], whole: undefined });
});
