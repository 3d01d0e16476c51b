/** `npm run demo`: `weir up`, played by kubectl, on a platform that lives as long as the story. */
import path from 'node:path';
import { processIo } from '../src/cli/io.ts';
import { findKubectl } from './controlplane/build/kubectl.ts';
import { kubectlPlayer } from './demo/kubectl.ts';
import { startPlatform } from './demo/platform.ts';
import { requestPlayer } from './demo/requests.ts';
import { play } from './demo/story.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const NO_KUBECTL =
  'there is no kubectl 1.32 or newer on this machine, so that the demo sends the same requests by itself';

/** On a terminal one line, which goes when something is printed; elsewhere a line each. */
const { isTTY } = process.stderr;
const CLEAR = isTTY ? '\r\u001b[2K' : '';
const tell = (what: string) => process.stderr.write(`${CLEAR}… ${what}${isTTY ? '' : '\n'}`);
const untell = () => process.stderr.write(CLEAR);

async function run(): Promise<void> {
  const binary = await findKubectl();
  if (binary === undefined) process.stderr.write(`${NO_KUBECTL}\n`);
  tell('starting the platform');
  const platform = await startPlatform(ROOT);
  try {
    const { kubeconfig } = platform;
    const player = binary === undefined ? requestPlayer(kubeconfig) : await kubectlPlayer(binary, kubeconfig);
    let gap = '';
    const write = (part: string) => {
      untell();
      process.stdout.write(`${gap}${part}\n`);
      gap = '\n';
    };
    await play({ player, io: { ...processIo(), cwd: ROOT, env: {} }, root: ROOT, write, tell });
  } finally {
    tell('stopping the platform');
    await platform.stop();
    untell();
  }
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${CLEAR}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
