/** What may go wrong around the controllers, on a kube-apiserver of its own, which is killed and revived. */
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { type OwnControlPlane, startControlPlane } from '../../../../tools/controlplane/start.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { FAULTS, RESTARTED } from '../../../controllers/kit/faults.ts';

jest.setTimeout(240_000);

const MANY = 100;

let controlPlane: OwnControlPlane;
let cluster: Cluster;
const connections: Connection[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = await clusterOf(controlPlane);
});

afterAll(async () => {
  for (const connection of connections) connection.close();
  await controlPlane?.stop();
});

async function clusterOf(own: OwnControlPlane): Promise<Cluster> {
  const { kubectl, kubeconfig, killApiServer, reviveApiServer } = own;

  async function newClient() {
    const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
    connections.push(connection);
    return { client: clientOver(connection), connection };
  }

  async function apply(...objects: readonly JsonObject[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const { code, stderr } = await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list);
    if (code !== 0) throw new Error(stderr);
  }

  const { client } = await newClient();
  return {
    client,
    find: discoveryOf(client),
    kubeconfig,
    apply,
    namespace: (name) => apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    connect: newClient,
    async restart() {
      await killApiServer();
      await reviveApiServer();
    },
    stop: async () => {},
  };
}

describe('the end is right, and no write too many, where', () => {
  let made = 0;
  it.each([...FAULTS, RESTARTED])('$name', async ({ happen }) => {
    const namespace = `fault-${++made}`;
    await cluster.namespace(namespace);
    await happen(cluster, namespace, MANY);
  });
});
