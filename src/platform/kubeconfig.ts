import { writeFileSync } from 'node:fs';

export interface KubeconfigOptions {
  readonly server: string;
  readonly ca: string;
  /** The user's name in the file; the API server knows it by the token alone. */
  readonly user: string;
  readonly token: string;
  readonly namespace?: string;
}

/** Writes a kubeconfig of one context, `weir`, for its owner alone. JSON is YAML. */
export function writeKubeconfig(file: string, { server, ca, user, token, namespace }: KubeconfigOptions): void {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weir',
    clusters: [{ name: 'weir', cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'weir', context: { cluster: 'weir', user, namespace: namespace ?? 'default' } }],
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
