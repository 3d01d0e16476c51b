/** `npm run controlplane`: a control plane to work with by hand, until Ctrl-C. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { buildControlPlane } from './build/build.ts';
import { createAll } from './kubernetes/create.ts';
import { startControlPlane } from './start.ts';
import { startWeir, TRY } from './weir/start.ts';

const USAGE = `usage: npm run controlplane -- [--knative] [--weir] [--build]
  --knative   Knative Serving too, and the kinds of Eventing, KEDA and Istio (any content)
  --weir      Weir's webhook as overlays/prod installs it, with the policies of this checkout
  --build     build what is missing and leave it at that
`;

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      knative: { type: 'boolean' },
      weir: { type: 'boolean' },
      build: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const knative = values.knative === true;
  if (values.build === true) {
    await buildControlPlane({ knative });
    return 0;
  }

  const controlPlane = await startControlPlane({ knative });
  const stay = setInterval(() => {}, 60_000);
  if (knative) await createAll(controlPlane, foreignCrds());
  const webhook = values.weir === true ? await startWeir(controlPlane) : undefined;
  process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfig}
export PATH=${folderOf(controlPlane.kubectlBinary)}:$PATH
# logs: ${controlPlane.folder}/logs
# Ctrl-C ends it
${webhook !== undefined && knative ? TRY : ''}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(stay);
  await webhook?.stop();
  await controlPlane.stop();
  return 0;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
