/** `npm run bench:serving`: a request through the platform's ingress beside the program itself and beside HAProxy. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { cpuSeconds } from '../admission/servers/figures.ts';
import { load as busy, median, table, verdict } from '../admission/table.ts';
import { isPinned } from '../apiserver/servers/contender.ts';
import { firstLine } from '../firstLine.ts';
import { load } from './load.ts';
import { provideHaproxy } from './peers/haproxy.ts';

const USAGE = `usage: npm run bench:serving -- [--quick]
  --quick   short rounds: to see that everything works, not for figures
`;
const { values } = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' } } });
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const ROUNDS = values.quick === true ? 1 : 5;
const SECONDS = values.quick === true ? 1 : 2;
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

const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-serving-'));
const children: ChildProcess[] = [];
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.on('exit', () => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

const program = await start('the program itself', [await bundled('program')]);
const proxy = await startHaproxy(program.port);
const contenders = [
  program,
  await start('ingress', [await bundled('plane'), String(program.port)]),
  await start('ingress and activator', [await bundled('plane'), String(program.port), 'proxied']),
  await start('node:http', [await bundled('nodeHttp'), String(program.port)]),
  proxy.contender,
];

process.stdout.write(
  `100 bytes over connections that stay, ${ROUNDS} rounds of ${SECONDS} s each, medians; ${proxy.version} with one thread; ` +
    `${isPinned ? 'servers and load on a core each' : `all of ${cpus().length} cores`}; load of the machine ${busy()}\n\n`,
);
for (const contender of contenders) await load(contender.port, CONNECTIONS.many, SECONDS);
const one = await rounds(CONNECTIONS.one);
const many = await rounds(CONNECTIONS.many);
report();
process.exit(0);

/** The contenders in turns, so that what else the machine does hits all. */
async function rounds(connections: number): Promise<Map<Contender, Figures>> {
  const all = new Map(
    contenders.map((each): [Contender, Figures] => [each, { perSecond: [], perCpuSecond: [], p50: [], p99: [] }]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [contender, figures] of all) {
      process.stderr.write(`${contender.name}, ${connections} at once\n`);
      const cpuBefore = cpuSeconds(contender.pid);
      const { requests, seconds, p50, p99 } = await load(contender.port, connections, SECONDS);
      figures.perSecond.push(requests / seconds);
      figures.perCpuSecond.push(requests / (cpuSeconds(contender.pid) - cpuBefore));
      figures.p50.push(p50);
      figures.p99.push(p99);
    }
  }
  return all;
}

function report(): void {
  const theirs = figuresOf(proxy.contender);
  const bare = figuresOf(program);
  const rows = contenders.map((each) => {
    const { perSecond, perCpuSecond, p50, p99 } = figuresOf(each);
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
  process.stdout.write(`${table(head, rows)}\n\n`);

  const ingress = contenders[1];
  if (ingress === undefined) return;
  const own = figuresOf(ingress);
  const share = own.perCpuSecond / theirs.perCpuSecond;
  process.stdout.write(
    `${verdict('a third of what HAProxy does with a second of CPU', share > 1 / 3, `${share.toFixed(2)} of it`)}\n`,
  );
}

/** What a second of CPU is good for under load, and latency with one request at a time. */
function figuresOf(contender: Contender): { perSecond: number; perCpuSecond: number; p50: number; p99: number } {
  const [single, loaded] = [one.get(contender), many.get(contender)];
  return {
    perSecond: median(loaded?.perSecond ?? []),
    perCpuSecond: median(loaded?.perCpuSecond ?? []),
    p50: median(single?.p50 ?? []),
    p99: median(single?.p99 ?? []),
  };
}

async function start(name: string, args: readonly string[]): Promise<Contender> {
  const child = spawnPinned(process.execPath, args);
  return { name, port: Number(await firstLine(child, name)), pid: child.pid ?? 0 };
}

async function startHaproxy(target: number): Promise<{ readonly contender: Contender; readonly version: string }> {
  const { program: file, libraries, version } = await provideHaproxy();
  const port = await freePort();
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
  const child = spawnPinned(file, ['-db', '-f', config], { ...process.env, LD_LIBRARY_PATH: libraries });
  await untilListening(port, child);
  return { contender: { name: 'HAProxy', port, pid: child.pid ?? 0 }, version };
}

function spawnPinned(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  // taskset becomes the program: the process is the same
  const [command = '', ...rest] = isPinned
    ? ['taskset', '-c', String(cpus().length - 1), file, ...args]
    : [file, ...args];
  const child = spawn(command, rest, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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

/** As it is shipped: one file. */
async function bundled(name: string): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  const entryPoints = [path.join(import.meta.dirname, 'servers', `${name}.ts`)];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node24' });
  return outfile;
}
