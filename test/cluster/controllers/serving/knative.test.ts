/** Knative Serving's own controllers: what they make of the stories is what was recorded, and ours stand aside. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startManager } from '../../../../controllers/manager/manager.ts';
import { servingControllers } from '../../../../controllers/serving/controllers.ts';
import { clientOver } from '../../../../src/kubernetes/client/client.ts';
import { connect } from '../../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { unknown } from '../../../../tools/serving-reference/asTold.ts';
import { differences, sentenceOf } from '../../../../tools/serving-reference/compare.ts';
import { readGolden } from '../../../../tools/serving-reference/goldens.ts';
import { type Reference, reference } from '../../../../tools/serving-reference/reference.ts';
import { STORIES } from '../../../../tools/serving-reference/stories.ts';
import { toldIn } from '../../../../tools/serving-reference/tell.ts';
import { HandPolicies } from '../../../controllers/kit/policies.ts';
import { cluster } from '../../harness/cluster.ts';

/** Enough to hear of a new version that does something else; record.ts tells all of them. */
const TOLD = ['create', 'named-revision', 'rollback', 'unknown-revision', 'scale-annotations'];
const STORY_MS = 300_000;

let knative: Reference;
beforeAll(async () => {
  knative = await reference(cluster());
});
afterAll(() => knative.stop());

describe("Knative's own controllers", () => {
  it(
    'make of the stories what was recorded',
    async () => {
      const stories = STORIES.filter(({ name }) => TOLD.includes(name));
      const found = await Promise.all(
        stories.map(async (story) => {
          const golden = toldIn(readGolden(story.name));
          return differences(story.name, await knative.tellStory(story, golden), golden);
        }),
      );
      expect(unknown(found.flat()).map((each) => `${each.story}: ${sentenceOf(each)}`)).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'are not disturbed by ours',
    async () => {
      const { kubeconfig } = cluster();
      const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
      const told: string[] = [];
      const note = (_: object, message: string): void => void told.push(message);
      const manager = startManager({
        controllers: servingControllers,
        client: clientOver(connection),
        policies: new HandPolicies(),
        clock: systemClock,
        random: Math.random,
        log: { debug: () => {}, info: note, warn: note, error: note },
        instance: 'beside-knative',
      });
      try {
        const [story] = STORIES.filter(({ name }) => name === 'update');
        if (story === undefined) throw new Error('the story update is not there');
        const golden = toldIn(readGolden(story.name));
        const found = differences(story.name, await knative.tellStory(story, golden), golden);
        expect(unknown(found).map(sentenceOf)).toEqual([]);
        expect(told.filter((line) => !line.includes('Knative Serving is installed'))).toEqual([]);
        expect(told).not.toEqual([]);
      } finally {
        await manager.stop();
        connection.close();
      }
    },
    STORY_MS,
  );
});
