/** `weir up` as its users start it, and what its two processes' worth of metrics say. */
import { request } from 'node:https';
import path from 'node:path';
import type { Family } from '../../tools/controlplane/process/family.ts';
import { until } from '../../tools/controlplane/process/wait.ts';

export interface WeirUp {
  readonly kubeconfig: string;
  /** The page of `weir-webhook` or of `weir-controller`. */
  metrics(of: string): Promise<string>;
}

export async function weirUp(family: Family, folder: string): Promise<WeirUp> {
  const program = family.start({
    name: 'weir-up',
    command: process.execPath,
    args: [
      path.resolve('bin/weir.js'),
      'up',
      '--port',
      '0',
      '--folder',
      folder,
      '--policies',
      path.resolve('policies'),
    ],
    env: { HOME: folder },
  });
  const [webhook = '', controller = ''] = await until(
    'weir up says where its metrics are',
    { seconds: 120, of: program },
    () => {
      const [, ...addresses] = /^ {2}metrics +(\S+), (\S+)$/m.exec(program.tail()) ?? [];
      return addresses.length === 2 && addresses;
    },
  );
  return {
    kubeconfig: path.join(folder, 'kubeconfig'),
    metrics: async (of) => (of === 'weir-webhook' ? await textAt(webhook) : await (await fetch(controller)).text()),
  };
}

/** The webhook's certificate is of a CA of its own, which only the API server is told. */
function textAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.end();
  });
}
