/** Weir as users have it: an overlay, the server with its ServiceAccount's rights, and the API server asking it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { ControlPlane } from '../../../../tools/controlplane/controlPlane.ts';
import { kubeconfigOf } from '../../../../tools/controlplane/kubernetes/serviceAccount.ts';
import { freePorts } from '../../../../tools/controlplane/process/ports.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { emptyFolder, type Files, mount } from '../../../process/policies/mount.ts';
import { applyOverlay, removeEntries } from '../../overlay.ts';
import { balance } from './balancer.ts';
import { type Server, startServer } from './server.ts';

const TRUSTED_SECONDS = 90;
const START_MS = 240_000;

export interface WeirOptions {
  /** `dev`, `staging`, `prod`: the cluster's grade; prod unless set. */
  readonly grade?: string;
  /** Further flags of `weir webhook`. */
  readonly flags?: readonly string[];
  /** How many servers there are, started at the same moment; 1 unless set. */
  readonly replicas?: number;
  /** Of overlays/components, by name. */
  readonly components?: readonly string[];
}

export interface Weir {
  readonly port: number;
  /** A folder as a ConfigMap is mounted. */
  readonly policies: string;
  /** Of the ServiceAccount: a path. */
  readonly kubeconfig: string;
  /** The one that runs now; of several replicas, one by its number from 0. */
  server(replica?: number): Server;
  /** After the server's kill() or stop(): another one in its place. */
  restart(replica?: number): Promise<void>;
  /** Replaces the mounted policies, as an update of the ConfigMap does, by those that Weir ships with these on top. */
  setPolicies(changed?: Files): void;
  /** Ends the server, and takes away the entries. */
  stop(): Promise<void>;
}

/**
 * Weir for a `describe` block: installed and started before its tests, gone after them, and thus before the namespaces go
 * that the file has made.
 *
 *   describe('apply', () => {
 *     const weir = useWeir(controlPlane);
 *     it('…', () => weir().setPolicies());
 *   });
 */
export function useWeir(controlPlane: ControlPlane, options: WeirOptions = {}): () => Weir {
  let weir: Weir | undefined;
  beforeAll(async () => {
    weir = await startWeir(controlPlane, options);
    await trusted(controlPlane);
  }, START_MS);
  afterAll(async () => {
    await weir?.stop();
  });
  return () => {
    if (weir === undefined) throw new Error('Weir is not installed yet: ask for it inside of a test');
    return weir;
  };
}

async function startWeir(controlPlane: ControlPlane, options: WeirOptions): Promise<Weir> {
  const { grade = 'prod', flags = [], replicas = 1, components = [] } = options;
  const [port = 0, ...ports] = await freePorts(replicas === 1 ? 1 : replicas + 1);
  const policies = emptyFolder();
  mount(policies, shippedPolicies());
  await applyOverlay(controlPlane, { grade, port, components });
  const kubeconfig = await kubeconfigOf(controlPlane, { namespace: 'weir-system', name: 'weir-webhook' });
  const balancer = replicas === 1 ? undefined : await balance(port, ports);
  const start = (own: number) => startServer({ port: own, kubeconfig, policies, flags });
  const servers = await Promise.all((balancer === undefined ? [port] : ports).map(start));
  const serverOf = (replica: number): Server => {
    const server = servers[replica];
    if (server === undefined) throw new Error(`there is no replica ${replica}`);
    return server;
  };
  return {
    port,
    policies,
    kubeconfig,
    server: (replica = 0) => serverOf(replica),
    restart: async (replica = 0) => {
      servers[replica] = await start(serverOf(replica).port);
    },
    setPolicies: (changed = {}) => mount(policies, { ...shippedPolicies(), ...changed }),
    stop: async () => {
      await removeEntries(controlPlane);
      for (const server of servers) await server.kill();
      balancer?.close();
    },
  };
}

/** Waits until the API server can call each entry: it learns of a caBundle by a watch of its own. */
export async function trusted({ api }: ControlPlane): Promise<void> {
  const namespaces = '/api/v1/namespaces';
  for (const environment of ['dev', 'staging', 'prod']) {
    const name = `weir-asks-${environment}`;
    const metadata = { name, labels: { 'weir.dev/environment': environment } };
    await until(`the API server can ask about ${environment}`, { seconds: TRUSTED_SECONDS }, async () => {
      const made = await api.ask('POST', namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
      if (made.status !== 201 && made.status !== 409) throw new Error(JSON.stringify(made.body));
      const asked = await api.ask('POST', `${namespaces}/${name}/configmaps?dryRun=All`, UNREADABLE);
      const words = JSON.stringify(asked.body);
      if (asked.status !== 403 || !words.includes(`${environment}.policy.weir.dev`)) throw new Error(words);
      return true;
    });
    await api.delete(`${namespaces}/${name}`);
  }
}

/** Denied by every policy, so that an entry that fails open shows. */
const UNREADABLE = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'weir-asks' },
  data: { 'tls.key': '-----BEGIN RSA PRIVATE KEY-----' },
};

/** The files of policies/, by name. */
export function shippedPolicies(): Record<string, string> {
  const folder = 'policies';
  const names = readdirSync(folder).filter((name) => /\.yaml$/.test(name) && name !== 'kustomization.yaml');
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
