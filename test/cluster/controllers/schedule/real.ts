/** The control plane of the suites, as the kit of the controllers' tests wants a cluster. */

import { clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { cluster } from '../../harness/cluster.ts';

const FILE = 'overlays/base/scalingschedules.yaml';

/** With the kind ScalingSchedule, as overlays/base has it. */
export async function realCluster(): Promise<Cluster> {
  const { kubectl, kubeconfig } = cluster();
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

  const made = await kubectl(['apply', '--server-side', '-f', FILE]);
  if (made.code !== 0) throw new Error(made.stderr);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/scalingschedules.weir.dev']);
  const { client } = await newClient();
  return {
    client,
    find: discoveryOf(client),
    kubeconfig,
    apply,
    namespace: (name) => apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    connect: newClient,
    restart: () => Promise.reject(new Error('other suites use it, too')),
    async stop() {
      for (const connection of connections) connection.close();
    },
  };
}
