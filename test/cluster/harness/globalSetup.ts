import { writeAddress } from '../../../tools/controlplane/controlPlane.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { ADDRESS, keepRunning } from './shared.ts';

/** Starts the one control plane that all suites share, Knative with it. */
async function globalSetup(): Promise<void> {
  const controlPlane = await startControlPlane({ knative: true });
  keepRunning(controlPlane);
  process.env[ADDRESS] = writeAddress(controlPlane);
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalSetup;
