import { type RawAuditOptions, readAuditOptions } from '../audit/options.ts';
import type { DefineCommand } from '../command.ts';

const several = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];

/** `weir audit` */
export const define: DefineCommand = (command, run) => {
  command
    .description('Judges what is in a cluster already; reads only.')
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'judge this namespace alone; may be given several times', several)
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: ./policies, else those that Weir ships)')
    .option(
      '--compare <folder>',
      'the policies of before: tells only what --policies would deny and change beyond them',
    )
    .option('--grade <name>', 'judge what is in no namespace, such as ClusterRoles, for this environment')
    .option(
      '-o, --output <format>',
      'text, json, sarif, junit, github or compact; FORMAT=FILE writes to a file; may be given several times',
      several,
    )
    .option('--fail-on <action>', 'what makes the exit code 1: warn or deny', 'deny')
    .option('--max-warnings <number>', 'exit 1 with more warnings than that')
    .addHelpText('after', EXAMPLES)
    .action((raw: RawAuditOptions) => {
      run(async (context) => (await import('../audit/audit.ts')).audit(readAuditOptions(raw), context));
    });
};

const EXAMPLES = `
A namespace is judged by the policy that its label weir.dev/environment names.
The right to list what rules look at in all namespaces is enough; without the
right to list Secrets, nothing is said about pull secrets that are missing.

Examples:
  weir audit
  weir audit --context prod --policies policies -o text -o sarif=weir.sarif
  weir audit --policies policies --compare ../main/policies`;
