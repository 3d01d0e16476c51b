/** What a command is to the frame in main.ts: a file of its own under commands/, loaded only when it is asked for. */
import type { Command } from 'commander';
import type { Colors, Io, TextSink } from './io.ts';

export interface CommandContext {
  readonly io: Io;
  /** Colours for a stream, as the options and the environment want them. */
  colors(sink: TextSink): Colors;
}

/** What a command does with its parsed arguments; the number is the exit code. */
export type Run = (context: CommandContext) => Promise<number>;

/**
 * Describes a command's arguments and options on a fresh commander Command. Its actions call `run` with what is to
 * be done; the frame does it.
 *
 * @example
 * export const define: DefineCommand = (command, run) => {
 *   command.argument('<rule>').action((rule: string) => run((context) => explain(rule, context)));
 * };
 */
export type DefineCommand = (command: Command, run: (task: Run) => void) => void;
