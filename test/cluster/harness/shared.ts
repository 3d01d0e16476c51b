import type { OwnControlPlane } from '../../../tools/controlplane/start.ts';

/** In the environment of the suites: the file by which `cluster()` finds the control plane. */
export const ADDRESS = 'WEIR_CONTROLPLANE';

let running: OwnControlPlane | undefined;

/** Set-up and tear-down run in one process, yet share no variable but a module's. */
export function keepRunning(controlPlane: OwnControlPlane): void {
  running = controlPlane;
}

export async function stopRunning(): Promise<void> {
  await running?.stop();
}
