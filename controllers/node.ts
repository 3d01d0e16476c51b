/** What runs Pods on this machine, and what makes them of Jobs, under a manager and an account of its own: it reads every Secret. */
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { clientOver } from '../src/kubernetes/client/client.ts';
import { connect } from '../src/kubernetes/client/connection.ts';
import { systemClock } from '../src/kubernetes/clock.ts';
import type { Processes } from '../src/platform/processes/processes.ts';
import { makeLogger } from '../src/process/log.ts';
import type { Policies } from './manager/controller.ts';
import { startManager } from './manager/manager.ts';
import { NODE_ACCOUNT, nodeRole } from './pods/account.ts';
import { makePodControllers, type PodControllersOptions } from './pods/controllers.ts';
import type { Pods } from './pods/door.ts';

export { NODE_ACCOUNT };

export interface NodeOptions extends PodControllersOptions {
  readonly processes: Processes;
  /** Absolute. */
  readonly logFile: string;
  /** Makes its ServiceAccount and role, and gives a kubeconfig with its token. */
  account(objects: ReturnType<typeof nodeRole>): Promise<string>;
}

export interface RunningNode {
  readonly pods: Pods;
  /** What runs ends within the milliseconds; the objects stay, and run again with the next start. */
  stop(withinMs: number): Promise<void>;
}

const NO_POLICIES: Policies = {
  policyFor: () => undefined,
  environments: () => [],
  hash: () => '',
  onChange: () => () => {},
};

export async function startNode({ account, logFile, ...options }: NodeOptions): Promise<RunningNode> {
  const log = makeLogger('info', logFile);
  const node = makePodControllers(options);
  const kubeconfig = await account(nodeRole(node.controllers));
  const connection = await connect({ environment: {}, clock: systemClock, kubeconfig });
  const manager = startManager({
    controllers: node.controllers,
    client: clientOver(connection),
    policies: NO_POLICIES,
    clock: systemClock,
    steady: systemClock,
    random: Math.random,
    log,
    instance: hostname(),
    registry: new Registry(),
  });
  return {
    pods: node.pods,
    async stop(withinMs) {
      await manager.stop();
      await node.stop(withinMs);
      await options.processes.stop(withinMs);
      connection.close();
    },
  };
}
