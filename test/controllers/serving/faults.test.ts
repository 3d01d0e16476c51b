/** What becomes of the stories when writes are refused and the server goes away meanwhile: the same in the end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeServingControllers } from '../../../controllers/serving/controllers.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { differences, sentenceOf } from '../../../tools/serving-reference/compare.ts';
import { knownDifference } from '../../../tools/serving-reference/differences.ts';
import { readGolden } from '../../../tools/serving-reference/goldens.ts';
import { asAdmin } from '../../../tools/serving-reference/objects.ts';
import { STORIES } from '../../../tools/serving-reference/stories.ts';
import type { Story } from '../../../tools/serving-reference/story.ts';
import { storyRuntime } from '../../../tools/serving-reference/storyRuntime.ts';
import { tell, toldIn } from '../../../tools/serving-reference/tell.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

const controllers = makeServingControllers({ runtime: storyRuntime, domain: 'svc.cluster.local' });
const TOLD = ['named-revision', 'split', 'deleted-revision'];
const stories = STORIES.filter(({ name }) => TOLD.includes(name));

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
}, 120_000);

afterAll(() => cluster.stop());

/** What differs from Knative's, in sentences; how often something was written on the way is left aside. */
async function toldTo(
  running: Run,
  story: Story,
  namespace: string,
  meanwhile?: () => Promise<void>,
): Promise<string[]> {
  await cluster.namespace(namespace);
  const told = await tell(story, {
    client: cluster.client,
    namespace,
    admit: asAdmin,
    async settle() {
      await meanwhile?.();
      await running.settle({ withinMs: 60_000, patience: 12 });
    },
  });
  return differences(story.name, told, toldIn(readGolden(story.name)))
    .filter((each) => knownDifference(each) === undefined && !isCount(each.object, each.path))
    .map(sentenceOf);
}

function isCount(object: string, path: string): boolean {
  return object.startsWith('PodAutoscaler/') && /(G|g)eneration$/.test(path);
}

describe('writes that are refused', () => {
  const REFUSALS = [
    new ApiError(409, 'Conflict', 'somebody else was faster'),
    new ApiError(500, 'InternalError', 'the disk is full'),
    new ApiError(429, 'TooManyRequests', 'later'),
  ];

  it.each(stories.map((story) => [story.title, story] as const))(
    '%s',
    async (_, story) => {
      let writes = 0;
      let refused = 0;
      const { client } = await cluster.connect();
      const running = await run(cluster, {
        controllers,
        client: refusing(client, () => {
          if (++writes % 3 !== 0) return undefined;
          return REFUSALS[refused++ % REFUSALS.length];
        }),
      });
      try {
        expect(await toldTo(running, story, `refused-${story.name}`)).toEqual([]);
        expect(refused).toBeGreaterThan(5);
      } finally {
        await running.stop();
      }
    },
    120_000,
  );
});

describe('controllers that end in the middle', () => {
  it('and others that go on leave nothing undone', async () => {
    const story = stories.find(({ name }) => name === 'split');
    if (story === undefined) throw new Error('the story split is not there');
    let running = await run(cluster, { controllers });
    const again: Run = {
      ...running,
      settle: (options) => running.settle(options),
    };
    try {
      const found = await toldTo(again, story, 'ended', async () => {
        await running.stop();
        running = await run(cluster, { controllers });
      });
      expect(found).toEqual([]);
    } finally {
      await running.stop();
    }
  }, 120_000);
});

/** @param refusal asked before each write; what it answers with is thrown, and the write not sent */
function refusing(client: Client, refusal: () => ApiError | undefined): Client {
  const thrown = async (): Promise<void> => {
    const error = refusal();
    if (error !== undefined) throw error;
  };
  return {
    ...client,
    create: (...all) => thrown().then(() => client.create(...all)),
    update: (...all) => thrown().then(() => client.update(...all)),
    patch: (...all) => thrown().then(() => client.patch(...all)),
    delete: (...all) => thrown().then(() => client.delete(...all)),
  };
}
