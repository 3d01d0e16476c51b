/** Weir's controllers in this process, with the rights of their ServiceAccount and no more. */
import path from 'node:path';
import type { Client } from '../../kubernetes/client/client.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import { loadControllers } from '../controller/server.ts';
import type { Io } from '../io.ts';
import { asFailure } from '../serve/asFailure.ts';
import { accountsKubeconfig } from './account.ts';
import { applyAll } from './apply.ts';
import { CONTROLLER, type Platform } from './platform.ts';

export interface ControllerSurroundings {
  readonly client: Client;
  readonly platform: Platform;
  readonly policies: string;
  /** For the kubeconfig of the ServiceAccount. */
  readonly folder: string;
  readonly log: string;
  readonly metricsPort: number;
  readonly io: Io;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** What runs the code of Revisions; without it they count as ready. */
  readonly serving: NonNullable<Parameters<Loaded['startControllers']>[0]['serving']> | undefined;
}

type Loaded = Awaited<ReturnType<typeof loadControllers>>;

/** The environment by whose policy what is in no namespace is audited, as the webhook judges it. */
const GRADE = 'dev';

/** They begin to follow, and are not waited for. */
export async function startWeirsControllers(
  surroundings: ControllerSurroundings,
): Promise<{ readonly names: readonly string[]; readonly metricsPort: number; stop(): Promise<void> }> {
  const { client, policies, folder, log, metricsPort, wait, serving } = surroundings;
  const served = serving === undefined ? {} : { serving };
  const { clusterRoleFor, startControllers } = await loadControllers();
  // no Knative runs here: what its controllers do needs rights that Weir has nowhere else
  const role = clusterRoleFor('serving', CONTROLLER, served);
  await applyAll(role, { client, find: discoveryOf(client), wait });
  const kubeconfig = await accountsKubeconfig(CONTROLLER, surroundings, path.join(folder, 'controller.kubeconfig'));
  const running = await startControllers(
    {
      policies,
      // no Lease: the lock of the folder keeps any other platform away, and a Lease of one that was killed would be waited out
      kubeconfig,
      grade: GRADE,
      platformKeepsDeadLetters: true,
      ...served,
      metrics: { port: metricsPort, bind: '127.0.0.1' },
      logLevel: 'info',
      logFile: log,
    },
    { environment: {} },
  ).catch(asFailure);
  return {
    names: running.manager.controllers.map(({ controller }) => controller.name),
    metricsPort: running.metricsPort ?? 0,
    stop: () => running.stop(),
  };
}
