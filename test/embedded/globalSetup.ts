import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../src/platform/crds/knative.ts';
import { provideKubectl } from '../../tools/controlplane/build/kubectl.ts';
import { attach, writeAddress } from '../../tools/controlplane/controlPlane.ts';
import { createAll } from '../../tools/controlplane/kubernetes/create.ts';
import { removeLater, startGuarded } from '../../tools/controlplane/process/guarded.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { ADDRESS } from '../cluster/harness/shared.ts';
import { knativeRoles } from './knativeRoles.ts';
import { keepRunning, NO_KUBECTL } from './shared.ts';

const START_SECONDS = 120;
/** Suites ask for an address before it is known that all of their tests are skipped. */
const NOWHERE = { server: 'https://127.0.0.1:1', ca: '', token: '', kubeconfig: '', kubectlBinary: '' };
const SERVER = path.join(import.meta.dirname, 'server.ts');

/** Starts the one embedded API server that all suites share, with the kinds of Knative, Eventing, KEDA and Istio. */
async function globalSetup(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-embedded-'));
  removeLater(folder);
  const kubectl = await provideKubectl().catch((error: unknown) => {
    const why = `needs kubectl: ${error instanceof Error ? error.message : error}`;
    process.env[NO_KUBECTL] = why;
    // jest names no test of a suite that is skipped as a whole
    process.stderr.write(`the suites of a cluster are skipped; what they test ${why}\n`);
  });
  if (kubectl === undefined) {
    process.env[ADDRESS] = writeAddress({ ...NOWHERE, folder });
    return;
  }

  const program = startGuarded({
    name: 'the embedded API server',
    command: process.execPath,
    args: ['--no-warnings', SERVER, folder, kubectl],
    log: path.join(folder, 'log'),
  });
  keepRunning({ program, folder });
  const file = path.join(folder, 'address.json');
  await until('it says where it is', { seconds: START_SECONDS, of: program }, () => existsSync(file));
  process.env[ADDRESS] = file;
  await createAll(attach(file), [
    ...(await knativeServingCrds()),
    ...(await knativeEventingCrds()),
    ...foreignCrds(),
    ...knativeRoles(),
  ]);
}

// biome-ignore lint/style/noDefaultExport: jest asks for it
export default globalSetup;
