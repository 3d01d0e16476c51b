import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findKubectl, provideKubectl } from '../../../tools/controlplane/build/kubectl.ts';

const before = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-kubectl-'));
  delete process.env.KUBEBUILDER_ASSETS;
  process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
  process.env.PATH = ['old', 'new', 'odd'].map((name) => path.join(folder, name)).join(path.delimiter);
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

function bring(place: string, script: string): string {
  mkdirSync(path.join(folder, place), { recursive: true });
  const file = path.join(folder, place, 'kubectl');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const version = (text: string) => `echo '{"clientVersion": {"gitVersion": "${text}"}}'`;

describe('kubectl', () => {
  it('is that of KUBEBUILDER_ASSETS first', async () => {
    bring('new', version('v1.36.3'));
    process.env.KUBEBUILDER_ASSETS = path.join(folder, 'assets');
    const brought = bring('assets', 'exit 1');
    expect(await findKubectl()).toBe(brought);
  });

  it('is else the first of PATH that is new enough', async () => {
    bring('old', version('v1.31.9'));
    expect(await findKubectl()).toBeUndefined();
    const newer = bring('new', version('v1.32.0-eks.1'));
    expect(await findKubectl()).toBe(newer);
  });

  it.each(['exit 1', 'echo nonsense', 'echo {}', version('of my own')])(
    'is none that answers by: %s',
    async (script) => {
      bring('odd', script);
      expect(await findKubectl()).toBeUndefined();
    },
  );

  it('cannot be built without Go, which a sentence says', async () => {
    const silent = { write: () => {} };
    await expect(provideKubectl(silent)).rejects.toThrow('Go is needed to build kubectl, and there is no "go" in PATH');
  });
});
