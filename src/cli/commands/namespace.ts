import type { DefineCommand } from '../command.ts';
import type { PreviewOptions } from '../namespace/preview.ts';

/** `weir namespace …`; its command is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  command
    .command('preview')
    .summary('show what a namespace contains by the policy of its environment')
    .description(
      'Shows the guard rails of a namespace: what weir controller makes there and keeps. With a cluster, also what would change. It writes nothing.',
    )
    .argument('<name>', 'the namespace')
    .option('-e, --env <name>', 'the environment (default: that of the label in the cluster)')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option('-o, --output <format>', 'text, yaml or json', 'text')
    .option('--kubeconfig <file>', 'compare with this cluster')
    .option('--context <name>', 'compare with the cluster of this context of the kubeconfig')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: PreviewOptions) => {
      run(async (context) => (await import('../namespace/preview.ts')).preview(name, options, context));
    });
};

const EXAMPLES = `
The cluster is asked where --kubeconfig or --context names it, or where --env is
left out. The right to read the guard rails is enough; Secrets are not read.

Examples:
  weir namespace preview shop-prod --env prod
  weir namespace preview shop-prod --context prod
  weir namespace preview shop-prod --env prod -o yaml | kubectl diff -f -`;
