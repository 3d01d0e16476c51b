import path from 'node:path';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { writeKubeconfig } from '../../../src/platform/kubeconfig.ts';
import type { ControlPlane } from '../controlPlane.ts';
import { until } from '../process/wait.ts';

const SECONDS = 20;
const A_DAY = 86_400;

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** A token of the ServiceAccount, good for a day: whoever bears it has exactly its rights. */
export async function tokenOf(controlPlane: ControlPlane, { namespace, name }: ServiceAccountName): Promise<string> {
  return await until(`the ServiceAccount ${namespace}/${name} has a token`, { seconds: SECONDS }, async () => {
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: A_DAY },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    return stringAt(await controlPlane.api.create(path, request), 'status', 'token');
  });
}

/** A kubeconfig of the ServiceAccount in the control plane's folder: a path. */
export async function kubeconfigOf(controlPlane: ControlPlane, account: ServiceAccountName): Promise<string> {
  const { namespace, name } = account;
  const file = path.join(controlPlane.folder, `${namespace}.${name}.kubeconfig`);
  const token = await tokenOf(controlPlane, account);
  writeKubeconfig(file, { ...controlPlane, user: `${namespace}.${name}`, token, namespace });
  return file;
}
