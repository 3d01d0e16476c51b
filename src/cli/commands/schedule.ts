import type { Command } from 'commander';
import type { DefineCommand } from '../command.ts';
import type { ExplainOptions } from '../schedule/explain.ts';
import type { PreviewOptions } from '../schedule/preview.ts';

/** `weir schedule …`; each of its commands is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  withSource(command.command('preview'))
    .summary('draw the coming days of a ScalingSchedule')
    .description('Draws what a ScalingSchedule holds in the coming days, and what that costs in pod-hours.')
    .option('--from <time>', "a date in the schedule's zone, or a moment (default: today)")
    .option('--to <time>', 'the last date, or a moment (default: six days after the first)')
    .option('-e, --env <name>', ENV)
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option('-o, --output <format>', 'text or json', 'text')
    .addHelpText('after', PREVIEW)
    .action((subject: string, options: PreviewOptions) => {
      run(async (context) => (await import('../schedule/preview.ts')).preview(subject, options, context));
    });

  withSource(command.command('explain'))
    .summary('say why a ScalingSchedule holds what it holds now')
    .description('Says what a ScalingSchedule holds now, which window makes it so, since when and until when.')
    .option('--at <time>', "another moment than now, or a date in the schedule's zone")
    .option('-e, --env <name>', ENV)
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .addHelpText('after', EXPLAIN)
    .action((subject: string, options: ExplainOptions) => {
      run(async (context) => (await import('../schedule/explain.ts')).explain(subject, options, context));
    });
};

function withSource(command: Command): Command {
  return command
    .argument(
      '<file-or-name>',
      'a file with a ScalingSchedule, - for standard input, or the name of one in the cluster',
    )
    .option('-n, --namespace <name>', 'where the cluster has it, or which of those in the file is meant')
    .option('--name <name>', 'which of several ScalingSchedules in the file')
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)');
}

const ENV = "the environment whose policy counts (default: that of the file, or of the cluster's namespace)";

const PREVIEW = `
Examples:
  weir schedule preview schedule.yaml
  weir schedule preview business-hours -n shop-prod --from 2026-12-21 --to 2027-01-03
  weir schedule preview schedule.yaml -o json | jq '.[] | select(.minScale > 5)'`;

const EXPLAIN = `
Examples:
  weir schedule explain schedule.yaml --env prod
  weir schedule explain business-hours -n shop-prod
  weir schedule explain schedule.yaml --at 2026-12-25T10:00:00Z`;
