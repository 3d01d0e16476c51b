/** The controllers' process: its clock, and what it says of itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { cpuSeconds, peakMiB, residentMiB } from '../admission/servers/figures.ts';
import { firstLine } from '../firstLine.ts';

export interface Controllers {
  setClock(moment: Date): void;
  /** The value of a series of /metrics, the sum of those whose labels hold the text. */
  metric(name: string, labels?: string): Promise<number>;
  /** The same of several series at one moment, by one request. */
  metrics(): Promise<(name: string, labels?: string) => number>;
  cpuSeconds(): number;
  residentMiB(): number;
  /** The most that it ever took. */
  peakMiB(): number;
  leads(): Promise<boolean>;
  /** As a crash or the kernel does: no word to anybody. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface ControllersOptions {
  readonly kubeconfig: string;
  readonly policies: string;
  readonly names: readonly string[];
  readonly begins: Date;
  /** Of `bundleControllers`; the sources as they are unless set. */
  readonly program?: string;
  /** For Node.js. */
  readonly flags?: readonly string[];
}

const SOURCE = path.join(import.meta.dirname, 'controllers.ts');
/** Inside the checkout, where its packages are found. */
const BUNDLES = path.resolve('node_modules/.cache/weir');
/** One file, built as tools/build builds the program: what compiles TypeScript is no part of what is measured. */
export async function bundleControllers(): Promise<string> {
  const outfile = path.join(BUNDLES, `bench-controllers-${process.pid}.mjs`);
  process.on('exit', () => rmSync(outfile, { force: true }));
  const { build } = await import('esbuild');
  const { AS_SHIPPED } = await import('../../tools/build/options.ts');
  await build({ ...AS_SHIPPED, entryPoints: [SOURCE], outfile });
  return outfile;
}

export async function startControllersProcess(options: ControllersOptions): Promise<Controllers> {
  const { kubeconfig, policies, names, begins, program = SOURCE, flags = [] } = options;
  const args = [...flags, program, kubeconfig, policies, names.join(','), String(begins.getTime())];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  const gone = once(child, 'exit');
  // whoever writes to one that was killed hears of it by its end
  child.stdin?.on('error', () => {});
  const { metricsPort } = JSON.parse(await firstLine(child, "the controllers' process"));

  async function metrics() {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    const text = await answer.text();
    return (name: string, labels = '') => sumOf(text, name, labels);
  }
  const metric = async (name: string, labels?: string) => (await metrics())(name, labels);

  return {
    setClock: (moment) => void child.stdin?.write(`${moment.getTime()}\n`),
    metric,
    metrics,
    cpuSeconds: () => cpuSeconds(pid),
    residentMiB: () => residentMiB(pid),
    peakMiB: () => peakMiB(pid),
    leads: async () => (await metric('leader_election_master_status')) === 1,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.stdin?.end('stop\n');
      await gone;
    },
  };
}

function sumOf(text: string, name: string, labels: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (line.includes(labels)) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}
