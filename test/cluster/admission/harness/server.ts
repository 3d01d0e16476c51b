/** The webhook as a process of its own, as its Deployment runs it: the built program, with the ServiceAccount's token. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isObject, type JsonObject } from '../../../../src/kubernetes/json.ts';
import { type Guarded, startGuarded } from '../../../../tools/controlplane/process/guarded.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { ensureBuilt } from './build.ts';

const READY_SECONDS = 90;

export interface ServerOptions {
  readonly port: number;
  /** Of the ServiceAccount: a path. */
  readonly kubeconfig: string;
  /** The policy folder. */
  readonly policies: string;
  /** Further flags of `weir webhook`. */
  readonly flags?: readonly string[];
  /** Does not wait until it is ready. */
  readonly isImpatient?: boolean;
}

export interface Server {
  readonly port: number;
  readonly program: Guarded;
  /** The lines of its log. */
  log(): JsonObject[];
  /** The answer of /readyz. */
  readyz(): Promise<{ readonly status: number; readonly text: string }>;
  /** A metric by its name and labels, as Prometheus writes them; 0 where there is none. */
  metric(line: string): Promise<number>;
  /** As a crash would. */
  kill(): Promise<void>;
  /** By SIGTERM. */
  stop(): Promise<void>;
}

/** Runs `bin/weir.js webhook` on 127.0.0.1, and waits until it is ready. It ends with this process at the latest. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { port, kubeconfig, policies, flags = [], isImpatient = false } = options;
  await ensureBuilt();
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-server-'));
  const log = path.join(folder, 'log');
  const program = startGuarded({
    name: 'weir webhook',
    command: process.execPath,
    args: [
      'bin/weir.js',
      'webhook',
      `--policies=${policies}`,
      `--kubeconfig=${kubeconfig}`,
      `--port=${port}`,
      '--log-level=debug',
      '--drain-delay=0',
      ...flags,
    ],
    log,
  });
  const ask = (place: string) => answerOf(port, place);
  const end = async (how: 'kill' | 'stop'): Promise<void> => {
    await program[how]();
    rmSync(folder, { recursive: true, force: true });
  };
  const server: Server = {
    port,
    program,
    log: () => linesOf(log),
    readyz: () => ask('/readyz'),
    metric: async (line) => sumOf((await ask('/metrics')).text, line),
    kill: () => end('kill'),
    stop: () => end('stop'),
  };
  if (!isImpatient) await ready(server);
  return server;
}

export async function ready({ program, readyz }: Server): Promise<void> {
  await until('weir webhook is ready', { seconds: READY_SECONDS, of: program }, async () => {
    const { status, text } = await readyz();
    if (status !== 200) throw new Error(`/readyz says ${status}: ${text}`);
    return true;
  });
}

function linesOf(file: string): JsonObject[] {
  const lines: JsonObject[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const value = parsed(line);
    if (isObject(value)) lines.push(value);
  }
  return lines;
}

/** What Node itself writes is no JSON, nor is a line that is being written. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** As a probe asks: whoever made the certificate. */
function answerOf(port: number, place: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: place, rejectUnauthorized: false, agent: false, timeout: 5000 };
    const request = get(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('timeout', () => request.destroy(new Error(`${place} is not answered`)));
    request.on('error', reject);
  });
}

/** The sum over all lines that have the name and at least these labels. */
function sumOf(text: string, wanted: string): number {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(wanted) ?? [];
  const needed = labels === '' ? [] : labels.split(',');
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (needed.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}
