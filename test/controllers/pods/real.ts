/** Pods on the embedded API server that run real programs of Node.js, with the clock of the day. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startManager } from '../../../controllers/manager/manager.ts';
import {
  makePodControllers,
  type PodControllers,
  type PodControllersOptions,
} from '../../../controllers/pods/controllers.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { connect } from '../../../src/kubernetes/client/connection.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import { namespaces, pods } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { type ApiServer, startApiServer } from '../../../src/platform/apiserver/start.ts';
import type { Images } from '../../../src/platform/processes/images.ts';
import { containerLogs } from '../../../src/platform/processes/logs/logs.ts';
import { startProcesses } from '../../../src/platform/processes/start.ts';
import { HandPolicies } from '../kit/policies.ts';

export const NAMESPACE = 'shop';

/** `prog/NAME` is the code of that name. */
export function imagesFrom(
  programs: Readonly<Record<string, string>>,
  exec: readonly (readonly string[])[] = [],
): Images {
  return {
    programFor(image) {
      const code = programs[image.slice(image.lastIndexOf('/') + 1)];
      if (code === undefined) {
        return { missing: { reason: 'ContainerMissing', message: `nothing says which program stands for ${image}` } };
      }
      const command = [process.execPath, '-e', code, '--'] as const;
      return { program: { command, cwd: process.cwd(), env: { FROM_WEIR_YAML: 'yes' }, exec, pattern: 'prog/*' } };
    },
  };
}

export interface RealNode {
  readonly client: Client;
  readonly server: ApiServer;
  readonly node: () => PodControllers;
  create(name: string, spec: JsonObject, metadata?: JsonObject): Promise<JsonObject>;
  get(name: string): Promise<JsonObject>;
  /** Until the Pod is so. */
  until(name: string, condition: (pod: JsonObject) => boolean, what: string): Promise<JsonObject>;
  untilGone(name: string): Promise<void>;
  /** `Reason: note` of the Events about a Pod. */
  told(name: string): Promise<string[]>;
  /** As kubectl logs. */
  log(name: string, query?: string): Promise<string>;
  /** The platform ends and begins anew with the same objects; the API server stays. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 30_000;

export async function startRealNode(images: Images, more: Partial<PodControllersOptions> = {}): Promise<RealNode> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-pods-'));
  const logs = containerLogs({ folder: path.join(folder, 'logs') });
  const server = await startApiServer({ folder: path.join(folder, 'apiserver'), logs });
  const connection = await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock });
  const client = clientOver(connection);
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });

  const complaints: string[] = [];
  const begin = () => {
    const processes = startProcesses({ folder: path.join(folder, 'processes'), log: SILENT, environment: process.env });
    const node = makePodControllers({ images, processes, logs, folder: path.join(folder, 'pods'), ...more });
    const manager = startManager({
      controllers: node.controllers,
      client,
      policies: new HandPolicies(),
      clock: systemClock,
      random: Math.random,
      log: {
        ...SILENT,
        warn: (_, message) => {
          if (process.env.SHOW) console.error(message);
          complaints.push(message);
        },
        error: (_, message) => complaints.push(message),
      },
      instance: 'weir-node',
    });
    return {
      node,
      async end() {
        await manager.stop();
        await node.stop(500);
        await processes.stop(500);
      },
    };
  };
  let running = begin();

  const get = (name: string) => client.get(pods, { namespace: NAMESPACE, name });
  async function look<T>(what: string, ask: () => Promise<T | undefined>, last: () => unknown): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await ask();
      if (found !== undefined) return found;
      if (Date.now() > end)
        throw new Error(
          `${what}: not within ${PATIENCE_MS} ms; ${JSON.stringify(last())} ${complaints.slice(-5).join('\n')}`,
        );
      await pause(20);
    }
  }

  return {
    client,
    server,
    node: () => running.node,
    get,
    create: (name, spec, metadata = {}) =>
      client.create(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAMESPACE, ...metadata },
        spec: { terminationGracePeriodSeconds: 5, ...spec },
      }),
    async until(name, condition, what) {
      let pod: JsonObject = {};
      const ask = async () => {
        pod = await get(name);
        return condition(pod) ? pod : undefined;
      };
      return look(`${name} ${what}`, ask, () => pod.status);
    },
    async untilGone(name) {
      await look(
        `${name} is gone`,
        () =>
          get(name).then(
            () => undefined,
            () => true,
          ),
        () => '',
      );
    },
    async told(name) {
      const { items } = await client.list(events, { namespace: NAMESPACE });
      return items
        .filter((item) => stringAt(item, 'regarding', 'name') === name)
        .map((item) => `${stringAt(item, 'reason')}: ${stringAt(item, 'note')}`);
    },
    async log(name, query = '') {
      const answer = await client.read(`/api/v1/namespaces/${NAMESPACE}/pods/${name}/log${query}`);
      return typeof answer === 'string' ? answer : JSON.stringify(answer);
    },
    async restart() {
      await running.end();
      running = begin();
    },
    async stop() {
      await running.end();
      connection.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function phaseIs(phase: string): (pod: JsonObject) => boolean {
  return (pod) => stringAt(pod, 'status', 'phase') === phase;
}

export function isReady(pod: JsonObject): boolean {
  const found = arrayAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return stringAt(found, 'status') === 'True';
}
