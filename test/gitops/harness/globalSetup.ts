import { startWorld } from './start.ts';

/** Starts a cluster with Knative, Weir and Argo CD in it, and the Git repository that Argo CD follows. */
async function globalSetup(): Promise<void> {
  await startWorld();
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalSetup;
