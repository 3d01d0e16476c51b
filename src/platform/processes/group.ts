/** One program in a process group of its own, from its start until nothing of it is left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { isObject } from '../../kubernetes/json.ts';
import { findProgram } from './findProgram.ts';
import { type Exit, type Output, type ProcessOptions, type RunningProcess, StartProblem } from './processes.ts';
import { killGroup } from './records.ts';

/** Where the program ended, and something that it started holds its output open. */
const OUTPUT_MS = 1_000;

export interface GroupParts {
  readonly env: Readonly<Record<string, string>>;
  /** The PATH on which the program is looked for; the one in `env` may be a manifest's. */
  readonly searched: string;
  onStart(pid: number): void;
  onEnd(pid: number): void;
  /** Says when the limit is passed; the result ends the watch. */
  watchMemory(pid: number, limit: number, onOver: () => void): () => void;
}

/** @throws StartProblem */
export async function startGroup(options: ProcessOptions, parts: GroupParts): Promise<Group> {
  const { command, cwd, output } = options;
  const [program, ...args] = command;
  checkFolder(cwd, program);
  const file = findProgram(program, parts.searched);
  if (file === undefined) {
    output.close();
    throw new StartProblem(noProgram(program));
  }
  let child: ChildProcess;
  try {
    const env = { ...parts.env };
    const stdio = ['ignore' as const, 'pipe' as const, 'pipe' as const];
    child = spawn(file, args, { argv0: program, cwd, env, detached: true, stdio });
  } catch (error) {
    output.close();
    throw new StartProblem(sentenceOf(error, program));
  }
  const { pid } = child;
  if (pid !== undefined) {
    const group = groupOf(child, pid, options, parts); // in the same turn: nothing runs that nobody knows of
    await new Promise((resolve) => child.once('spawn', resolve));
    return group;
  }
  const error = await new Promise((resolve) => child.once('error', resolve));
  output.close();
  throw new StartProblem(sentenceOf(error, program));
}

/** What cannot be written down does not run: nobody would end it. */
function groupOf(child: ChildProcess, pid: number, options: ProcessOptions, parts: GroupParts): Group {
  try {
    return new Group(child, pid, options, parts);
  } catch (error) {
    killGroup(pid, 'SIGKILL');
    parts.onEnd(pid);
    options.output.close();
    const why = isObject(error) ? error.message : String(error);
    throw new StartProblem(`${options.command[0]} was ended again, since it could not be written down: ${why}`);
  }
}

function checkFolder(cwd: string, program: string): void {
  const found = statSync(cwd, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  const what = found === undefined ? 'is not there' : 'is no folder';
  throw new StartProblem(`${cwd}, where ${program} is to run, ${what}; correct cwd in weir.yaml`);
}

function noProgram(program: string): string {
  return `there is no program ${program}; name one that is on PATH, or its path`;
}

function sentenceOf(error: unknown, program: string): string {
  const code = isObject(error) ? error.code : undefined;
  if (code === 'ENOENT') return noProgram(program);
  if (code === 'EACCES') return `${program} may not be executed; give it the right to (chmod +x)`;
  return `${program} could not be started: ${isObject(error) ? error.message : String(error)}`;
}

export class Group implements RunningProcess {
  readonly pid: number;
  readonly startedAt = new Date();
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #parts: GroupParts;
  readonly #output: Output;
  #isOver = false;
  #isOverMemory = false;
  #deadline: NodeJS.Timeout | undefined;
  #deadlineAt = Number.POSITIVE_INFINITY;

  constructor(child: ChildProcess, pid: number, { output, memoryLimit }: ProcessOptions, parts: GroupParts) {
    this.pid = pid;
    this.#child = child;
    this.#parts = parts;
    this.#output = output;
    parts.onStart(pid);
    const unwatch =
      memoryLimit === undefined
        ? () => {}
        : parts.watchMemory(pid, memoryLimit, () => {
            this.#isOverMemory = true;
            killGroup(pid, 'SIGKILL');
          });
    this.exited = this.#untilOver().finally(unwatch);
    this.#take('stdout', child.stdout);
    this.#take('stderr', child.stderr);
  }

  end(graceMs: number): Promise<Exit> {
    const at = Date.now() + graceMs;
    if (this.#isOver || at >= this.#deadlineAt) return this.exited;
    if (this.#deadline === undefined && graceMs > 0) killGroup(this.pid, 'SIGTERM');
    this.#deadlineAt = at;
    clearTimeout(this.#deadline);
    if (graceMs <= 0) killGroup(this.pid, 'SIGKILL');
    else this.#deadline = setTimeout(() => killGroup(this.pid, 'SIGKILL'), graceMs);
    return this.exited;
  }

  /** A program whose output nobody may take yet waits, as one before a full pipe does. */
  #take(stream: 'stdout' | 'stderr', from: Readable | null): void {
    from?.on('error', () => {});
    from?.on('data', (bytes: Buffer) => {
      const wait = this.#output.write(stream, bytes);
      if (wait === undefined || this.#isOver) return;
      from.pause();
      void wait.then(() => from.resume());
    });
  }

  async #untilOver(): Promise<Exit> {
    const child = this.#child;
    const closed = new Promise((resolve) => child.once('close', resolve));
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('exit', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    const at = new Date();
    this.#isOver = true;
    clearTimeout(this.#deadline);
    // with the first process the rest of its group goes, as in a container
    killGroup(this.pid, 'SIGKILL');
    this.#parts.onEnd(this.pid);
    child.stdout?.resume();
    child.stderr?.resume();
    const late = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, OUTPUT_MS);
    await closed;
    clearTimeout(late);
    this.#output.close();
    const number = signal === null ? 0 : (constants.signals[signal] ?? 0);
    return { exitCode: code ?? 128 + number, signal: number, isOverMemory: this.#isOverMemory, at };
  }
}
