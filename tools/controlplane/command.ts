/** `npm run controlplane`: a control plane to work with by hand, until Ctrl-C. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { buildControlPlane } from './build/build.ts';
import { startControlPlane } from './start.ts';

const USAGE = `usage: npm run controlplane -- [--knative] [--build]
  --knative   Knative Serving too
  --build     build what is missing and leave it at that
`;

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: { knative: { type: 'boolean' }, build: { type: 'boolean' }, help: { type: 'boolean' } },
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
  process.stdout.write(`export KUBECONFIG=${controlPlane.kubeconfig}
export PATH=${folderOf(controlPlane.kubectlBinary)}:$PATH
# logs: ${controlPlane.folder}/logs
# Ctrl-C ends it
`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(stay);
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
