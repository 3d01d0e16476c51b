import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds } from '../../../src/platform/crds/knative.ts';
import { writeAddress } from '../../../tools/controlplane/controlPlane.ts';
import { createAll } from '../../../tools/controlplane/kubernetes/create.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { ADDRESS, keepRunning } from './shared.ts';

/** Starts the one control plane that all suites share, Knative with it, and the kinds of Eventing, KEDA and Istio. */
async function globalSetup(): Promise<void> {
  const controlPlane = await startControlPlane({ knative: true });
  keepRunning(controlPlane);
  await createAll(controlPlane, [...(await knativeEventingCrds()), ...foreignCrds()]);
  process.env[ADDRESS] = writeAddress(controlPlane);
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalSetup;
