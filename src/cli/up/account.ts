/** Who Weir's own parts are on the platform: each a ServiceAccount, with its rights and no more. */
import type { Client } from '../../kubernetes/client/client.ts';
import { serviceAccounts } from '../../kubernetes/client/resources.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { writeKubeconfig } from '../../platform/kubeconfig.ts';
import { Failure } from '../failure.ts';
import type { Platform } from './platform.ts';

/** A token that outlives every run: a start asks for a new one. */
const TOKEN_SECONDS = 365 * 86_400;

/** Writes a kubeconfig of the ServiceAccount. It is one on this machine alone, as the administrator's is. */
export async function accountsKubeconfig(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { client, platform }: { readonly client: Client; readonly platform: Platform },
  file: string,
): Promise<string> {
  const token = await tokenOf({ namespace, name }, TOKEN_SECONDS, client);
  writeKubeconfig(file, { server: platform.server, ca: platform.ca, user: name, token, namespace });
  return file;
}

/** As a kubelet asks for it for a Pod. @throws ApiError where there is no such ServiceAccount */
export async function tokenOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  seconds: number,
  client: Client,
): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  };
  const answer = await client.createAt(serviceAccounts, { namespace, name, subresource: 'token' }, request);
  const token = stringAt(answer, 'status', 'token');
  if (token === undefined) {
    throw new Failure(`${client.name} gives no token for the ServiceAccount ${namespace}/${name}`);
  }
  return token;
}
