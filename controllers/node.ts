/** What runs Pods on this machine, and what makes them of Jobs, under a manager and an account of its own: it reads every Secret. */
import { connect } from '../src/kubernetes/client/connection.ts';
import { systemClock } from '../src/kubernetes/clock.ts';
import type { Processes } from '../src/platform/processes/processes.ts';
import { makeLogger } from '../src/process/log.ts';
import { startAlone } from './manager/alone.ts';
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

export async function startNode({ account, logFile, ...options }: NodeOptions): Promise<RunningNode> {
  const log = makeLogger('info', logFile);
  const node = makePodControllers(options);
  const kubeconfig = await account(nodeRole(node.controllers));
  const connection = await connect({ environment: {}, clock: systemClock, kubeconfig });
  const manager = startAlone(node.controllers, connection, log);
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
