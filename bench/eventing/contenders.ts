/** Those that bring events from a producer to subscribers, each as programs of its own on one core. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { cpuSeconds } from '../admission/servers/figures.ts';
import { isPinned } from '../apiserver/servers/contender.ts';
import { firstLine } from '../firstLine.ts';
import { atExit } from '../serving/atExit.ts';
import { bundled } from '../serving/bundled.ts';
import { freePort } from '../serving/freePort.ts';
import { built } from './peers/build.ts';
import { TYPE } from './servers/lanes.ts';

export interface Contender {
  readonly name: string;
  /** Of its ingress. */
  readonly port: number;
  readonly pid: number;
  /** Of its programs, all their threads. */
  cpuSeconds(): number;
  stop(): void;
}

export const WEIR = 'weir';
export const FORWARDER = 'forwarder';
export const NODE_HTTP = 'forwarder with node:http';
export const JETSTREAM = 'JetStream and bridge';

const SERVERS = path.join(import.meta.dirname, 'servers');

/** A folder on the disk of the bench, which goes with it. */
export function ownFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-eventing-'));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param subscriber the URL before the number of the Trigger; @param flags of Node */
export async function startWeir(
  subscriber: string,
  triggers: number,
  folder: string,
  flags: readonly string[] = [],
): Promise<Contender> {
  const program = await bundled('weir', SERVERS);
  return startNode(WEIR, [...flags, program, folder, subscriber, String(triggers)]);
}

export async function startForwarder(subscriber: string, triggers: number): Promise<Contender> {
  return startNode(FORWARDER, [await bundled('forwarder', SERVERS), subscriber, String(triggers)]);
}

export async function startNodeHttp(subscriber: string, triggers: number): Promise<Contender> {
  return startNode(NODE_HTTP, [await bundled('nodeHttp', SERVERS), subscriber, String(triggers)]);
}

/** With file storage, and each message on the disk before it is acknowledged, as Weir's events are before their 202. */
export async function startJetStream(subscriber: string, triggers: number): Promise<Contender> {
  const folder = ownFolder();
  const port = await freePort();
  const config = path.join(folder, 'nats.conf');
  const store = path.join(folder, 'store');
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"\nlog_file: "${path.join(folder, 'nats.log')}"\n` +
      `jetstream {\n  store_dir: "${store}"\n  sync_interval: always\n}\n`,
  );
  const children = [
    spawned([await built('jetstream', 'nats-server', 'github.com/nats-io/nats-server/v2'), '-c', config]),
  ];
  const bridge = await built('jetstream', 'jetstream-bridge');
  children.push(spawned([bridge, `nats://127.0.0.1:${port}`, subscriber, String(triggers), TYPE]));
  return contender(JETSTREAM, children);
}

function startNode(name: string, args: readonly string[]): Promise<Contender> {
  return contender(name, [spawned([process.execPath, '--no-warnings', ...args])]);
}

/** @param children the last of which says the port of the ingress */
async function contender(name: string, children: readonly ChildProcess[]): Promise<Contender> {
  const stop = (): void => {
    for (const child of children) child.kill();
  };
  atExit(stop);
  const [last] = children.slice(-1);
  if (last === undefined) throw new Error(`${name} has no program`);
  const port = Number(await firstLine(last, name));
  return {
    name,
    port,
    pid: last.pid ?? 0,
    cpuSeconds: () => children.reduce((sum, { pid }) => sum + cpuSeconds(pid ?? 0), 0),
    stop,
  };
}

/** On the last core, where there is more than one. */
function spawned(command: readonly string[]): ChildProcess {
  const [program = '', ...args] = isPinned ? ['taskset', '-c', String(cpus().length - 1), ...command] : command;
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}
