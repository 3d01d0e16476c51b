import type { DefineCommand } from '../command.ts';
import type { DeadLettersOptions } from '../events/deadLetters.ts';
import { several, withCluster, withOutput, withPlace, withSelection, withSending } from '../events/options.ts';
import type { ReplayOptions } from '../events/replay.ts';
import type { SendOptions } from '../events/send.ts';
import type { ServeOptions } from '../events/serve.ts';
import type { TailOptions } from '../events/tail.ts';
import type { TraceOptions } from '../events/trace.ts';
import type { TypesOptions } from '../events/types.ts';

/** `weir events …`; each of its commands is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  const tail = withSelection(command.command('tail'))
    .summary('follow the events of Brokers and Channels')
    .description(
      'Shows the last events of Brokers and Channels, and then each as it comes: when, into what, its type, id, source, and who takes it.',
    )
    .option('--last <number>', 'of those that are there, so many at most (default: 10, or all with --since)')
    .option('--no-follow', 'end with those that are there')
    .addHelpText('after', TAIL);
  withOutput(tail, 'a CloudEvent on each line').action((options: TailOptions) =>
    run(async (context) => (await import('../events/tail.ts')).tail(options, context)),
  );

  const send = withCluster(command.command('send'))
    .summary('send an event to a Broker')
    .description('Sends an event to a Broker, and says its id once the Broker has stored it.')
    .argument('[broker]', 'as namespace/name, or its name alone')
    .option('-n, --namespace <name>', "the Broker's (default: that of the kubeconfig's context)")
    .option('--url <url>', "of any Broker's ingress, instead of a Broker's name")
    .option('--type <type>', 'such as order.placed')
    .option('--source <uri>', 'where it comes from (default: /weir/events/send)')
    .option('--subject <text>', 'what it is about')
    .option('--id <text>', 'its id (default: one of its own)')
    .option('--time <time>', 'when it happened (default: now)')
    .option('--attribute <name=value>', 'another attribute; may be given several times', several)
    .option('--data <text>', 'what it holds')
    .option('--data-file <file>', 'what it holds, from a file, or - for standard input')
    .option('--content-type <type>', 'of what it holds (default: application/json)')
    .option(
      '-f, --file <file>',
      'an event in JSON, or an array of them, or - for standard input; options stand above it',
    )
    .addHelpText('after', SEND);
  withOutput(send).action((broker: string | undefined, options: SendOptions) =>
    run(async (context) => (await import('../events/send.ts')).send(broker, options, context)),
  );

  const trace = withPlace(command.command('trace'))
    .summary('draw the way of an event')
    .description(
      'Draws the way of an event: who took it and who did not, each attempt, its answers and where they went, and dead letters.',
    )
    .argument('<id>', 'of the event')
    .option('--source <uri>', 'where several sources use the id; * stands for anything')
    .addHelpText('after', TRACE);
  withOutput(trace).action((id: string, options: TraceOptions) =>
    run(async (context) => (await import('../events/trace.ts')).trace(id, options, context)),
  );

  const replay = withSelection(command.command('replay'))
    .summary('send events that came before once more')
    .description(
      'Sends events that came before once more, into the Broker that each came into, into another, or to one Trigger alone as far as its filter takes them. They carry the attribute weirreplay with the moment at which the replay began.',
    )
    .option('--to <broker>', 'into another Broker: its name, or namespace/name')
    .option('--to-trigger <name>', 'to one Trigger alone')
    .option('--to-subscription <name>', 'to one Subscription alone')
    .option('--replies', 'also what subscribers answered, which they otherwise answer anew')
    .addHelpText('after', REPLAY);
  withOutput(withSending(replay)).action((options: ReplayOptions) =>
    run(async (context) => (await import('../events/replay.ts')).replay(options, context)),
  );

  const deadLetters = withSelection(command.command('dead-letters'))
    .summary('show what could not be delivered, and put it back')
    .description(
      'Shows what could not be delivered, with the reason, or all that is known of one; --return sends it again to those who did not take it.',
    )
    .argument('[id]', 'of an event')
    .option('--environment <name>', 'those of an environment of a cluster, to whose sink kubectl leads a port')
    .option('--url <url>', 'of a port that leads to a dead-letter sink already')
    .option('--return', 'send again: the one whose id is given, those that options say, or --all')
    .addHelpText('after', DEAD_LETTERS);
  withOutput(withSending(deadLetters, 'with --return: ')).action(
    (id: string | undefined, options: DeadLettersOptions) =>
      run(async (context) => (await import('../events/deadLetters.ts')).deadLetters(id, options, context)),
  );

  command
    .command('serve')
    .summary("keep the dead letters of a cluster's Brokers")
    .description(
      "Runs a dead-letter sink for a cluster's Brokers and Triggers: it keeps what could not be delivered, counts it, and puts it back where it was to go.",
    )
    .option('--file <file>', 'where they are kept; on a volume', 'letters.db')
    .option('--port <number>', 'where they are taken', '8080')
    .option('--bind <address>', 'the address for --port; 0.0.0.0 in a container', '127.0.0.1')
    .option('--ask-port <number>', 'where they are asked for, on this machine alone', '8081')
    .option('--most <number>', 'so many are kept', '100000')
    .option('--bytes <size>', 'and so much', '512Mi')
    .option('--age <duration>', 'and so long', '30d')
    .addHelpText('after', SERVE)
    .action((options: ServeOptions) =>
      run(async (context) => (await import('../events/serve.ts')).serve(options, context)),
    );

  const types = withSelection(command.command('types'))
    .summary('list the types of events that were seen')
    .description(
      'Lists what was seen, by type and source: how often, when last, in which Brokers, and who took the last.',
    )
    .addHelpText('after', TYPES);
  withOutput(types).action((options: TypesOptions) =>
    run(async (context) => (await import('../events/types.ts')).types(options, context)),
  );
};

const TAIL = `
Whoever may read a Broker may see its events. Ctrl-C ends it.

Examples:
  weir events tail
  weir events tail -b shop/default --type 'order.*'
  weir events tail -n shop -t billing --since 1h --no-follow -o json`;

const SEND = `
Examples:
  weir events send shop/default --type order.placed --data '{"item": "tea"}'
  weir events send shop/default -f order.json
  curl -s example.com | weir events send shop/default --type page.read --data-file - --content-type text/html
  weir events send --url http://127.0.0.1:8090/shop/default --type order.placed`;

const REPLAY = `
Whoever may change a Broker may send its events again. Ctrl-C ends it where it
is. The exit code is 1 where something could not be sent.

Examples:
  weir events replay -b shop/default --type order.placed --since 1h --dry-run
  weir events replay -b shop/default --since 2026-03-01T08:00:00Z --until 2026-03-01T09:00:00Z --rate 20
  weir events replay -b shop/default --since 1d --to-trigger billing`;

const DEAD_LETTERS = `
Examples:
  weir events dead-letters
  weir events dead-letters 6f1c2f4e
  weir events dead-letters 6f1c2f4e --return
  weir events dead-letters -n shop -t billing --since 1h --return
  weir events dead-letters --environment prod --type 'order.*' --return
  kubectl port-forward deployment/letters 8081 & weir events dead-letters --url http://127.0.0.1:8081`;

const SERVE = `
Takes dead letters by POST /, and tells /metrics, /healthz and /readyz. Who may
lead a port to it may list them and put them back: weir events dead-letters --url.

Examples:
  weir events serve --file /data/letters.db
  weir events serve --age 7d --bytes 64Mi`;

const TYPES = `
Examples:
  weir events types
  weir events types -b shop/default -o json | jq '.[] | select(.lanes == [])'`;

const TRACE = `
Examples:
  weir events trace 6f1c2f4e
  weir events trace 6f1c2f4e -n shop -o json | jq '.events[].lanes[].attempts'`;
