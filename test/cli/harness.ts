/** Runs whole command lines in-process, in a folder of their own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { rules } from '../../src/policy/rules/index.ts';
import type { CheckResult } from '../../src/report/result.ts';

export const NOW = new Date('2026-11-21T12:00:00Z');

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder with these files, by their relative paths. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'weir-test-')));
  folders.push(folder);
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: Date;
  readonly columns?: number;
  readonly isTTY?: boolean;
}

export async function weir(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { cwd = os.tmpdir(), stdin = '', env = {}, now = NOW, columns, isTTY = false } = surroundings;
  let stdout = '';
  let stderr = '';
  const bytes = typeof stdin === 'string' ? Buffer.from(stdin) : stdin;
  const io: Io = {
    stdin: (async function* () {
      yield bytes;
    })(),
    stdout: {
      isTTY,
      columns,
      write: (text: string) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text;
      },
    },
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    now: () => now,
    signal: new AbortController().signal,
  };
  const code = await main(args, io);
  return { code, stdout, stderr };
}

/** Runs `weir check … -o json` and reads what it prints. */
export async function check(
  args: readonly string[],
  surroundings: Surroundings = {},
): Promise<{ code: number; stderr: string; result: CheckResult }> {
  const { code, stdout, stderr } = await weir(['check', ...args, '-o', 'json'], surroundings);
  const result: CheckResult = JSON.parse(stdout === '' ? '{}' : stdout);
  return { code, stderr, result };
}

/** A policy folder with the environments, in which images/tag denies and nothing else says anything. */
export function tagPolicies(...environments: readonly string[]): Record<string, string> {
  const off = rules.filter(({ id }) => id !== 'images/tag' && !id.startsWith('knative/'));
  const actions = off.map(({ id }) => `    ${id}: off\n`).join('');
  return Object.fromEntries(
    environments.map((name) => [
      `policies/${name}.yaml`,
      `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: ${name}}\nspec:\n  rules:\n${actions}`,
    ]),
  );
}

export interface ServiceParts {
  readonly name?: string;
  readonly namespace?: string;
  readonly image?: string;
}

export const TAGGED = 'registry.example.com/shop/cart:1.4.2';
export const LATEST = 'registry.example.com/shop/cart:latest';

/** A Knative Service as a manifest of 10 lines: its name in line 4, its image in line 10. */
export function service({ name = 'cart', namespace = 'shop', image = LATEST }: ServiceParts = {}): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  template:
    spec:
      containers:
      - image: ${image}
`;
}
