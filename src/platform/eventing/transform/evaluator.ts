/**
 * JSONata for one who transforms events, in a process of its own: an expression is a program that somebody wrote, may go on
 * for ever and may want any memory. What it may take is bounded; then its process ends, and the next event gets another
 * after a pause, which grows while nothing else comes of it. A thread of this process would not do: one that wants memory
 * faster than it is stopped takes all of the process along.
 *
 * @example
 * const evaluator = new Evaluator();
 * await evaluator.evaluate('{"total": price * 2}', '{"price": 4}'); // { is: 'made', json: '{"total":8}', … }
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { type Clock, systemClock } from '../../../kubernetes/clock.ts';
import { isObject, type JsonValue, numberAt, stringAt } from '../../../kubernetes/json.ts';
import { messageOf } from '../../database/storeError.ts';
import { PROGRAM, THREAD } from './program.ts';

export type Evaluated =
  /** An object or an array; `contentType` as knative-extensions/eventing-integrations' transform-jsonata guesses it. */
  { readonly is: 'made'; readonly json: string; readonly contentType: string } | NotMade;

export interface NotMade {
  /**
   * `failed`: the expression makes nothing of this event. `givenUp`: it took too long or too much, which may be the
   * machine's fault. `later`: nobody could look at it.
   */
  readonly is: 'failed' | 'givenUp' | 'later';
  readonly problem: string;
}

/** How an expression is written: `unknown` where nobody could look, which is another time's answer. */
export type Reading =
  | { readonly is: 'fine' }
  | { readonly is: 'wrong'; readonly problem: string }
  | { readonly is: 'unknown'; readonly problem: string };

export interface EvaluatorOptions {
  /** Milliseconds that one event may take. */
  readonly timeMs?: number;
  /** Of its heap. */
  readonly megabytes?: number;
  /** Node's own unless set. */
  readonly spawn?: (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
  /** Of the pauses. */
  readonly clock?: Clock;
}

interface Task {
  readonly expression: string;
  /** Undefined: the expression is only read. */
  readonly input: string | undefined;
  resolve(evaluated: Evaluated): void;
}

const TIME_MS = 5000;
const MEGABYTES = 128;
const MOST_WAITING = 1000;
/** Of all that wait. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** A process that nothing was asked of for so long ends. */
const IDLE_MS = 60_000;
/** Until a process is there, which has nothing to do with the expression. */
const START_MS = 30_000;
/** Before the next process, where one was given up; doubled each time. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export class Evaluator {
  readonly #timeMs: number;
  readonly #megabytes: number;
  readonly #spawn: NonNullable<EvaluatorOptions['spawn']>;
  readonly #clock: Clock;
  readonly #waiting: Task[] = [];
  #characters = 0;
  #process: ChildProcess | undefined;
  #state: 'none' | 'starting' | 'ready' | 'pausing' = 'none';
  #task: Task | undefined;
  /** Answers of a task that was given up are those of another. */
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Since something came of one. */
  #givenUp = 0;
  #callOff: (() => void) | undefined;
  #isEnded = false;

  constructor(options: EvaluatorOptions = {}) {
    const { timeMs = TIME_MS, megabytes = MEGABYTES, spawn: start = spawn, clock = systemClock } = options;
    this.#spawn = start;
    this.#timeMs = timeMs;
    this.#megabytes = megabytes;
    this.#clock = clock;
  }

  /** @param input JSON */
  evaluate(expression: string, input: string): Promise<Evaluated> {
    return this.#ask(expression, input);
  }

  /** How it is written. */
  async read(expression: string): Promise<Reading> {
    const read = await this.#ask(expression, undefined);
    if (read.is === 'made') return { is: 'fine' };
    return { is: read.is === 'failed' ? 'wrong' : 'unknown', problem: read.problem };
  }

  end(): void {
    this.#isEnded = true;
    this.#callOff?.();
    this.#stop();
    const task = this.#task;
    this.#task = undefined;
    const problem = 'the platform is about to end';
    task?.resolve({ is: 'later', problem });
    this.#answerAll(problem);
  }

