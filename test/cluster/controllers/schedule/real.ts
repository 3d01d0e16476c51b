/** The control plane of the suites, as the kit of the controllers' tests wants a cluster. */

import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { cluster } from '../../harness/cluster.ts';
import { clusterOver } from '../../harness/controllers.ts';

const FILE = 'overlays/base/scalingschedules.yaml';

/** With the kind ScalingSchedule, as overlays/base has it. */
export async function realCluster(): Promise<Cluster> {
  const { kubectl, kubeconfig } = cluster();
  const made = await kubectl(['apply', '--server-side', '-f', FILE]);
  if (made.code !== 0) throw new Error(made.stderr);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/scalingschedules.weir.dev']);
  const restart = () => Promise.reject(new Error('other suites use it, too'));
  return clusterOver({ kubectl, kubeconfig, restart });
}
