import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export const NAMESPACE = 'argocd';
/** Argo CD's programs read no ConfigMap nor Secret without it. */
const LABELS = { 'app.kubernetes.io/part-of': 'argocd' };

/** What an installation of Argo CD has before anybody has set anything, as far as its programs ask for it. */
export function installation(): JsonObject[] {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE, labels: LABELS });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('argocd-cm') },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('argocd-rbac-cm') },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('argocd-notifications-cm') },
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata('argocd-notifications-secret') },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('argocd-secret'),
      stringData: { 'server.secretkey': randomBytes(24).toString('hex') },
    },
  ];
}

export interface ClusterOptions {
  readonly name: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  /** For a cluster that Argo CD does not run in. */
  readonly access?: { readonly token: string; readonly ca: string };
}

/** A cluster as Argo CD knows it: a Secret, by whose labels ApplicationSets choose. */
export function clusterSecret({ name, server, labels, access }: ClusterOptions): JsonObject {
  const config = access === undefined ? {} : configOf(access);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `cluster-${name}`,
      namespace: NAMESPACE,
      labels: { ...labels, 'argocd.argoproj.io/secret-type': 'cluster' },
    },
    stringData: { name, server, config: JSON.stringify(config) },
  };
}

/** By any name of the API server: its certificate is asked for under the one that all of them have. */
function configOf({ token, ca }: { readonly token: string; readonly ca: string }): JsonObject {
  const caData = Buffer.from(ca).toString('base64');
  return { bearerToken: token, tlsClientConfig: { caData, serverName: 'kubernetes.default.svc' } };
}
