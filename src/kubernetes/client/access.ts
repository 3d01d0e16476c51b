/** Where the API server is and how to talk to it, as a pod's own files or a kubeconfig say. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { type Credentials, tokenFile } from './credentials.ts';
import { ConnectionError, whyUnread } from './errors.ts';
import { readKubeconfig } from './kubeconfig.ts';

/** PEM that stands in a file, which may be written anew, or in the configuration itself. */
export type Pem = { readonly file: string } | { readonly text: string };

export interface Access {
  /** `https://127.0.0.1:6443`, without a slash at its end; may have a path. */
  readonly server: string;
  /** The context's name; empty in a cluster. */
  readonly context: string;
  /** The namespace that the context or the pod is in. */
  readonly namespace: string;
  readonly credentials: Credentials;
  /** Who may have signed the server's certificate; absent: whom Node trusts. */
  readonly ca?: Pem;
  /** The client's certificate and its key. */
  readonly cert?: Pem;
  readonly key?: Pem;
  /** The name that the server's certificate must bear, where that is not the address. */
  readonly serverName?: string;
  /** True where the configuration says not to verify the server's certificate. */
  readonly isUnverified?: boolean;
}

export interface AccessOptions {
  /** A kubeconfig file; without it the pod's own ServiceAccount, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  /** Without it the kubeconfig's current one. */
  readonly context?: string;
  /** KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, HOME. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Where a pod finds its token; for tests. */
  readonly serviceAccountFolder?: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export async function findAccess(options: AccessOptions): Promise<Access> {
  const { kubeconfig, environment } = options;
  if (kubeconfig !== undefined) return fromFiles([kubeconfig], options);
  if (options.context === undefined) {
    const inCluster = await fromServiceAccount(options);
    if (inCluster !== undefined) return inCluster;
  }

  const named = (environment.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  return fromFiles(named.length > 0 ? named : [path.join(environment.HOME ?? homedir(), '.kube', 'config')], options);
}

/** As a pod sees its cluster (client-go rest.InClusterConfig); undefined outside of one. */
async function fromServiceAccount(options: AccessOptions): Promise<Access | undefined> {
  const { environment, clock, serviceAccountFolder: folder = SERVICE_ACCOUNT } = options;
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment;
  if (host === '' || port === '') return undefined;

  const credentials = tokenFile(path.join(folder, 'token'), {}, clock);
  await credentials.current();
  const namespace = await readFile(path.join(folder, 'namespace'), 'utf8').catch(() => 'default');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    context: '',
    namespace: namespace.trim(),
    credentials,
    ca: { file: path.join(folder, 'ca.crt') },
  };
}

async function fromFiles(files: readonly string[], options: AccessOptions): Promise<Access> {
  const texts: { file: string; text: string }[] = [];
  for (const file of files) {
    try {
      texts.push({ file, text: await readFile(file, 'utf8') });
    } catch (error) {
      // as kubectl: of several named files some may be missing
      if (files.length > 1) continue;
      const message = `the kubeconfig ${file} cannot be read: ${whyUnread(error)}; name one with --kubeconfig or KUBECONFIG`;
      throw new ConnectionError('KUBECONFIG', message, error);
    }
  }
  return readKubeconfig(texts, options);
}
