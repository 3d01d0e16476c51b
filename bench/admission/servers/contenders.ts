/** The servers that are compared, each as its users start it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CertificateFiles } from './certificate.ts';
import type { Start } from './server.ts';

const HERE = import.meta.dirname;
const BIN = resolve('.cache/bench');
const OPA = join(BIN, 'opa');

export const POLICIES = resolve('policies');

/** Where everything stands that a server is started from. */
export interface Place {
  readonly folder: string;
  readonly certificates: CertificateFiles;
  readonly port: number;
  /** Weir's; the project's own unless set. */
  readonly policies?: string;
}

export function floor({ folder, certificates, port }: Place): Start {
  const { certificate, key } = certificates;
  const command = [process.execPath, join(HERE, 'floor.ts'), String(port), certificate, key];
  return { name: 'floor', command, port, folder };
}

/** As overlays/base/deployment.yaml has it. */
const NODE_OPTIONS = '--max-semi-space-size=16';

/** @param flags of Node */
export function weir({ folder, certificates, port, policies = POLICIES }: Place, flags: readonly string[] = []): Start {
  const { certificate, key } = certificates;
  const tls = ['--tls-cert', certificate, '--tls-key', key];
  const command = [
    process.execPath,
    NODE_OPTIONS,
    ...flags,
    resolve('bin/weir.js'),
    'webhook',
    '--no-cluster',
    '--policies',
    policies,
  ];
  return {
    name: 'weir',
    command: [...command, ...tls, '--port', String(port), '--drain-delay', '0'],
    port,
    folder,
    readyPath: '/readyz',
  };
}

/** Without its log of every request, which would cost it more than the judging. */
export function opa({ folder, certificates, port }: Place): Start {
  const { certificate, key } = certificates;
  const tls = ['--tls-cert-file', certificate, '--tls-private-key-file', key];
  const server = [OPA, 'run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', '--disable-telemetry'];
  const command = [...server, ...tls, join(HERE, '..', 'peers', 'admission.rego')];
  return { name: 'opa', command, port, folder };
}

/** Builds OPA from its Go module where it is missing; a sentence says why it cannot. */
export function buildOpa(): string | undefined {
  if (existsSync(OPA)) return undefined;
  mkdirSync(BIN, { recursive: true });
  process.stderr.write('building opa from its Go module; the first time takes minutes\n');
  const build = spawnSync('go', ['build', '-ldflags', '-s -w', '-o', OPA, 'github.com/open-policy-agent/opa'], {
    cwd: join(HERE, '..', 'peers', 'opa'),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (build.error !== undefined) return 'opa is left out: it needs Go, and go does not start';
  return build.status === 0 ? undefined : `opa is left out: go build ended with ${build.status}`;
}
