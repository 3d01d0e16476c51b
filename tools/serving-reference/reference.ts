/** Knative's own controllers as listeners of stories. */
import { randomBytes } from 'node:crypto';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import { connect } from '../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import type { ControlPlane } from '../controlplane/controlPlane.ts';
import { until } from '../controlplane/process/wait.ts';
import { asTold } from './asTold.ts';
import { quiet } from './quiet.ts';
import type { Story } from './story.ts';
import { type Told, tell } from './tell.ts';
import { startWorld } from './world.ts';

/** Nothing has to change for so long before a step counts as done. */
const QUIET_MS = 5_000;

/** Of the images in the stories: nothing answers for them here. */
const SKIPPED = 'kind.local,ko.local,dev.local,gcr.io,ghcr.io,index.docker.io,your-private-registry.com,myregistry';

export interface Reference {
  /**
   * In a namespace of its own, which is deleted after it.
   *
   * @param golden what is waited for after each step; without it a step is done when nothing has changed for a while
   */
  tellStory(story: Story, golden?: readonly Told[]): Promise<Told[]>;
  stop(): Promise<void>;
}

/** @param controlPlane with Knative */
export async function reference(controlPlane: ControlPlane): Promise<Reference> {
  const { api, kubeconfig } = controlPlane;
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  const client = clientOver(connection);
  await api.patch('/api/v1/namespaces/knative-serving/configmaps/config-deployment', {
    data: { 'registries-skipping-tag-resolving': SKIPPED },
  });
  const world = await startWorld(api, (error) => process.stderr.write(`${String(error)}\n`));

  return {
    async tellStory(story, golden) {
      const namespace = `story-${randomBytes(4).toString('hex')}`;
      await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      await until(`${namespace} has its ServiceAccount`, { seconds: 20 }, () =>
        api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`),
      );
      // the one that stories name
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'shop' } };
      await api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, account);
      world.add(namespace);
      try {
        const settle =
          golden === undefined
            ? () => quiet(client, namespace, QUIET_MS).then(() => undefined)
            : asTold({ client, namespace, story: story.name, golden });
        return await tell(story, { client, namespace, settle });
      } finally {
        await api.delete(`/api/v1/namespaces/${namespace}`);
      }
    },
    async stop() {
      await world.stop();
      connection.close();
    },
  };
}
