/** Puts together what runs Pods. */
import { readdirSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import type { Images } from '../../src/platform/processes/images.ts';
import type { ContainerLogs } from '../../src/platform/processes/logs/logs.ts';
import type { Processes } from '../../src/platform/processes/processes.ts';
import { deploymentController } from '../deployments/controller.ts';
import { jobControllers } from '../jobs/controllers.ts';
import type { MakeController } from '../manager/controller.ts';
import { podController } from './controller.ts';
import type { PodState, Pods } from './door.ts';
import { type Ask, askOverNetwork } from './probes/ask.ts';
import { Listeners, Runs } from './runs.ts';
import { podFolder } from './surroundings/disk.ts';
import { loopbackPorts, type Ports } from './surroundings/ports.ts';
import { usageIn } from './usage.ts';

export interface PodControllersOptions {
  readonly images: Images;
  readonly processes: Processes;
  readonly logs: ContainerLogs;
  /** Absolute: for what Pods mount. What outlives them, of PersistentVolumeClaims, is in the folder `claims` beside it. */
  readonly folder: string;
  /** Of every container, below what weir.yaml and the manifest say; asked at each start. */
  environment?(): Readonly<Record<string, string>>;
  /** Resolves when the Pod has no request any more; it is asked to end after that, or after the milliseconds. */
  drain?(pod: PodState, atMostMs: number): Promise<void>;
  /** How many Pods may run at once; 250 unless set. The others wait. */
  readonly mostPods?: number;
  /** For tests. */
  readonly ask?: Ask;
  readonly ports?: Ports;
}

export interface PodControllers {
  /** With those that make Pods of Jobs and Deployments: on this platform nobody else does. */
  readonly controllers: readonly MakeController[];
  readonly pods: Pods;
  /** Ends what runs, within the milliseconds; 5 seconds unless said. The objects stay: they run again with the next start. */
  stop(withinMs?: number): Promise<void>;
}

const MOST_PODS = 250;
const STOP_MS = 5_000;

export function makePodControllers(options: PodControllersOptions): PodControllers {
  const { images, processes, logs, folder, environment = () => ({}), drain = () => Promise.resolve() } = options;
  const { mostPods = MOST_PODS, ask = askOverNetwork, ports = loopbackPorts(Math.random) } = options;
  const runs = new Runs();
  const listeners = new Listeners();
  const controller = podController({
    runs,
    listeners,
    mostPods,
    tools: {
      images,
      processes,
      logs,
      ask,
      ports,
      environment,
      drain,
      machine: { cpus: availableParallelism(), memory: totalmem() },
      folderOf: (uid) => podFolder(path.join(folder, uid), path.join(path.dirname(folder), 'claims')),
    },
    tidy(uids) {
      logs.removeOthers(uids);
      for (const name of namesIn(folder)) {
        if (!uids.has(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
      }
    },
  });
  return {
    controllers: [controller, ...jobControllers, deploymentController],
    pods: {
      stateOf: (uid) => runs.withUid(uid)?.state(),
      usageOf: (uids) => usageIn(runs, uids, processes),
      all: () => runs.all().map((run) => run.state()),
      onChange: (listener) => listeners.add(listener),
    },
    async stop(withinMs = STOP_MS) {
      await Promise.all(runs.all().map((run) => run.end(withinMs)));
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no Pod had a volume yet
  }
}
