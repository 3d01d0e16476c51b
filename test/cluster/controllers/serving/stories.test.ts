/** What our controllers make of the stories on a real API server without Knative, beside what Knative's own made of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startManager } from '../../../../controllers/manager/manager.ts';
import { makeServingControllers } from '../../../../controllers/serving/controllers.ts';
import { type Client, clientOver } from '../../../../src/kubernetes/client/client.ts';
import { connect } from '../../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { knativeServingCrds } from '../../../../src/platform/crds/knative.ts';
import { createAll } from '../../../../tools/controlplane/kubernetes/create.ts';
import { type OwnControlPlane, startControlPlane } from '../../../../tools/controlplane/start.ts';
import { differences, sentenceOf } from '../../../../tools/serving-reference/compare.ts';
import { knownDifference } from '../../../../tools/serving-reference/differences.ts';
import { readGolden } from '../../../../tools/serving-reference/goldens.ts';
import { asAdmin } from '../../../../tools/serving-reference/objects.ts';
import { quiet } from '../../../../tools/serving-reference/quiet.ts';
import { STORIES } from '../../../../tools/serving-reference/stories.ts';
import { storyRuntime } from '../../../../tools/serving-reference/storyRuntime.ts';
import { tell, toldIn } from '../../../../tools/serving-reference/tell.ts';
import { HandPolicies } from '../../../controllers/kit/policies.ts';

const QUIET_MS = 1_500;

let controlPlane: OwnControlPlane;
let client: Client;
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  controlPlane = await startControlPlane();
  await createAll(controlPlane, await knativeServingCrds());
  const connection = await connect({ kubeconfig: controlPlane.kubeconfig, environment: {}, clock: systemClock });
  client = clientOver(connection);
  const nothing = (): void => {};
  const manager = startManager({
    controllers: makeServingControllers({ runtime: storyRuntime, domain: 'svc.cluster.local' }),
    client,
    policies: new HandPolicies(),
    clock: systemClock,
    random: Math.random,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    instance: 'stories',
  });
  stop = async () => {
    await manager.stop();
    connection.close();
    await controlPlane.stop();
  };
}, 180_000);

afterAll(() => stop());

describe.each(STORIES)('$title', (story) => {
  it('becomes what Knative makes of it', async () => {
    const namespace = `story-${story.name}`;
    await controlPlane.api.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    const settle = () => quiet(client, namespace, QUIET_MS);
    const told = await tell(story, { client, namespace, admit: asAdmin, settle });
    const found = differences(story.name, told, toldIn(readGolden(story.name)));
    expect(found.filter((each) => knownDifference(each) === undefined).map(sentenceOf)).toEqual([]);
  }, 180_000);
});
