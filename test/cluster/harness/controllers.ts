/** A kube-apiserver, as the kit of the controllers' tests wants a cluster. */
import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Kubectl } from '../../../tools/controlplane/kubernetes/kubectl.ts';
import type { Cluster } from '../../controllers/kit/cluster.ts';

export interface RealClusterOptions {
  readonly kubectl: Kubectl;
  readonly kubeconfig: string;
  restart(): Promise<void>;
}

/** Its `stop` closes the connections alone: the control plane is whoever's that started it. */
export async function clusterOver({ kubectl, kubeconfig, restart }: RealClusterOptions): Promise<Cluster> {
  const connections: Connection[] = [];

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
    restart,
    async stop() {
      for (const connection of connections) connection.close();
    },
  };
}
