import path from 'node:path';
import type { Family } from '../process/family.ts';
import { freePorts } from '../process/ports.ts';
import { until } from '../process/wait.ts';

const READY_SECONDS = 30;

export interface EtcdOptions {
  readonly family: Family;
  readonly binary: string;
  readonly folder: string;
  /** Waits for the disk at each write, as in production. */
  readonly fsync?: boolean;
}

/** Starts an etcd of one member, which keeps nothing over a power cut unless `fsync` is set, waits until it answers, and returns its URL. */
export async function startEtcd({ family, binary, folder, fsync = false }: EtcdOptions): Promise<string> {
  const [client = 0, peer = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const program = family.start({
    name: 'etcd',
    command: binary,
    args: [
      `--data-dir=${path.join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      ...(fsync ? [] : ['--unsafe-no-fsync']),
      '--log-level=warn',
    ],
  });
  await until('etcd is ready', { seconds: READY_SECONDS, of: program }, async () => {
    return (await fetch(`${url}/health`)).ok;
  });
  return url;
}
