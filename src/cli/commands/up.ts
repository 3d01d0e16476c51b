import type { DefineCommand } from '../command.ts';
import type { RawUpOptions } from '../up/options.ts';

/** `weir up` */
export const define: DefineCommand = (command, run) => {
  command
    .description(
      'Runs a small platform on this machine, without a cluster: an API server that kubectl works with, the kinds of ' +
        "Knative and of Weir, Weir's webhooks with your policies, and a namespace for dev, staging and prod. Knative " +
        'Services run as programs, which weir.yaml names for their images, and answer HTTP.',
    )
    .argument('[project]', 'the folder whose weir.yaml names programs for images', '.')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files, read again when they change (default: as weir check)')
    .option('--port <number>', 'where the API server listens, on this machine alone; 0 takes any that is free', '7443')
    .option(
      '--ingress-port <number>',
      'where services answer, on this machine alone; 0 takes any that is free (default: as before, or 8080)',
    )
    .option('--folder <folder>', 'where state, kubeconfig and logs are kept', '.weir')
    .option('--events-age <duration>', 'how long events are kept once everybody has them', '7d')
    .option('--events-bytes <size>', 'how much they may take', '512Mi')
    .option('--fsync', 'wait for the disk at each write: it then survives a power cut, too')
    .option(
      '--kubernetes',
      'the same on a real kube-apiserver, from KUBEBUILDER_ASSETS or built once with Go; keeps nothing',
    )
    .addHelpText('after', EXAMPLES)
    .action((project: string, raw: RawUpOptions) => {
      run(async (context) => (await import('../up/up.ts')).up(project, raw, context));
    });
};

const EXAMPLES = `
It runs until Ctrl-C. What was applied is there again at the next start; to
begin anew, remove the folder.

Examples:
  weir up
  weir up examples/hello
  export KUBECONFIG=$PWD/.weir/kubeconfig && kubectl get namespaces`;
