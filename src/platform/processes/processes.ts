/** Starting programs, as whoever runs Pods sees it. */
import type { Usage } from './usage.ts';

export interface ProcessOptions {
  readonly command: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** Beside these a program gets the few that environment.ts names, and no other of ours. */
  readonly env: Readonly<Record<string, string>>;
  readonly output: Output;
  /** In bytes, of the whole group; above it the group is killed. */
  readonly memoryLimit?: number;
}

/** Takes what a program writes. */
export interface Output {
  /** Resolves when more may come: until then the program waits, and nobody else. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> | undefined;
  /** The program writes no more. */
  close(): void;
}

export interface Exit {
  /** As a shell would say it: 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** Its number; 0 where none ended it. */
  readonly signal: number;
  readonly isOverMemory: boolean;
  readonly at: Date;
}

export interface RunningProcess {
  readonly pid: number;
  readonly startedAt: Date;
  /** Its output is complete by then, and nothing of its group is left. */
  readonly exited: Promise<Exit>;
  /** SIGTERM to the group, and SIGKILL after the milliseconds where it is still there. Called again, the sooner counts. */
  end(graceMs: number): Promise<Exit>;
}

export interface Processes {
  /** @throws StartProblem where it cannot be started */
  start(options: ProcessOptions): Promise<RunningProcess>;
  /** What groups use now, by the pids of those that run; one that is gone, or that nobody can look at, is not there. */
  usage(pids: ReadonlySet<number>): ReadonlyMap<number, Usage>;
  /** Ends what runs, all of it by the milliseconds, and starts nothing any more. */
  stop(withinMs: number): Promise<void>;
}

/** A sentence for the user: no such program, no such folder. */
export class StartProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartProblem';
  }
}
