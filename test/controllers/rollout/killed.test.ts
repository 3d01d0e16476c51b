/** The controller is killed between each two of its writes, and the next one does the rest: the same writes, once each. */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { jobs } from '../../../controllers/jobs/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { arrayAt, type JsonObject, valueAt } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { trafficRollouts } from '../../../src/rollout/resource.ts';
import { readTraffic } from '../../../src/rollout/traffic.ts';
import { trafficText } from '../../rollout/world.ts';
import { faultyClient } from '../kit/faultyClient.ts';
import { recorded } from './recorded.ts';
import { endJobs, smokeCronJob } from './smokeJob.ts';
import { ANALYSIS, FIRST, SECOND, Stage, THIRD } from './stage.ts';

jest.setTimeout(900_000);

let stage: Stage;
// each story a server of its own: what the plays before it have left is listed again and again
beforeEach(async () => {
  stage = new Stage();
  await stage.begin();
});
afterEach(async () => {
  await stage.close();
  await stage.end();
});

const CANARY = { strategy: { canary: { steps: [{ percent: 50, pause: '30s' }] } }, analysis: ANALYSIS };
const BLUE_GREEN = { autoPromoteAfter: '30s', keepOld: '10m' };

interface Story {
  readonly title: string;
  readonly spec: JsonObject;
  readonly scenes: readonly (() => Promise<void> | void)[];
  /** The scenes in which it is killed, the last one not among them: the others are another story's. */
  readonly from: number;
  readonly to: number;
  /** Each spec.traffic, in its order. */
  readonly traffic: readonly string[];
  readonly end: string;
  /** Made for smoke tests. */
  readonly jobs: number;
}

/** The first Revision is pinned, as soon as the controller is there. */
const pinned = (): void => {};
const deploy = (tag: string) => () => stage.deploy(tag);
const pass = (seconds: number) => () => stage.clock.advance(seconds * 1000);

/** Its pods do not come. */
function deployStarting(tag: string): () => Promise<void> {
  return () => {
    stage.behaviour.set(tag, 'starts');
    return stage.deploy(tag);
  };
}

function say(command: string): () => Promise<void> {
  return async () => {
    const body = { metadata: { annotations: { 'weir.dev/rollout-command': command } } };
    const place = { namespace: stage.namespace, name: 'api-service' };
    await stage.cluster.client.patch(trafficRollouts, place, { type: 'merge', body });
  };
}

const STORIES: readonly Story[] = [
  {
    title: 'a good one arrives',
    spec: CANARY,
    scenes: [pinned, deploy('2'), pass(30), pass(30), pass(60), pass(60)],
    from: 0,
    to: 6,
    traffic: ['00001 100', '00001 100, 00002 0 candidate', '00001 50, 00002 50 candidate', '00002 100'],
    end: 'Healthy',
    jobs: 0,
  },
  {
    title: 'a bad one goes back, and the next one arrives',
    spec: CANARY,
    scenes: [
      pinned,
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
    from: 4,
    to: 7,
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
    jobs: 0,
  },
  {
    title: 'a person ends what is not Ready yet',
    spec: CANARY,
    scenes: [pinned, deployStarting('2'), say(`abort ${SECOND}`), pass(60)],
    from: 1,
    to: 4,
    traffic: ['00001 100'],
    end: 'Failed',
    jobs: 0,
  },
  {
    title: "one is never Ready, and Git goes back to stable's template",
    spec: CANARY,
    scenes: [pinned, deployStarting('2'), pass(600), deploy('1'), pass(60)],
    from: 2,
    to: 4,
    traffic: ['00001 100', '00001 100, 00003 0 candidate', '00003 100'],
    end: 'Healthy',
    jobs: 0,
  },
  {
    title: 'a preview passes its smoke test, serves, and is undone',
    spec: { strategy: { blueGreen: { ...BLUE_GREEN, smokeTest: { job: { fromCronJob: 'smoke' } } } } },
    scenes: [
      () => stage.cluster.apply(smokeCronJob(stage.namespace)),
      deploy('2'),
      () => endJobs(stage.cluster.client, stage.namespace, 'Complete'),
      pass(30),
      say('undo'),
      pass(60),
    ],
    from: 1,
    to: 5,
    traffic: ['00001 100', '00001 100, 00002 0 preview', '00002 100, 00001 0 previous', '00001 100'],
    end: 'Failed',
    jobs: 1,
  },
  {
    title: 'the old one is let go after keepOld, and gone back to all the same',
    spec: { strategy: { blueGreen: BLUE_GREEN } },
    scenes: [pinned, deploy('2'), pass(30), pass(60), pass(600), say('undo'), pass(60)],
    from: 4,
    to: 6,
    traffic: [
      '00001 100',
      '00001 100, 00002 0 preview',
      '00002 100, 00001 0 previous',
      '00002 100',
      '00002 100, 00001 0 previous',
      '00001 100',
    ],
    end: 'Failed',
    jobs: 0,
  },
];

const MOST_MORE = 4;

/** What the story before has left is given back meanwhile, and Events are told in the background: neither counts. */
function ofTheStory(client: Client, others: Client): Client {
  const { namespace } = stage;
  return {
    ...client,
    create(resource, object, options) {
      const isOfStory = resource.plural === jobs.plural && referenceTo(object).namespace === namespace;
      return (isOfStory ? client : others).create(resource, object, options);
    },
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
  await stage.open({ spec: story.spec });
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
    jobs: (await others.list(jobs, { namespace: stage.namespace })).items.length,
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
  expect(whole.state).toMatchObject({ phase: story.end, traced: [], minScales: given, jobs: story.jobs });
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
