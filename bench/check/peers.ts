/** The programs beside which `weir check` is measured, built from their Go modules into .cache/bench. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Contender {
  readonly name: string;
  /** What it does with the files, in a few words. */
  readonly does: string;
  readonly command: readonly string[];
  /** Exit codes that mean that it did its work; breaches of policy are part of the workload. */
  readonly exits: readonly number[];
}

const HERE = import.meta.dirname;
const BIN = resolve('.cache/bench');

const PEERS = [
  { name: 'conftest', main: 'github.com/open-policy-agent/conftest' },
  { name: 'kubeconform', main: 'github.com/yannh/kubeconform/cmd/kubeconform' },
  { name: 'kyverno', main: 'github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno' },
] as const;

/** Builds what is missing; the sentence that is returned says why not all of them are there. */
export function buildPeers(): string[] {
  const problems: string[] = [];
  mkdirSync(BIN, { recursive: true });
  for (const { name, main } of PEERS) {
    const program = join(BIN, name);
    if (existsSync(program)) continue;

    process.stderr.write(`building ${name} from its Go module; the first time takes minutes\n`);
    const build = spawnSync('go', ['build', '-ldflags', '-s -w', '-o', program, main], {
      cwd: join(HERE, 'peers', name),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (build.error !== undefined) problems.push(`${name} is left out: it needs Go, and go does not start`);
    else if (build.status !== 0) problems.push(`${name} is left out: go build ended with ${build.status}`);
  }
  return problems;
}

/** Every contender that is there, the floor and Weir first. */
export function contenders(folder: string): Contender[] {
  const policies = join(HERE, 'peers', 'policies');
  const peers: Contender[] = [
    {
      name: 'conftest',
      does: 'judges by 8 checks in Rego',
      command: [join(BIN, 'conftest'), 'test', folder, '--policy', policies, '--output', 'json', '--parser', 'yaml'],
      exits: [1],
    },
    {
      name: 'kyverno apply',
      does: 'judges by 4 rules',
      command: [join(BIN, 'kyverno'), 'apply', join(policies, 'kyverno.yaml'), '--resource', folder, '--remove-color'],
      exits: [1],
    },
    {
      name: 'kubeconform',
      does: 'checks one schema, no policy',
      command: [
        join(BIN, 'kubeconform'),
        '-schema-location',
        join(policies, 'schemas', '{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json'),
        '-n',
        '1',
        folder,
      ],
      exits: [0],
    },
  ];
  return [
    {
      name: 'floor',
      does: 'reads with js-yaml, nothing else',
      command: [process.execPath, join(HERE, 'floor.ts'), folder],
      exits: [0],
    },
    {
      name: 'weir check',
      does: 'judges by every rule of prod, with places and fixes',
      command: [process.execPath, resolve('bin/weir.js'), 'check', folder, '--env', 'prod', '-o', 'json'],
      exits: [1],
    },
    ...peers.filter((peer) => existsSync(peer.command[0] ?? '')),
  ];
}
