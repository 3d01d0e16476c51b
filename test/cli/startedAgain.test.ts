/**
 * bin/weir.js on a host whose Node is too old: it starts itself again under the Node beside it, and stands between that and
 * whoever started it. Forced by a wrong version, so that it is tried on every machine, and on an old Node where one is.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { until as waitUntil } from '../../tools/controlplane/process/wait.ts';
import { folderWith, service, tagPolicies } from './harness.ts';

jest.setTimeout(240_000);

const bin = path.resolve('bin/weir.js');
const bundled = path.resolve('node_modules/node/bin/node');
const canRun = existsSync('dist/weir.js') && existsSync(bundled);
const OLDER = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });";

/** What is before `bin/weir.js` on the command line. */
type Host = readonly [node: string, ...args: string[]];

const forced: Host = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(OLDER)}`];
const hosts: [name: string, host: Host][] = [['a Node that says so', forced]];
for (const node of olderNodes()) hosts.push([node, [node]]);

function olderNodes(): string[] {
  const places = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'));
  const isOlder = (node: string) =>
    existsSync(node) && /^v(18|20|22)\./.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout);
  return places.filter(isOlder).slice(0, 1);
}

const started: ChildProcessWithoutNullStreams[] = [];

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      // its group: what it started may have outlived it
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // nobody is left
    }
  }
});

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

function start([node, ...before]: Host, args: readonly string[], { cwd, env = process.env }: Surroundings) {
  const child = spawn(node, [...before, bin, ...args], { cwd, env, detached: true });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  /** Once nobody holds its output open any more, what it started neither. */
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const until = async (what: string, holds: () => boolean) => {
    await waitUntil(what, { seconds: 120 }, () => child.exitCode !== null || holds());
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before ${what}: ${output}`);
  };
  return { child, closed, until, output: () => output };
}

function run([node, ...before]: Host, args: readonly string[], options: { cwd: string; input?: string }) {
  return spawnSync(node, [...before, bin, ...args], { ...options, encoding: 'utf8', timeout: 60_000 });
}

/** A kustomize that says what it was given, and goes on until somebody ends it. */
const KUSTOMIZE = `#!/bin/sh
env >environment
echo $$ >started
exec sleep 600
`;

/** A check that is at work, and its kustomize. */
async function startCheck(host: Host) {
  const cwd = folderWith({
    ...tagPolicies('prod'),
    'kustomization.yaml': 'resources: [cart.yaml]',
    'cart.yaml': service(),
    'bin/kustomize': KUSTOMIZE,
  });
  chmodSync(path.join(cwd, 'bin/kustomize'), 0o755);
  const PATH = [path.join(cwd, 'bin'), process.env.PATH].join(path.delimiter);
  const check = start(host, ['check', '.', '--env', 'prod'], { cwd, env: { ...process.env, PATH } });
  const read = (file: string) => (existsSync(path.join(cwd, file)) ? readFileSync(path.join(cwd, file), 'utf8') : '');
  await check.until('kustomize was called', () => read('started').endsWith('\n'));
  return { ...check, environment: read('environment'), kustomize: Number(read('started')) };
}

/** Resolves once there is no process of that number, or only what is left of one. */
async function isGone(pid: number): Promise<void> {
  await waitUntil(`process ${pid} is gone`, { seconds: 60 }, () => {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() === '' || stdout.startsWith('Z');
  });
}

const describeBuilt = canRun ? describe : describe.skip;
describeBuilt.each(hosts)(`bin/weir.js on %s${canRun ? '' : ' (skipped: not built; run npm ci)'}`, (_name, host) => {
  it('hands on input, output and exit codes', () => {
    const cwd = folderWith(tagPolicies('prod'));
    const version = run(host, ['--version'], { cwd });
    expect(version).toMatchObject({ status: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run(host, ['chek'], { cwd })).toMatchObject({ status: 2, stdout: '' });
    const check = (on: Host) => run(on, ['check', '-', '--env', 'prod'], { cwd, input: service() });
    const { status, stdout, stderr } = check([bundled]);
    expect(check(host)).toMatchObject({ status, stdout, stderr });
    expect(status).toBe(1);
  });

  it('ends with 130 when it is interrupted, and tells nobody how it was started', async () => {
    const { child, closed, environment, kustomize } = await startCheck(host);
    expect(environment).toContain('PATH=');
    expect(environment).not.toMatch(/^(NODE_CHANNEL_|WEIR_STARTED_AGAIN)/m);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    await isGone(kustomize);
  });

  it('leaves no command behind where it was killed', async () => {
    const { child, closed, kustomize, output } = await startCheck(host);
    child.kill('SIGKILL');
    await closed;
    await isGone(kustomize);
    expect(output()).toBe('');
  });

  it('leaves no platform behind where it was killed: it stops as by Ctrl-C', async () => {
    const { child, closed, until, output } = start(host, ['up', '--port', '0'], { cwd: folderWith({}) });
    await until('it is up', () => output().includes('Ctrl-C stops'));
    child.kill('SIGKILL');
    await closed;
    expect(output()).toMatch(/\nstopping\n$/);
  });
});
