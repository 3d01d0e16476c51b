/** A request through the platform's ingress beside the program itself and beside HAProxy doing the same hop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { cpuSeconds } from '../admission/servers/figures.ts';
import { median, table, verdict } from '../admission/table.ts';
import { isPinned } from '../apiserver/servers/contender.ts';
import { firstLine } from '../firstLine.ts';
import type { Part, PartOptions } from '../parts.ts';
import { atExit } from './atExit.ts';
import { bundled } from './bundled.ts';
import { freePort } from './freePort.ts';
import { load } from './load.ts';
import { provideHaproxy } from './peers/haproxy.ts';

/** One shows what the way adds to a request, and many show what a second of CPU is good for. */
const CONNECTIONS = { one: 1, many: 64 } as const;

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

interface Figures {
  readonly perSecond: number[];
  readonly perCpuSecond: number[];
  readonly p50: number[];
  readonly p99: number[];
}

type Rounds = ReadonlyMap<Contender, Figures>;

export async function benchHop({ isQuick, tell }: PartOptions): Promise<Part> {
  const [rounds, seconds] = isQuick ? [1, 1] : [5, 2];
  const children: ChildProcess[] = [];
  const end = (): void => {
    for (const child of children) child.kill();
  };
  atExit(end);
  const program = await start('the program itself', [await bundled('program')], children);
  const proxy = await startHaproxy(program.port, children);
  const ingress = await start('ingress', [await bundled('plane'), String(program.port)], children);
  const contenders = [
    program,
    ingress,
    await start('ingress and activator', [await bundled('plane'), String(program.port), 'proxied'], children),
    await start('node:http', [await bundled('nodeHttp'), String(program.port)], children),
    proxy.contender,
  ];
  for (const contender of contenders) await load(contender.port, CONNECTIONS.many, seconds);
  const inTurns = async (connections: number): Promise<Rounds> => {
    const all = emptyRounds(contenders);
    for (let round = 0; round < rounds; round++) {
      for (const [contender, figures] of all) {
        tell(`${contender.name}, ${connections} at once`);
        await measure(contender, connections, seconds, figures);
      }
    }
    return all;
  };
  const one = await inTurns(CONNECTIONS.one);
  const many = await inTurns(CONNECTIONS.many);
  end();

  const of = (contender: Contender) => figuresOf(contender, one, many);
  const theirs = of(proxy.contender);
  const bare = of(program);
  const rows = contenders.map((each) => {
    const { perSecond, perCpuSecond, p50, p99 } = of(each);
    const isHop = each !== program;
    return [
      each.name,
      perSecond.toFixed(0),
      perCpuSecond.toFixed(0),
      isHop ? `${(perCpuSecond / theirs.perCpuSecond).toFixed(2)} x` : '',
      isHop ? `${(p50 - bare.p50).toFixed(3)} ms` : `(${p50.toFixed(3)} ms)`,
      isHop ? `${(p99 - bare.p99).toFixed(3)} ms` : `(${p99.toFixed(3)} ms)`,
    ];
  });
  const head = ['', 'requests/s', 'requests/CPU s of its own', 'of HAProxy', 'added p50', 'added p99'];
  const share = of(ingress).perCpuSecond / theirs.perCpuSecond;
  return {
    text:
      `100 bytes over connections that stay, ${rounds} rounds of ${seconds} s each, medians; ${proxy.version} with one ` +
      `thread; ${isPinned ? 'servers and load on a core each' : `all of ${cpus().length} cores`}\n\n${table(head, rows)}`,
    aims: [verdict('a third of what HAProxy does with a second of CPU', share > 1 / 3, `${share.toFixed(2)} of it`)],
  };
}

/** The contenders in turns, so that what else the machine does hits all. */
function emptyRounds(contenders: readonly Contender[]): Map<Contender, Figures> {
  return new Map(
    contenders.map((each): [Contender, Figures] => [each, { perSecond: [], perCpuSecond: [], p50: [], p99: [] }]),
  );
}

async function measure(contender: Contender, connections: number, wanted: number, figures: Figures): Promise<void> {
  const cpuBefore = cpuSeconds(contender.pid);
  const { requests, seconds, p50, p99 } = await load(contender.port, connections, wanted);
  figures.perSecond.push(requests / seconds);
  figures.perCpuSecond.push(requests / (cpuSeconds(contender.pid) - cpuBefore));
  figures.p50.push(p50);
  figures.p99.push(p99);
}

/** What a second of CPU is good for under load, and latency with one request at a time. */
function figuresOf(
  contender: Contender,
  one: Rounds,
  many: Rounds,
): { readonly perSecond: number; readonly perCpuSecond: number; readonly p50: number; readonly p99: number } {
  const [single, loaded] = [one.get(contender), many.get(contender)];
  return {
    perSecond: median(loaded?.perSecond ?? []),
    perCpuSecond: median(loaded?.perCpuSecond ?? []),
    p50: median(single?.p50 ?? []),
    p99: median(single?.p99 ?? []),
  };
}

async function start(name: string, args: readonly string[], children: ChildProcess[]): Promise<Contender> {
  const child = spawnPinned(process.execPath, args, children);
  return { name, port: Number(await firstLine(child, name)), pid: child.pid ?? 0 };
}

async function startHaproxy(
  target: number,
  children: ChildProcess[],
): Promise<{ readonly contender: Contender; readonly version: string }> {
  const { program: file, libraries, version } = await provideHaproxy();
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-haproxy-'));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const config = path.join(folder, 'haproxy.cfg');
  writeFileSync(
    config,
    `global
  nbthread 1
defaults
  mode http
  timeout client 300s
  timeout server 300s
  timeout connect 5s
  option forwardfor
  http-reuse always
frontend hop
  bind 127.0.0.1:${port}
  default_backend program
backend program
  server program 127.0.0.1:${target}
`,
  );
  const child = spawnPinned(file, ['-db', '-f', config], children, { ...process.env, LD_LIBRARY_PATH: libraries });
  await untilListening(port, child);
  return { contender: { name: 'HAProxy', port, pid: child.pid ?? 0 }, version };
}

function spawnPinned(
  file: string,
  args: readonly string[],
  children: ChildProcess[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  // taskset becomes the program: the process is the same
  const [command = '', ...rest] = isPinned
    ? ['taskset', '-c', String(cpus().length - 1), file, ...args]
    : [file, ...args];
  const child = spawn(command, rest, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}`);
    const socket = connect({ port, host: '127.0.0.1' });
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
