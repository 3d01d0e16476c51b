import type { Family } from '../process/family.ts';
import { until } from '../process/wait.ts';
import type { Api } from './api.ts';
import type { Credentials } from './credentials.ts';

const READY_SECONDS = 60;

/** Nobody renews the lease of a Node here: these two would take it for dead and evict its pods. */
const LEFT_OUT = ['-node-lifecycle-controller', '-taint-eviction-controller'];

export interface ControllerManagerOptions {
  readonly family: Family;
  readonly binary: string;
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  readonly api: Api;
}

/** Starts kube-controller-manager and waits until it works: the default namespace has its ServiceAccount and CA. */
export async function startControllerManager(options: ControllerManagerOptions): Promise<void> {
  const { family, binary, kubeconfig, credentials, api } = options;
  const program = family.start({
    name: 'kube-controller-manager',
    command: binary,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${credentials.serviceAccountKey}`,
      `--root-ca-file=${credentials.ca}`,
      `--controllers=${['*', ...LEFT_OUT].join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--profiling=false',
    ],
  });
  await until('kube-controller-manager works', { seconds: READY_SECONDS, of: program }, async () => {
    await api.get('/api/v1/namespaces/default/serviceaccounts/default');
    await api.get('/api/v1/namespaces/default/configmaps/kube-root-ca.crt');
    return true;
  });
}