  #ask(expression: string, input: string | undefined): Promise<Evaluated> {
    const problem = this.#isEnded ? 'the platform is about to end' : this.#whyFull(input);
    if (problem !== undefined) return Promise.resolve({ is: 'later', problem });
    return new Promise((resolve) => {
      this.#waiting.push({ expression, input, resolve });
      this.#characters += input?.length ?? 0;
      this.#next();
    });
  }

  /** One alone is taken, however large it is. */
  #whyFull(input = ''): string | undefined {
    const { length } = this.#waiting;
    if (length >= MOST_WAITING) return `${length} events wait to be transformed`;
    if (length === 0 || this.#characters + input.length <= MOST_CHARACTERS) return undefined;
    return `events of ${this.#characters} characters wait to be transformed`;
  }

  #next(): void {
    if (this.#task !== undefined || this.#state === 'starting' || this.#state === 'pausing') return;
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) this.#timer = setTimeout(() => this.#stop(), IDLE_MS).unref();
    else if (this.#process === undefined) this.#start();
    else this.#give(this.#process);
  }

  #give(process: ChildProcess): void {
    const task = this.#waiting.shift();
    if (task === undefined) return;
    const { expression, input } = task;
    this.#characters -= input?.length ?? 0;
    this.#task = task;
    const number = ++this.#number;
    this.#timer = setTimeout(() => this.#giveUp(`it took longer than ${this.#timeMs} ms`), this.#timeMs).unref();
    process.send({ number, expression, ...(input === undefined ? {} : { input }) }, (error) => {
      if (error !== null && task === this.#task) this.#giveUp(messageOf(error));
    });
  }

  #start(): void {
    this.#state = 'starting';
    const late = `it was not there within ${START_MS / 1000} s`;
    this.#timer = setTimeout(() => this.#unavailable(late), START_MS).unref();
    const library = createRequire(import.meta.url).resolve('jsonata');
    try {
      const started = this.#spawn(process.execPath, ['-e', PROGRAM, library, String(this.#megabytes), THREAD], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        // what it is given, and nothing of this process
        env: {},
        cwd: '/',
      });
      this.#process = started;
      // it holds up no end
      started.unref();
      started.channel?.unref();
      started.on('message', (message: JsonValue) => this.#onMessage(started, message));
      started.on('error', (error) => this.#onEnd(started, messageOf(error)));
      started.on('exit', () => this.#onEnd(started, `it took more than ${this.#megabytes} MB, or more than its stack`));
      // one that could not begin has nothing to be told by
      if (!started.connected) throw new Error('it could not be started');
    } catch (error) {
      this.#unavailable(messageOf(error));
    }
  }

  #onMessage(from: ChildProcess, message: JsonValue): void {
    if (from !== this.#process || !isObject(message)) return;
    if (message.isReady === true) {
      this.#state = 'ready';
      this.#next();
    } else if (this.#task !== undefined && numberAt(message, 'number') === this.#number) {
      this.#givenUp = 0;
      this.#done(answerOf(message));
      this.#next();
    }
  }

  #onEnd(ended: ChildProcess, why: string): void {
    if (ended !== this.#process) return;
    if (this.#state === 'starting') this.#unavailable(why);
    else if (this.#task !== undefined) this.#giveUp(why);
    else this.#stop();
  }

  /** The process goes: it may be anywhere. */
  #giveUp(why: string): void {
    this.#stop();
    this.#pause();
    this.#done({ is: 'givenUp', problem: `the expression was given up: ${why}` });
  }

  /** Whoever waits may ask again, when the machine is well. */
  #unavailable(why: string): void {
    this.#stop();
    this.#pause();
    this.#answerAll(`there is no process for its expression: ${why}`);
  }

  #pause(): void {
    this.#state = 'pausing';
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#givenUp++, LONGEST_PAUSE_MS);
    this.#callOff = this.#clock.after(pause, () => {
      this.#state = 'none';
      this.#next();
    });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const started = this.#process;
    this.#process = undefined;
    this.#state = 'none';
    // one that never began has no id, or 0, which is everybody's of this group
    if (started?.pid) started.kill('SIGKILL');
  }

  #done(evaluated: Evaluated): void {
    const task = this.#task;
    this.#task = undefined;
    task?.resolve(evaluated);
  }

  #answerAll(problem: string): void {
    this.#characters = 0;
    for (const task of this.#waiting.splice(0)) task.resolve({ is: 'later', problem });
  }
}

function answerOf(message: JsonValue): Evaluated {
  const problem = stringAt(message, 'problem');
  if (problem !== undefined) return { is: 'failed', problem };
  const json = stringAt(message, 'json') ?? '';
  return { is: 'made', json, contentType: stringAt(message, 'contentType') ?? 'application/json' };
}
