import { type ControlPlane, writeAddress } from '../../../tools/controlplane/controlPlane.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { foreignCrds } from '../crds/index.ts';
import { ADDRESS, keepRunning } from './shared.ts';

/** Starts the one control plane that all suites share, Knative with it, and the kinds of Eventing, KEDA and Istio. */
async function globalSetup(): Promise<void> {
  const controlPlane = await startControlPlane({ knative: true });
  keepRunning(controlPlane);
  await createCrds(controlPlane);
  process.env[ADDRESS] = writeAddress(controlPlane);
}

async function createCrds({ kubectl }: ControlPlane): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: foreignCrds() });
  const created = await kubectl(['create', '--validate=false', '-f', '-'], list);
  if (created.code !== 0) throw new Error(created.stderr);

  const established = await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  if (established.code !== 0) throw new Error(established.stderr);
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalSetup;
