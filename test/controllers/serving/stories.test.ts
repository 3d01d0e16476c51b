/** What our controllers make of the stories, object by object beside what Knative's own made of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeServingControllers } from '../../../controllers/serving/controllers.ts';
import { unknown } from '../../../tools/serving-reference/asTold.ts';
import { differences, sentenceOf } from '../../../tools/serving-reference/compare.ts';
import { KNOWN_DIFFERENCES, knownDifference } from '../../../tools/serving-reference/differences.ts';
import { readGolden } from '../../../tools/serving-reference/goldens.ts';
import { asAdmin } from '../../../tools/serving-reference/objects.ts';
import { STORIES } from '../../../tools/serving-reference/stories.ts';
import { storyRuntime } from '../../../tools/serving-reference/storyRuntime.ts';
import { tell, toldIn } from '../../../tools/serving-reference/tell.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

let cluster: Cluster;
let running: Run;

beforeAll(async () => {
  cluster = await startCluster();
  // Knative's own domain where config-domain says nothing
  const controllers = makeServingControllers({ runtime: storyRuntime, domain: 'svc.cluster.local' });
  running = await run(cluster, { controllers });
}, 120_000);

afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

const seen = new Set<string>();

describe.each(STORIES)('$title', (story) => {
  it('becomes what Knative makes of it', async () => {
    const namespace = `story-${story.name}`;
    await cluster.namespace(namespace);
    const told = await tell(story, {
      client: cluster.client,
      namespace,
      admit: asAdmin,
      settle: () => running.settle().then(() => undefined),
    });
    const found = differences(story.name, told, toldIn(readGolden(story.name)));
    for (const each of found) seen.add(knownDifference(each)?.title ?? '');
    expect(unknown(found).map(sentenceOf)).toEqual([]);
  }, 120_000);
});

describe('what is known to differ', () => {
  it('does', () => {
    const missing = KNOWN_DIFFERENCES.filter(({ title, isByChance }) => isByChance !== true && !seen.has(title));
    expect(missing.map(({ title }) => title)).toEqual([]);
  });
});
