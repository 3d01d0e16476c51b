import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { moduleOf, versionIn } from '../../../tools/controlplane/build/module.ts';
import { PROGRAMS } from '../../../tools/controlplane/build/programs.ts';
import { withProgress } from '../../../tools/controlplane/build/progress.ts';
import { LISTENERS, patch } from '../../../tools/controlplane/knative/listeners.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Takes down what is written, as a terminal or as a file. */
function paper(isTTY: boolean) {
  let text = '';
  return {
    isTTY,
    write(more: string) {
      text += more;
    },
    text: () => text,
  };
}

describe('the modules', () => {
  it.each(['etcd', 'kubernetes', 'knative'] as const)('%s names each of its programs in tools.go', (name) => {
    const tools = readFileSync(path.join(moduleOf(name).folder, 'tools.go'), 'utf8');
    const imported = [...tools.matchAll(/_ "(.+)"/g)].map(([, name = '']) => name);
    const built = PROGRAMS.filter(({ module }) => module === name).map((program) => program.package);
    expect(imported.toSorted()).toEqual(built.toSorted());
  });

  it('Kubernetes says its version of go.mod, and its staging modules are of the same release', () => {
    const { version, ldflags, folder } = moduleOf('kubernetes');
    expect(ldflags).toContain(`gitVersion=${version} `);
    const goMod = readFileSync(path.join(folder, 'go.mod'), 'utf8');
    const replaced = [...goMod.matchAll(/=> k8s\.io\/\S+ (\S+)/g)].map(([, release = '']) => release);
    expect(new Set(replaced)).toEqual(new Set([version.replace('v1.', 'v0.')]));
  });

  it('the cache is one folder for each content', () => {
    for (const name of ['etcd', 'kubernetes', 'knative'] as const) {
      expect(path.basename(moduleOf(name).cache)).toMatch(/^[a-z]+-v\d+\.\d+\.\d+-[0-9a-f]{16}$/);
    }
  });

  it.each([
    ['a line', 'require k8s.io/kubernetes v1.2.3'],
    ['a block', 'require (\n\tk8s.io/kubernetes v1.2.3\n)'],
  ])('reads the version in %s', (_, goMod) => {
    expect(versionIn(goMod, 'k8s.io/kubernetes')).toBe('v1.2.3');
  });
});

describe('the changed listeners of Knative', () => {
  const [listener = { file: '', from: '', to: '' }] = LISTENERS;

  it('replaces the one place', () => {
    expect(patch(`before ${listener.from} after`, listener)).toBe(`before ${listener.to} after`);
  });

  it.each([
    ['no', 'Addr: other'],
    ['two', `${listener.from} ${listener.from}`],
  ])('refuses a source with %s such place', (_, source) => {
    expect(() => patch(source, listener)).toThrow(`${listener.file} holds`);
  });
});

describe('progress', () => {
  it('is a line at the start and one at the end where nobody watches', async () => {
    const log = paper(false);
    await withProgress('building etcd', log, async () => {});
    expect(log.text()).toBe('building etcd ...\nbuilding etcd: done in 0 s\n');
  });

  it('is one line that is written over on a terminal', async () => {
    const terminal = paper(true);
    await withProgress('building etcd', terminal, async () => {});
    expect(terminal.text()).toBe('\r\u001b[2Kbuilding etcd: done in 0 s\n');
  });

  it('tells of a failure, and lets it through', async () => {
    const log = paper(false);
    const failing = withProgress('building etcd', log, () => Promise.reject(new Error('no space left')));
    await expect(failing).rejects.toThrow('no space left');
    expect(log.text()).toContain('building etcd: failed after 0 s\n');
  });
});

describe('npm run controlplane -- --build', () => {
  /** The command with an empty cache and a PATH on which no Go stands. */
  function build(extra: Readonly<Record<string, string>> = {}) {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const env = { PATH: bin, XDG_CACHE_HOME: path.join(folder, 'cache'), ...extra };
    return spawnSync(process.execPath, ['--no-warnings', 'tools/controlplane/command.ts', '--build'], {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
  }

  it('says what to install where there is no Go', () => {
    const { status, stderr } = build();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Go is needed to build etcd, kube-apiserver, kubectl, .* install Go 1\.21 or newer from/);
  });

  it('takes from KUBEBUILDER_ASSETS what is there and misses only the rest', () => {
    const assets = path.join(folder, 'assets');
    mkdirSync(assets);
    for (const name of ['etcd', 'kube-apiserver', 'kubectl']) writeFileSync(path.join(assets, name), '');
    const { status, stderr } = build({ KUBEBUILDER_ASSETS: assets });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Go is needed to build kube-controller-manager,/);
  });
});
