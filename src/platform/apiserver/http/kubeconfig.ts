/** The file that kubectl and clients read: where the server is, its CA, and the administrator's token. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Address {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

const NAME = 'weir';

/** JSON, which is YAML too. */
export function kubeconfigOf({ url, ca, token }: Address): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: NAME, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: 'default' } }],
    'current-context': NAME,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Written for its owner alone; whoever reads at the same time gets the old one or the new one. */
export function writeKubeconfig(file: string, address: Address): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}`;
  rmSync(half, { force: true });
  writeFileSync(half, kubeconfigOf(address), { mode: 0o600, flag: 'wx' });
  renameSync(half, file);
}
