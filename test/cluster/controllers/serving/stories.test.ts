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
import { asTold, unknown } from '../../../../tools/serving-reference/asTold.ts';
import { differences, sentenceOf } from '../../../../tools/serving-reference/compare.ts';
import { readGolden } from '../../../../tools/serving-reference/goldens.ts';
import { asAdmin } from '../../../../tools/serving-reference/objects.ts';
import { STORIES } from '../../../../tools/serving-reference/stories.ts';
import { storyRuntime } from '../../../../tools/serving-reference/storyRuntime.ts';
import { type Told, tell, toldIn } from '../../../../tools/serving-reference/tell.ts';
import { HandPolicies } from '../../../controllers/kit/policies.ts';

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
  await tellAll();
}, 600_000);

afterAll(() => stop());

/** Stories wait most of their time. */
const SIDE_BY_SIDE = 6;
const told = new Map<string, Told[]>();

async function tellAll(): Promise<void> {
  const waiting = [...STORIES];
  const one = async (): Promise<void> => {
    for (let story = waiting.shift(); story !== undefined; story = waiting.shift()) {
      const { name } = story;
      const namespace = `story-${name}`;
      const metadata = { name: namespace };
      await controlPlane.api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
      const settle = asTold({ client, namespace, story: name, golden: toldIn(readGolden(name)) });
      told.set(name, await tell(story, { client, namespace, admit: asAdmin, settle }));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one));
}

describe.each(STORIES)('$title', ({ name }) => {
  it('becomes what Knative makes of it', () => {
    const found = differences(name, told.get(name) ?? [], toldIn(readGolden(name)));
    expect(unknown(found).map(sentenceOf)).toEqual([]);
  });
});
