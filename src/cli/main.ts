/** The command line's frame: picks the command, loads it, and turns what it says into an exit code. */
import { Command, CommanderError } from 'commander';
import { didYouMean } from '../text/nearest.ts';
import type { CommandContext, DefineCommand, Run } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { colorsFor, type Io, processIo, type TextSink } from './io.ts';
import { version } from './package.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's file; start-up time counts, so nothing else is loaded. */
  readonly load: () => Promise<{ readonly define: DefineCommand }>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'judge manifests by the policy of the environment that they go to',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'render',
    summary: 'print manifests with the defaults of their environment filled in, or write them in place',
    load: () => import('./commands/render.ts'),
  },
  {
    name: 'explain',
    summary: 'say what a rule is for, or who decided each value of a manifest',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'fn',
    summary: 'render and check as a KRM function, for Kustomize, kpt and Argo CD',
    load: () => import('./commands/fn.ts'),
  },
  {
    name: 'policy',
    summary: 'show, compare, test and validate policies',
    load: () => import('./commands/policy.ts'),
  },
  {
    name: 'simulate',
    summary: 'play a recorded traffic to a Service, and draw the pods that it would have',
    load: () => import('./commands/simulate.ts'),
  },
  {
    name: 'namespace',
    summary: 'show what a namespace must contain, and what would change there',
    load: () => import('./commands/namespace.ts'),
  },
  {
    name: 'init',
    summary: 'set up a repository: policies, weir.yaml, a pre-commit hook and a workflow',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'audit',
    summary: 'judge what is in a cluster already',
    load: () => import('./commands/audit.ts'),
  },
  {
    name: 'doctor',
    summary: 'check a cluster, or one Service in it, and say what to do',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'schedule',
    summary: 'preview and explain ScalingSchedules',
    load: () => import('./commands/schedule.ts'),
  },
  {
    name: 'rollout',
    summary: 'watch, plan and steer TrafficRollouts',
    load: () => import('./commands/rollout.ts'),
  },
  {
    name: 'webhook',
    summary: 'serve the admission webhooks of a cluster',
    load: () => import('./commands/webhook.ts'),
  },
  {
    name: 'controller',
    summary: 'keep a cluster at its policy and on its schedules',
    load: () => import('./commands/controller.ts'),
  },
  {
    name: 'up',
    summary: 'run a platform on this machine, without a cluster',
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'top',
    summary: 'watch Knative Services: their traffic, Revisions and Pods',
    load: () => import('./commands/top.ts'),
  },
  {
    name: 'load',
    summary: 'send a Service requests at a constant rate, and measure its answers',
    load: () => import('./commands/load.ts'),
  },
  {
    name: 'events',
    summary: 'follow, send, replay and trace the events of Brokers',
    load: () => import('./commands/events.ts'),
  },
];

/** Runs one command line (without the program's own name) and returns the exit code. It never throws. */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  try {
    return await runCommandLine(args, io);
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    io.stderr.write(`weir: ${sentenceFor(error, io)}\n`);
    return EXIT.failed;
  }
}

async function runCommandLine(args: readonly string[], io: Io): Promise<number> {
  const { program, chosen } = await buildProgram(args, io);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.failed;
    throw error;
  }

  const task = chosen();
  if (task === undefined) return EXIT.failed;
  const context: CommandContext = {
    io,
    colors: (sink: TextSink) => colorsFor(sink, io.env, args.includes('--no-color')),
  };
  return task(context);
}

/** The program with the asked command defined in full, and the others by name only. */
async function buildProgram(
  args: readonly string[],
  io: Io,
): Promise<{ program: Command; chosen: () => Run | undefined }> {
  let task: Run | undefined;
  const program = frame(new Command('weir'), io)
    .description('Policy for Knative on Kubernetes, driven by Git.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', '\nExit codes: 0 clean, 1 denied, 2 could not judge.');

  const wanted = args.filter((argument) => !argument.startsWith('-') && argument !== 'help')[0];
  for (const entry of COMMANDS) {
    const command = frame(program.command(entry.name), io).summary(entry.summary).description(sentence(entry.summary));
    if (entry.name !== wanted) continue;
    const { define } = await entry.load();
    define(command, (chosenTask) => {
      task = chosenTask;
    });
    for (const sub of command.commands) frame(sub, io);
  }
  program.action((unknown: string | undefined) => {
    if (unknown === undefined) {
      program.outputHelp({ error: true });
      return;
    }
    const names = COMMANDS.map((entry) => entry.name);
    const hint = didYouMean(unknown, names);
    throw new Failure(`unknown command "${unknown}"${hint === '' ? ';' : hint} there are ${names.join(', ')}`);
  });
  program.argument('[command]').allowExcessArguments();
  program.usage('[options] [command]');
  return { program, chosen: () => task };
}

/** Options and manners that every command shares. */
function frame(command: Command, io: Io): Command {
  return command
    .option('--no-color', 'plain text, whatever the terminal can do')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(`weir: ${plainError(text, command)}`),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 80, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 80, 120),
    });
}

const UNKNOWN = /^unknown (?:option|command)/;
const WRONG_ARGUMENTS = /^(?:missing required argument|too many arguments)/;

/** commander's sentence without its heading, with its guess on the same line, and with where the help is. */
function plainError(text: string, command: Command): string {
  const plain = text
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)/, '; did you mean $1?')
    .trimEnd();
  const join = /[?.]$/.test(plain) ? '' : ';';
  const more = UNKNOWN.test(plain) ? 'lists all' : WRONG_ARGUMENTS.test(plain) ? 'shows how' : undefined;
  return more === undefined ? `${plain}\n` : `${plain}${join} ${fullName(command)} --help ${more}\n`;
}

/** `weir policy show`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function sentenceFor(error: unknown, io: Io): string {
  if (io.env.WEIR_DEBUG === '1' && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof Failure) return error.message;
  const reason = error instanceof Error ? error.message : String(error);
  return `this is a mistake of Weir's: ${reason}. WEIR_DEBUG=1 shows where`;
}
