/** `npm run demo` as its readers run it: the whole of it, by kubectl and without one. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { findKubectl } from '../../tools/controlplane/build/kubectl.ts';
import { type RunResult, run } from '../../tools/controlplane/process/run.ts';
import { SHOP } from '../../tools/demo/shop.ts';
import { weir } from '../cli/harness.ts';

jest.setTimeout(180_000);
const SECONDS = 150;

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'weir-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kubectl = await findKubectl();
const isBuilt = existsSync(path.join(root, 'dist/weir.js'));

/** In a folder for temporary files of its own, which is empty afterwards. */
async function demo(name: string, env: Readonly<Record<string, string | undefined>>): Promise<RunResult> {
  const TMPDIR = path.join(folder, name);
  mkdirSync(TMPDIR);
  const args = ['--no-warnings', path.join(root, 'tools/demo.ts')];
  const result = await run(process.execPath, args, { env: { ...env, TMPDIR }, seconds: SECONDS });
  expect(readdirSync(TMPDIR)).toEqual([]);
  return result;
}

/** The programs that a start needs, and no kubectl. */
function pathWithout(): string {
  const tools = path.join(folder, 'tools');
  mkdirSync(tools);
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of ['rm', 'sleep']) {
    const found = folders.map((each) => path.join(each, name)).find((file) => existsSync(file));
    if (found !== undefined) symlinkSync(found, path.join(tools, name));
  }
  return tools;
}

/** What both ways of playing it have to show. */
function tells(page: () => string): void {
  const lines = () => page().split('\n');
  /** The cells of the row that starts with these. */
  const rowOf = (...cells: string[]): string[] => {
    const rows = lines().map((line) => line.trim().split(/ {2,}/));
    return rows.findLast((row) => cells.every((cell, at) => row[at] === cell))?.slice(cells.length) ?? [];
  };

  it('fits a terminal', () => {
    expect(lines().length).toBeLessThanOrEqual(85);
    expect(lines().filter((line) => line.length > 100)).toEqual([]);
  });

  it('shows what prod warns of and what it denies, each with what would be right', () => {
    const flat = page().replaceAll(/\s+/g, ' ');
    expect(flat).toContain('Warning: images/digest at /spec/template/spec/containers/0/image: image ');
    expect(flat).toContain('admission webhook "prod.policy.weir.dev" denied the request: autoscaling/max-scale at ');
    expect(flat).toContain('max-scale is 500, and prod allows at most 50. More: weir explain autoscaling/max-scale');
    expect(flat).toContain(' images/registry at ');
    expect(flat).toContain('has the tag latest; name the version that was built.');
  });

  it('shows the values of the policies', async () => {
    const { policies } = await loadPolicies(path.join(root, 'policies'), 'policies');
    const valuesOf = (name: string): unknown[] => {
      const { autoscaling, resources } = policies.get(name) ?? {};
      const { minScale, maxScale, target } = autoscaling ?? {};
      const { requests, limits } = resources ?? {};
      const values = [minScale, maxScale, target, requests?.cpu, limits?.cpu, requests?.memory, limits?.memory];
      return values.map((value) => String(value?.default));
    };
    const parts = ['requests.cpu', 'limits.cpu', 'requests.memory', 'limits.memory'].map((name) => `resources.${name}`);
    const shown = ['min-scale', 'max-scale', 'target', ...parts].map((name) => rowOf(name));
    expect(shown.map(([dev]) => dev)).toEqual(valuesOf('dev'));
    expect(shown.map(([, prod]) => prod)).toEqual(valuesOf('prod'));
  });

  it('shows what check judges differently', () => {
    expect(rowOf('Service payment', 'autoscaling/min-scale').slice(0, 2)).toEqual(['-', 'deny']);
    expect(rowOf('Service inventory', 'autoscaling/max-scale').slice(0, 2)).toEqual(['deny', '-']);
  });

  it('names commands that work', async () => {
    const named = lines().flatMap((line) => /^ {2}npx --no-install weir (.+?) {2,}/.exec(line)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(3);
    for (const command of named) {
      const { code, stdout } = await weir(command.split(' '), { cwd: root });
      expect([command, code]).toEqual([command, command.startsWith(`check ${SHOP}`) ? 1 : 0]);
      expect(stdout).not.toBe('');
    }
  });
}

(isBuilt && kubectl !== undefined ? describe : describe.skip)('npm run demo', () => {
  let played: RunResult | undefined;
  const page = () => played?.stdout ?? '';
  beforeAll(async () => {
    const { PATH, KUBEBUILDER_ASSETS, XDG_CACHE_HOME, HOME } = process.env;
    played = await demo('kubectl', { PATH, KUBEBUILDER_ASSETS, XDG_CACHE_HOME, HOME });
    expect([played.code, played.stderr]).toEqual([0, expect.stringContaining('… stopping the platform\n')]);
  });

  tells(page);

  it('shows what kubectl prints', () => {
    expect(page()).toContain(
      '  $ kubectl apply -n shop-dev -f examples/first-look/hello.yaml\n  service.serving.knative.dev/hello created\n',
    );
    expect(page()).toContain('  shop-prod   greedy\n');
  });
});

(isBuilt ? describe : describe.skip)('npm run demo, where there is no kubectl', () => {
  let played: RunResult | undefined;
  const page = () => played?.stdout ?? '';
  beforeAll(async () => {
    played = await demo('requests', { PATH: pathWithout(), XDG_CACHE_HOME: path.join(folder, 'cache') });
    expect(played).toMatchObject({ code: 0, stderr: expect.stringContaining('there is no kubectl 1.32 or newer') });
  });

  tells(page);

  it('shows what it sends', () => {
    expect(page()).toContain('  $ POST /apis/serving.knative.dev/v1/namespaces/shop-dev/services\n');
    expect(page()).toContain('\n  201 Created\n');
  });
});
