import type { DefineCommand } from '../command.ts';
import type { TopOptions } from '../top/top.ts';

/** `weir top` */
export const define: DefineCommand = (command, run) => {
  command
    .description(
      'Shows Knative Services, where their traffic goes, and the Pods behind it; again and again on a terminal.',
    )
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'those of one namespace (default: of all)')
    .option('--metrics <url>', "where Knative's metrics are told (default: as the platform of weir up says)")
    .option('--interval <seconds>', 'between two looks', '1')
    .option('--once', 'show one look and end, also on a terminal')
    .addHelpText('after', EXAMPLES)
    .action((options: TopOptions) => {
      run(async (context) => (await import('../top/top.ts')).top(options, context));
    });
};

const EXAMPLES = `
REQ/S, P95 and WAITING are what passed between two looks, by the metrics of the
platform of weir up; in a cluster, where no single address tells them, they
stay empty. On a terminal it waits where the platform goes, and goes on when that is
back. PODS says how many take requests, and how many there should be.

Examples:
  weir top
  weir top -n shop-dev --interval 5
  weir top --once`;
