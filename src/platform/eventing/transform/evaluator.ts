/**
 * JSONata for one who transforms events, in a process of its own: an expression is a program that somebody wrote, may go on
 * for ever and may want any memory. What it may take is bounded; then its process ends, and the next event gets another. A
 * thread of this process would not do: one that wants memory faster than it is stopped takes all of the process along.
 *
 * @example
 * const evaluator = new Evaluator();
 * await evaluator.evaluate('{"total": price * 2}', '{"price": 4}'); // { is: 'made', json: '{"total":8}', … }
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { isObject, type JsonValue, numberAt, stringAt } from '../../../kubernetes/json.ts';
import { messageOf } from '../../database/storeError.ts';

export type Evaluated =
  /** An object or an array; `contentType` as knative-extensions/eventing-integrations' transform-jsonata guesses it. */
  | { readonly is: 'made'; readonly json: string; readonly contentType: string }
  | { readonly is: 'failed' | 'full'; readonly problem: string };

export interface EvaluatorOptions {
  /** Milliseconds that one event may take. */
  readonly timeMs?: number;
  /** Of its heap. */
  readonly megabytes?: number;
  /** Node's own unless set. */
  readonly spawn?: (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
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
/** Characters. */
const MOST_JSON = 8 * 1024 * 1024;
const MOST_TEXT = 2000;
/** A process that nothing was asked of for so long ends. */
const IDLE_MS = 60_000;

/** Ends with this process, also where that is killed: an expression may keep its thread, and never this one. */
const PROGRAM = `
const { Worker } = require('node:worker_threads');
const [library, megabytes, program] = process.argv.slice(1);
process.on('disconnect', () => process.exit());
// a terminal sends Ctrl-C to all of its processes: the platform says when this one ends
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
const worker = new Worker(program, {
  eval: true,
  workerData: { library },
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: Number(megabytes), stackSizeMb: 4 },
});
worker.on('message', (message) => process.send(message));
worker.on('error', () => process.exit(1));
process.on('message', (message) => worker.postMessage(message));
`;

/** Each event alone, and each expression read once. What it makes leaves it as a text that has its bounds here. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const jsonata = require(workerData.library);
const known = new Map();
function read(text) {
  const found = known.get(text) ?? jsonata(text);
  if (known.size > 10) known.clear();
  known.set(text, found);
  return found;
}
function contentTypeOf(made) {
  if (made.contenttype) {
    const text = String(made.contenttype);
    if (text.length > ${MOST_TEXT}) throw new Error('contenttype has more than ${MOST_TEXT} characters');
    return text;
  }
  return 'specversion' in made ? 'application/cloudevents+json' : 'application/json';
}
parentPort.on('message', async ({ number, expression, input }) => {
  try {
    const read_ = read(expression);
    if (input === undefined) return parentPort.postMessage({ number, json: '{}', contentType: '' });
    const made = await read_.evaluate(JSON.parse(input));
    if (typeof made !== 'object' || made === null) {
      const what = made === undefined ? 'nothing' : made === null ? 'null' : 'a ' + typeof made;
      throw new Error('the expression gives ' + what + ' for this event, and must give an object or an array');
    }
    const json = JSON.stringify(made);
    if (json.length > ${MOST_JSON}) throw new Error('the expression gives more than ${MOST_JSON} characters of JSON');
    parentPort.postMessage({ number, json, contentType: contentTypeOf(made) });
  } catch (error) {
    const place = typeof error?.position === 'number' ? ' at character ' + error.position : '';
    parentPort.postMessage({ number, problem: String(error?.message ?? error).slice(0, ${MOST_TEXT}) + place });
  }
});
`;

export class Evaluator {
  readonly #timeMs: number;
  readonly #megabytes: number;
  readonly #spawn: NonNullable<EvaluatorOptions['spawn']>;
  readonly #waiting: Task[] = [];
  #process: ChildProcess | undefined;
  #task: Task | undefined;
  /** Answers of a task that was given up are those of another. */
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor({ timeMs = TIME_MS, megabytes = MEGABYTES, spawn: start = spawn }: EvaluatorOptions = {}) {
    this.#spawn = start;
    this.#timeMs = timeMs;
    this.#megabytes = megabytes;
  }

  /** @param input JSON */
  evaluate(expression: string, input: string): Promise<Evaluated> {
    return this.#ask(expression, input);
  }

  /** What is wrong with how it is written; undefined where nothing is. */
  async problemOf(expression: string): Promise<string | undefined> {
    const read = await this.#ask(expression, undefined);
    return read.is === 'made' ? undefined : read.problem;
  }

  end(): void {
    this.#isEnded = true;
    this.#stop();
    const problem = 'the platform is about to end';
    for (const task of [this.#task, ...this.#waiting.splice(0)]) task?.resolve({ is: 'full', problem });
    this.#task = undefined;
  }

  #ask(expression: string, input: string | undefined): Promise<Evaluated> {
    if (this.#isEnded || this.#waiting.length >= MOST_WAITING) {
      return Promise.resolve({ is: 'full', problem: `${this.#waiting.length} events wait to be transformed` });
    }
    return new Promise((resolve) => {
      this.#waiting.push({ expression, input, resolve });
      this.#next();
    });
  }

  #next(): void {
    if (this.#task !== undefined) return;
    clearTimeout(this.#timer);
    const task = this.#waiting.shift();
    if (task === undefined) {
      this.#timer = setTimeout(() => this.#stop(), IDLE_MS).unref();
      return;
    }
    this.#task = task;
    const number = ++this.#number;
    this.#timer = setTimeout(() => this.#giveUp(`it took longer than ${this.#timeMs} ms`), this.#timeMs).unref();
    const failed = (why: string): void => {
      if (task === this.#task) this.#giveUp(why);
    };
    try {
      this.#process ??= this.#start();
      // one that could not begin has nothing to be told by
      if (!this.#process.connected) throw new Error('its process could not be started, or has ended');
      const { expression, input } = task;
      this.#process.send({ number, expression, ...(input === undefined ? {} : { input }) }, (error) => {
        if (error !== null) failed(messageOf(error));
      });
    } catch (error) {
      // later: many that wait would fail within each other
      setImmediate(() => failed(messageOf(error)));
    }
  }

  #start(): ChildProcess {
    const library = createRequire(import.meta.url).resolve('jsonata');
    const started = this.#spawn(process.execPath, ['-e', PROGRAM, library, String(this.#megabytes), THREAD], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // what it is given, and nothing of this process
      env: {},
      cwd: '/',
    });
    // it holds up no end
    started.unref();
    started.channel?.unref();
    started.on('message', (message: JsonValue) => {
      if (isObject(message) && numberAt(message, 'number') === this.#number) this.#done(answerOf(message));
    });
    started.on('error', (error) => this.#ended(started, messageOf(error)));
    started.on('exit', () => this.#ended(started, `it took more than ${this.#megabytes} MB, or more than its stack`));
    return started;
  }

  #ended(ended: ChildProcess, why: string): void {
    if (ended !== this.#process) return;
    if (this.#task === undefined) this.#process = undefined;
    else this.#giveUp(why);
  }

  /** The process goes: it may be anywhere. */
  #giveUp(why: string): void {
    this.#stop();
    this.#done({ is: 'failed', problem: `the expression was given up: ${why}` });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const started = this.#process;
    this.#process = undefined;
    // one that never began has no id, or 0, which is everybody's of this group
    if (started?.pid) started.kill('SIGKILL');
  }

  #done(evaluated: Evaluated): void {
    const task = this.#task;
    this.#task = undefined;
    task?.resolve(evaluated);
    if (!this.#isEnded) this.#next();
  }
}

function answerOf(message: JsonValue): Evaluated {
  const problem = stringAt(message, 'problem');
  if (problem !== undefined) return { is: 'failed', problem };
  const json = stringAt(message, 'json') ?? '';
  return { is: 'made', json, contentType: stringAt(message, 'contentType') ?? 'application/json' };
}
