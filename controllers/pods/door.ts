/** The door of what runs Pods, for those who make Pods: what is there now, from memory, told in the moment it changes. */
import type { Usage } from '../../src/platform/processes/usage.ts';

export interface PodState {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the loopback interface: where its serving container listens; undefined until one is picked. */
  readonly port: number | undefined;
  /** It takes requests. False again from the moment its end begins. */
  readonly isReady: boolean;
  /** Its end has begun, or is over. */
  readonly isEnding: boolean;
  /** Why it does not run, where it was started and ended, or cannot be started; gone once it is ready. */
  readonly failure?: PodFailure;
}

export interface PodFailure {
  readonly container: string;
  /** As in `state.waiting` and `state.terminated`: `CrashLoopBackOff`, `ContainerMissing`, `OOMKilled`, `Error`. */
  readonly reason: string;
  readonly message: string;
  /** Of its last end, where it ran. */
  readonly exitCode?: number;
}

export interface ContainerUsage extends Usage {
  readonly name: string;
  /** Another after each start. */
  readonly pid: number;
}

export interface Pods {
  /** What containers that run now have used, by the uids of their Pods; nobody can say where there is no /proc. */
  usageOf(uids: Iterable<string>): ReadonlyMap<string, readonly ContainerUsage[]>;
  /** Undefined for a Pod that is not run, or not yet. */
  stateOf(uid: string): PodState | undefined;
  all(): readonly PodState[];
  /** Hears of each Pod that becomes other than it was, and once more when it is gone (`isEnding`); the result ends that. */
  onChange(listener: (state: PodState) => void): () => void;
}
