import type { Guarded } from '../../tools/controlplane/process/guarded.ts';

/** In the environment of the suites: why there is no kubectl, where there is none. */
export const NO_KUBECTL = 'WEIR_NO_KUBECTL';

export interface Embedded {
  readonly program: Guarded;
  readonly folder: string;
}

let running: Embedded | undefined;

/** Set-up and tear-down run in one process, yet share no variable but a module's. */
export function keepRunning(embedded: Embedded): void {
  running = embedded;
}

export function whatRuns(): Embedded | undefined {
  return running;
}
