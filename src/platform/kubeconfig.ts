/** The file that kubectl and clients read: where an API server is, its CA, and a token of one user. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const NAME = 'weir';

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** The user's name in the file, `weir` if left out; the API server knows it by the token alone. */
  readonly user?: string;
  /** `default` if left out. */
  readonly namespace?: string;
}

/**
 * Writes a kubeconfig of one context, `weir`, for its owner alone, and its folder where there is none. Whoever reads at
 * the same time gets the old one or the new one.
 */
export function writeKubeconfig(file: string, options: KubeconfigOptions): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}`;
  rmSync(half, { force: true });
  writeFileSync(half, kubeconfigOf(options), { mode: 0o600, flag: 'wx' });
  renameSync(half, file);
}

/** JSON is YAML. */
function kubeconfigOf({ server, ca, token, user = NAME, namespace = 'default' }: KubeconfigOptions): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': NAME,
    clusters: [{ name: NAME, cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user, namespace } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
