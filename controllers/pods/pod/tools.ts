/** What one Pod needs to run. */
import type { Clock } from '../../../src/kubernetes/clock.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import type { Images } from '../../../src/platform/processes/images.ts';
import type { ContainerLogs } from '../../../src/platform/processes/logs/logs.ts';
import type { Processes } from '../../../src/platform/processes/processes.ts';
import type { PodState } from '../door.ts';
import type { Ask } from '../probes/ask.ts';
import type { PodFolder } from '../surroundings/disk.ts';
import type { Machine } from '../surroundings/fields.ts';
import type { Ports } from '../surroundings/ports.ts';
import type { Sources } from '../surroundings/sources.ts';

export interface PodTools {
  readonly images: Images;
  readonly processes: Processes;
  readonly logs: Pick<ContainerLogs, 'open' | 'read' | 'remove'>;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly ports: Ports;
  readonly sources: Sources;
  readonly machine: Machine;
  readonly log: Log;
  folderOf(uid: string): PodFolder;
  /** Of every container, below what the manifest says. */
  environment(): Readonly<Record<string, string>>;
  /** Waits until a Pod has no request any more, for so long at most. */
  drain(pod: PodState, atMostMs: number): Promise<void>;
}

/** An Event about the Pod. */
export type Tell = (type: 'Normal' | 'Warning', reason: string, note: string) => void;
