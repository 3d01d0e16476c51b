import type { Command } from 'commander';
import type { DefineCommand } from '../command.ts';
import type { PlanOptions } from '../rollout/plan.ts';
import type { SayOptions } from '../rollout/say.ts';
import type { StatusOptions } from '../rollout/status.ts';
import type { WatchOptions } from '../rollout/watch.ts';

/** `weir rollout …`; each of its commands is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  inCluster(command.command('status'))
    .summary('say where a TrafficRollout stands, and what it waits for')
    .description(
      'Says where a TrafficRollout stands: who has which share, its metrics, what it waits for and since when.',
    )
    .option('-o, --output <format>', 'text or json', 'text')
    .action((name: string, options: StatusOptions) => {
      run(async (context) => (await import('../rollout/status.ts')).status(name, options, context));
    });

  inCluster(command.command('watch'))
    .summary('watch a TrafficRollout')
    .description('Draws a TrafficRollout again and again; without a terminal it prints a line for each change.')
    .option('--interval <seconds>', 'between two looks', '1')
    .option(
      '--until-done',
      'end when nothing is under way any more: with 0 where the newest Revision is stable, else with 1',
    )
    .option('--timeout <duration>', 'with --until-done: end with 2 where that takes longer, as 30m')
    .addHelpText('after', WATCH)
    .action((name: string, options: WatchOptions) => {
      run(async (context) => (await import('../rollout/watch.ts')).watch(name, options, context));
    });

  inCluster(
    command.command('plan'),
    'file-or-name',
    'a file with a TrafficRollout, - for standard input, or the name of one in the cluster',
  )
    .summary('say what a TrafficRollout will do when, and what it costs in pods')
    .description(
      'Says what a TrafficRollout will do when if everything goes well, around freezes, and what it costs in pods.',
    )
    .option('--name <name>', 'which of several TrafficRollouts in the file')
    .option('--from <time>', 'when the new Revision is Ready: a moment, or a date (default: now)')
    .option(
      '--pods <number>',
      'ready pods of stable (default: those in the cluster, else the min-scale of the Service in the file)',
    )
    .option('-e, --env <name>', 'the environment whose freezes and bounds count')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option('-o, --output <format>', 'text or json', 'text')
    .addHelpText('after', PLAN)
    .action((subject: string, options: PlanOptions) => {
      run(async (context) => (await import('../rollout/plan.ts')).planRollout(subject, options, context));
    });

  saying(command, run, 'promote', 'go on with the next step without waiting for its pause to end', (each) =>
    each.option('--full', 'take every step that is left as soon as its pods are there, past failed intervals as well'),
  );
  saying(command, run, 'pause', 'take no step until somebody says resume');
  saying(command, run, 'resume', 'go on after pause');
  saying(command, run, 'abort', 'give everything back to stable; the candidate has failed');
  saying(command, run, 'undo', 'go back to the Revision that was stable before');
  saying(command, run, 'retry', 'try the newest Revision again, which has failed');
};

type Verb = 'promote' | 'pause' | 'resume' | 'abort' | 'undo' | 'retry';

function saying(
  command: Command,
  run: Parameters<DefineCommand>[1],
  verb: Verb,
  summary: string,
  more: (each: Command) => Command = (each) => each,
): void {
  more(inCluster(command.command(verb)))
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .option('--no-wait', 'end once it is said, without waiting for the controller to hear it')
    .action((name: string, options: SayOptions) => {
      run(async (context) => (await import('../rollout/say.ts')).say(verb, name, options, context));
    });
}

function inCluster(command: Command, argument = 'name', description = 'of the TrafficRollout'): Command {
  return command
    .argument(`<${argument}>`, description)
    .option('-n, --namespace <name>', "where it is (default: the namespace of the kubeconfig's context)")
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)');
}

const WATCH = `
Examples:
  weir rollout watch api-service -n shop-prod
  weir rollout watch api-service -n shop-prod --until-done --timeout 1h`;

const PLAN = `
Examples:
  weir rollout plan rollout.yaml --env prod --pods 8
  weir rollout plan rollout.yaml --env prod --from 2026-12-18T11:00:00Z
  weir rollout plan api-service -n shop-prod`;
