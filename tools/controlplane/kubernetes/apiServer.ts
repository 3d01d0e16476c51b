import { readFileSync } from 'node:fs';
import type { Family } from '../process/family.ts';
import type { Guarded } from '../process/guarded.ts';
import { until } from '../process/wait.ts';
import { apiOf } from './api.ts';
import type { Credentials } from './credentials.ts';

const READY_SECONDS = 90;

export interface ApiServerOptions {
  readonly family: Family;
  readonly binary: string;
  /** The port stays the same over a restart, so that clients find it again. */
  readonly port: number;
  readonly etcd: string;
  readonly credentials: Credentials;
  /** Further flags, which win over those below. */
  readonly flags: readonly string[];
}

/** Starts kube-apiserver and waits until /readyz says so. Its certificate is made at the first start and kept. */
export async function startApiServer(options: ApiServerOptions): Promise<Guarded> {
  const { family, binary, port, etcd, credentials, flags } = options;
  const program = family.start({
    name: 'kube-apiserver',
    command: binary,
    args: [
      `--etcd-servers=${etcd}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${credentials.certificates}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${credentials.serviceAccountKey}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
      `--token-auth-file=${credentials.tokenFile}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/16',
      '--profiling=false',
      ...flags,
    ],
  });
  await until('kube-apiserver is ready', { seconds: READY_SECONDS, of: program }, async () => {
    const ca = readFileSync(credentials.ca, 'utf8');
    const answer = await apiOf({ server: urlOf(port), ca, token: credentials.token }).ask('GET', '/readyz');
    return answer.status === 200;
  });
  return program;
}

export function urlOf(port: number): string {
  return `https://127.0.0.1:${port}`;
}
