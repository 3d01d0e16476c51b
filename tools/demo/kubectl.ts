import { isObject, stringAt } from '../../src/kubernetes/json.ts';
import { type Kubectl, kubectlOf } from '../controlplane/kubernetes/kubectl.ts';
import type { RunResult } from '../controlplane/process/run.ts';
import type { Manifest, Played, Player } from './player.ts';

/** @param binary the path of kubectl @param kubeconfig the administrator's */
export async function kubectlPlayer(binary: string, kubeconfig: string): Promise<Player> {
  const kubectl = kubectlOf(binary, kubeconfig);
  return {
    name: await nameOf(kubectl),
    async apply(namespace, manifest) {
      const args = ['apply', '-n', namespace, '-f'];
      const { file, text, changes } = manifest;
      if (changes.length > 0) return played(piped(manifest, args), await kubectl([...args, '-'], text));
      return played(`kubectl ${args.join(' ')} ${file}`, await kubectl([...args, file]));
    },
    async listServices() {
      // the columns that Knative gives them are too wide for the page, and say more than the story does
      const args = ['get', 'ksvc', '-A', '-o', 'custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name'];
      return played(`kubectl ${args.join(' ')}`, await kubectl(args));
    },
    async service(namespace, name) {
      const { stdout, stderr } = await kubectl(['get', '-n', namespace, 'ksvc', name, '-o', 'json']);
      const object: unknown = stdout === '' ? undefined : JSON.parse(stdout);
      if (!isObject(object)) throw new Error(`kubectl does not show ${name} of ${namespace}: ${stderr}`);
      return object;
    },
  };
}

async function nameOf(kubectl: Kubectl): Promise<string> {
  const { stdout } = await kubectl(['version', '--client', '-o', 'json']);
  const version = stringAt(JSON.parse(stdout), 'clientVersion', 'gitVersion') ?? '';
  return `kubectl ${version}`;
}

function piped({ file, changes }: Manifest, args: readonly string[]): string {
  const scripts = changes.map((change) => `-e '${change}'`);
  return `sed ${scripts.join(' \\\n      ')} \\\n      ${file} | kubectl ${args.join(' ')} -`;
}

function played(typed: string, { code, stdout, stderr }: RunResult): Played {
  return { typed, output: `${stderr}${stdout}`, isRefused: code !== 0 };
}
