/** What a container does now, and did before. */

export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly is: 'running'; readonly startedAt: Date; readonly id: string }
  | Terminated;

export interface Terminated {
  readonly is: 'terminated';
  readonly exitCode: number;
  readonly signal: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown`. */
  readonly reason: string;
  readonly message: string;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date;
  readonly id: string;
}

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  /** An init container that stays. */
  readonly isSidecar: boolean;
  readonly state: ContainerState;
  readonly last: Terminated | undefined;
  readonly restarts: number;
  readonly isReady: boolean;
  /** Its startup probe has succeeded, where there is one. */
  readonly isStarted: boolean;
}

export interface PodView {
  readonly containers: readonly ContainerView[];
  readonly startedAt: Date;
  readonly port: number | undefined;
  /** All init containers are done. */
  readonly isInitialized: boolean;
  /** Nothing of it runs or will. */
  readonly isOver: boolean;
  readonly isEnding: boolean;
  /** Why all of it was ended: `DeadlineExceeded`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Where its mounts are, as a sentence; undefined where it has none. */
  readonly mounts: string | undefined;
}
