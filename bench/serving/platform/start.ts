/** The platform of `weir up` as it is shipped, in a process and a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { connect } from '../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { cpuSeconds, residentMiB } from '../../admission/servers/figures.ts';
import { atExit } from '../atExit.ts';

export interface Platform {
  readonly client: Client;
  readonly ingressPort: number;
  readonly metricsUrl: string;
  /** Of the process that does everything; what Pods run is not counted. */
  cpuSeconds(): number;
  residentMiB(): number;
  stop(): Promise<void>;
}

/** For which the platform runs a program. */
export const IMAGE = 'bench.example.com/hello';

const UP_WITHIN_MS = 60_000;
const BUNDLES = path.resolve('node_modules/.cache/weir');

export interface PlatformOptions {
  /** What IMAGE stands for. */
  readonly command: readonly string[];
  /** The folder for V8's profile of the process, which it writes at its end. */
  readonly profile?: string | undefined;
}

export async function startPlatform({ command, profile }: PlatformOptions): Promise<Platform> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-platform-'));
  const state = path.join(folder, 'state');
  const bundle = path.join(BUNDLES, `bench-platform-${process.pid}`);
  const tidy = (): void => {
    for (const each of [folder, bundle]) rmSync(each, { recursive: true, force: true });
  };
  const forgetFolder = atExit(tidy);
  const program = await bundled(bundle);
  const images = { [IMAGE]: { command } };
  const project = { apiVersion: 'weir.dev/v1alpha1', kind: 'Configuration', images };
  writeFileSync(path.join(folder, 'weir.yaml'), JSON.stringify(project));

  // as bin/weir.js tunes it
  const flags = ['--semi-space-growth-factor=1', '--heap-growing-percent=40'];
  if (profile !== undefined) flags.push('--cpu-prof', `--cpu-prof-dir=${profile}`);
  const args = ['up', folder, '--folder', state, '--port', '0', '--ingress-port', '0'];
  const child = spawn(process.execPath, [...flags, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  const forgetChild = atExit(() => child.kill());
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const failed = (): void => reject(new Error(`the platform did not come up:\n${[...said, ...lines].join('\n')}`));
    setTimeout(failed, UP_WITHIN_MS).unref();
    child.once('exit', failed);
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('Ctrl-C stops')) resolve();
    });
  });
  const banner = lines.join('\n');
  const connection = await connect({
    kubeconfig: path.join(state, 'kubeconfig'),
    environment: {},
    clock: systemClock,
  });
  const pid = child.pid ?? 0;
  return {
    client: clientOver(connection),
    ingressPort: Number(/ services +http:\S+?\.localhost:(\d+)/.exec(banner)?.[1]),
    metricsUrl: / metrics .* (http:\S+)/.exec(banner)?.[1] ?? '',
    cpuSeconds: () => cpuSeconds(pid),
    residentMiB: () => residentMiB(pid),
    async stop() {
      connection.close();
      child.kill('SIGTERM');
      await gone;
      tidy();
      forgetChild();
      forgetFolder();
    },
  };
}

/** Inside the checkout, where its packages and its policies are found. */
async function bundled(outdir: string): Promise<string> {
  mkdirSync(outdir, { recursive: true });
  const { build } = await import('esbuild');
  const { AS_SHIPPED } = await import('../../../tools/build/options.ts');
  const entryPoints = { weir: path.join(import.meta.dirname, 'weir.ts') };
  await build({ ...AS_SHIPPED, entryPoints, outdir, splitting: true, outExtension: { '.js': '.mjs' } });
  const [file = ''] = readdirSync(outdir).filter((name) => name === 'weir.mjs');
  return path.join(outdir, file);
}
