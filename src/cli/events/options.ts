/** Options that several of the commands of `weir events` take. */
import type { Command } from 'commander';

export function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'of the platform (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)');
}

export function withPlace(command: Command): Command {
  return withCluster(command)
    .option('-n, --namespace <name>', 'those of one namespace (default: of all that you may read)')
    .option('-b, --broker <name>', 'those that came into one Broker: its name, or namespace/name')
    .option('--channel <name>', 'those that came into one Channel');
}

export function withSelection(command: Command): Command {
  return withPlace(command)
    .option('-t, --trigger <name>', 'those that one Trigger takes')
    .option('--subscription <name>', 'those that one Subscription takes')
    .option('--type <type>', 'those of a type; * stands for anything: order.*')
    .option('--source <uri>', 'those of a source; * stands for anything')
    .option('--subject <text>', 'those about a subject; * stands for anything')
    .option('--id <id>', 'those of an id; * stands for anything')
    .option('--since <time>', 'those of the last 10m, 2h, 7d, or from a moment on: 2026-03-01T08:00:00Z')
    .option('--until <time>', 'those before a moment, or until so long ago');
}

/** @param when before each of their descriptions: `with --return: ` */
export function withSending(command: Command, when = ''): Command {
  return command
    .option('--all', `${when}each that is kept`)
    .option('--rate <number>', `${when}events a second`, '100')
    .option('--dry-run', `${when}only count them`);
}

/** @param json what that is, where it is not plain */
export function withOutput(command: Command, json = ''): Command {
  return command.option('-o, --output <format>', json === '' ? 'text or json' : `text, or json: ${json}`, 'text');
}

/** One more of those that were given before. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
