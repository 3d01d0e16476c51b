/** What may go wrong around the controllers, on a kube-apiserver of its own, which is killed and revived. */
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { type OwnControlPlane, startControlPlane } from '../../../../tools/controlplane/start.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { FAULTS, RESTARTED } from '../../../controllers/kit/faults.ts';
import { clusterOver } from '../../harness/controllers.ts';

jest.setTimeout(240_000);

const MANY = 100;

let controlPlane: OwnControlPlane;
let cluster: Cluster;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  const { kubectl, kubeconfig, killApiServer, reviveApiServer } = controlPlane;
  const restart = async (): Promise<void> => {
    await killApiServer();
    await reviveApiServer();
  };
  cluster = await clusterOver({ kubectl, kubeconfig, restart });
});

afterAll(async () => {
  await cluster?.stop();
  await controlPlane?.stop();
});

describe('the end is right, and no write too many, where', () => {
  let made = 0;
  it.each([...FAULTS, RESTARTED])('$name', async ({ happen }) => {
    const namespace = `fault-${++made}`;
    await cluster.namespace(namespace);
    await happen(cluster, namespace, MANY);
  });
});
