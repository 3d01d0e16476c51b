/** The embedded API server in the test's process, with the kinds of Knative and Weir, and somebody who may do everything. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyAll } from '../../../src/cli/up/apply.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { discoveryOf, type FindResource } from '../../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import type { Validator } from '../../../src/platform/apiserver/admission/admission.ts';
import { type ApiServer, startApiServer } from '../../../src/platform/apiserver/start.ts';
import type { Reader } from '../../../src/platform/apiserver/store/store.ts';
import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../../src/platform/crds/knative.ts';
import { knativeValidation } from '../../../src/platform/knative/validation.ts';

export interface ClusterOptions {
  /** More CustomResourceDefinitions, or anything else that shall be there. */
  readonly objects?: readonly JsonObject[];
  /** False leaves Knative's kinds out; Weir's are always there. */
  readonly hasKnative?: boolean;
  /**
   * False takes what Knative's webhooks refuse, for as long as the cluster runs: for a suite about objects that were there
   * before `weir up` asked, or that another version of Knative takes. One such object alone is let in by `letIn`.
   */
  readonly refusesAsKnative?: boolean;
  readonly log?: Log;
}

export interface Cluster {
  /** The administrator's. */
  readonly client: Client;
  readonly find: FindResource;
  /** The administrator's: a path. */
  readonly kubeconfig: string;
  /** As `kubectl apply --server-side` by somebody else than the controllers. */
  apply(...objects: readonly JsonObject[]): Promise<void>;
  /** A namespace, with the label of its environment where one is named. */
  namespace(name: string, environment?: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  /** A client of its own connection, for the controllers; closed with the cluster. */
  connect(): Promise<{ readonly client: Client; readonly connection: Connection }>;
  /** Ends the server and starts it again on the same port with the same objects. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedCluster extends Cluster {
  /** Writes what Knative's webhooks refuse, as it was let in before `weir up` asked: what is written later is asked about. */
  letIn<Result>(write: () => Promise<Result>): Promise<Result>;
}

export async function startCluster(options: ClusterOptions = {}): Promise<EmbeddedCluster> {
  const { objects = [], hasKnative = true, refusesAsKnative = true, log } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-controllers-'));
  let lettingIn = refusesAsKnative ? 0 : 1;
  const validator = (reader: Reader): Validator => {
    const refuse = knativeValidation(reader);
    return (attributes) => {
      if (lettingIn === 0) refuse(attributes);
    };
  };
  const start = (port: number) =>
    startApiServer({ folder, port, validators: [validator], ...(log === undefined ? {} : { log }) });
  let server: ApiServer = await start(0);
  const connections: Connection[] = [];

  async function newClient(): Promise<{ readonly client: Client; readonly connection: Connection }> {
    const connection = await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock });
    connections.push(connection);
    return { client: clientOver(connection), connection };
  }

  const { client } = await newClient();
  const find = discoveryOf(client);
  const apply = async (...wanted: readonly JsonObject[]): Promise<void> => applyAll(wanted, { client, find, wait });
  const eventingCrds = [...(await knativeEventingCrds()), ...foreignCrds()];
  await apply(...(hasKnative ? await knativeServingCrds() : []), ...eventingCrds, ...weirsCrds(), ...objects);

  return {
    client,
    find,
    kubeconfig: server.kubeconfig,
    apply,
    async letIn(write) {
      lettingIn++;
      try {
        return await write();
      } finally {
        lettingIn--;
      }
    },
    namespace: (name, environment, labels = {}) =>
      apply({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name,
          labels: { ...(environment === undefined ? {} : { 'weir.dev/environment': environment }), ...labels },
        },
      }),
    connect: newClient,
    async restart() {
      const port = Number(new URL(server.url).port);
      await server.close();
      server = await start(port);
    },
    async stop() {
      for (const connection of connections) connection.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Those of overlays/base, as they ship. */
export function weirsCrds(): JsonObject[] {
  return readdirSync('overlays/base')
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => readManifests(readFileSync(path.join('overlays/base', name), 'utf8'), name).documents)
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'CustomResourceDefinition');
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
