/** The controllers' process: its clock, and what it says of itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cpuSeconds, peakMiB } from '../admission/servers/figures.ts';
import { firstLine } from '../firstLine.ts';

export interface Controllers {
  setClock(moment: Date): void;
  /** The value of a series of /metrics, the sum of those whose labels hold the text. */
  metric(name: string, labels?: string): Promise<number>;
  cpuSeconds(): number;
  /** The most that it ever took. */
  peakMiB(): number;
  stop(): Promise<void>;
}

export interface ControllersOptions {
  readonly kubeconfig: string;
  readonly policies: string;
  readonly names: readonly string[];
  readonly begins: Date;
}

export async function startControllersProcess(options: ControllersOptions): Promise<Controllers> {
  const { kubeconfig, policies, names, begins } = options;
  const program = path.join(import.meta.dirname, 'controllers.ts');
  const args = [program, kubeconfig, policies, names.join(','), String(begins.getTime())];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { metricsPort } = JSON.parse(await firstLine(child, "the controllers' process"));
  const pid = child.pid ?? 0;
  return {
    setClock: (moment) => void child.stdin?.write(`${moment.getTime()}\n`),
    async metric(name, labels = '') {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
      return sumOf(await answer.text(), name, labels);
    },
    cpuSeconds: () => cpuSeconds(pid),
    peakMiB: () => peakMiB(pid),
    async stop() {
      const ended = once(child, 'exit');
      child.stdin?.end('stop\n');
      await ended;
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
