/** The probes of one container while it runs, and its hooks. */
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { Output } from '../../../src/platform/processes/processes.ts';
import { startLoop } from '../probes/loop.ts';
import { type Check, hookOf, type PortOf, type Probe, type ProbeName, probeOf } from '../probes/probe.ts';
import { isAllowed, nameIn, type Prepared } from './prepare.ts';
import type { PodTools, Tell } from './tools.ts';

export interface ChecksOptions {
  readonly container: JsonObject;
  readonly tools: PodTools;
  readonly tell: Tell;
  readonly portOf: PortOf;
  onStarted(): void;
  onReady(isReady: boolean): void;
  /** It has to end. @param graceMs as the probe says */
  onUnhealthy(graceMs: number | undefined, note: string): void;
}

const TITLES = { startupProbe: 'Startup', readinessProbe: 'Readiness', livenessProbe: 'Liveness' } as const;
const HOOK_MS = 30_000;

export class Checks {
  readonly #options: ChecksOptions;
  readonly #stops: (() => void)[] = [];
  /** What was told once of a command that may not run. */
  readonly #told = new Set<string>();
  #prepared: Prepared | undefined;
  #startedAt: Date;

  constructor(options: ChecksOptions) {
    this.#options = options;
    this.#startedAt = options.tools.clock.now();
  }

  /** The program has just been started. @param isSame false when the program that it is about is gone */
  async begin(prepared: Prepared, isSame: () => boolean): Promise<void> {
    this.#prepared = prepared;
    this.#startedAt = this.#options.tools.clock.now();
    const { container, portOf, tell } = this.#options;
    const hook = hookOf(container, 'postStart', portOf);
    if (hook !== undefined) {
      const problem = await this.hook(hook, HOOK_MS);
      if (!isSame()) return;
      if (problem !== undefined) {
        tell('Warning', 'FailedPostStartHook', `PostStartHook failed: ${problem}`);
        this.#options.onUnhealthy(undefined, `FailedPostStartHook: container ${nameIn(container)} will be killed`);
        return;
      }
    }
    if (!this.#loop('startupProbe', () => this.#started())) this.#started();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** @returns what went wrong */
  hook(check: Check, timeoutMs: number): Promise<string | undefined> {
    if (check.kind === 'sleep') {
      return new Promise((resolve) => {
        this.#options.tools.clock.after(Math.min(check.ms, timeoutMs), () => resolve(undefined));
      });
    }
    return this.#ask(check, timeoutMs, new AbortController().signal, undefined);
  }

  #started(): void {
    this.stop();
    this.#options.onStarted();
    if (!this.#loop('readinessProbe', () => this.#options.onReady(true))) this.#options.onReady(true);
    this.#loop('livenessProbe', () => {});
  }

  /** @returns false where there is no such probe */
  #loop(name: ProbeName, onSuccess: () => void): boolean {
    const { container, portOf, tools } = this.#options;
    const probe = probeOf(container, name, portOf);
    if (probe === undefined) return false;
    let lastProblem = '';
    const stop = startLoop({
      timing: probe,
      clock: tools.clock,
      startedAt: this.#startedAt,
      isEager: name !== 'livenessProbe',
      ask: (signal) => this.#ask(probe.check, probe.timeoutMs, signal, name),
      onSuccess,
      onFailure: (problem) => {
        lastProblem = problem;
        this.#options.tell('Warning', 'Unhealthy', `${TITLES[name]} probe failed: ${problem}`);
      },
      onTooMany: () => this.#tooMany(name, probe, lastProblem),
    });
    this.#stops.push(stop);
    return true;
  }

  #tooMany(name: ProbeName, { graceMs }: Probe, problem: string): void {
    if (name === 'readinessProbe') {
      this.#options.onReady(false);
      return;
    }
    const which = TITLES[name].toLowerCase();
    const note = `Container ${nameIn(this.#options.container)} failed ${which} probe, will be restarted: ${problem}`;
    this.#options.onUnhealthy(graceMs, note);
  }

  #ask(check: Check, timeoutMs: number, signal: AbortSignal, name: ProbeName | undefined): Promise<string | undefined> {
    const { tools } = this.#options;
    if (check.kind === 'sleep') return Promise.resolve(undefined);
    if (check.kind !== 'exec') {
      if (check.kind === 'grpc')
        this.#tellOnce(
          'ProbeNotSupported',
          'a probe asks by gRPC, which is not done here: it succeeds where the port takes connections',
        );
      return tools.ask(check, timeoutMs, signal);
    }
    if (this.#mayRun(check.command)) return this.#run(check.command, timeoutMs, signal);
    return this.#instead(check.command, timeoutMs, signal, name);
  }

  /** Asked each time: weir.yaml may have changed, and name the image no more. */
  #mayRun(command: readonly string[]): boolean {
    const { container, tools } = this.#options;
    const { program } = tools.images.programFor(stringAt(container, 'image') ?? '');
    return program !== undefined && isAllowed(command, program);
  }

  /**
   * A command that weir.yaml does not name is never run. A hook with it fails; a liveness probe succeeds, for a program
   * must not be ended for what nobody asked it; the others succeed where the program takes connections.
   */
  #instead(
    command: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
    name: ProbeName | undefined,
  ): Promise<string | undefined> {
    const words = JSON.stringify(command);
    const what = name === undefined ? 'a hook' : `the ${TITLES[name].toLowerCase()} probe`;
    const sentence = `${what} of container ${nameIn(this.#options.container)} runs ${words}, which weir.yaml does not name; add it to exec of the image`;
    if (name === undefined) return Promise.resolve(sentence);
    const port = this.#prepared?.env.PORT;
    const isPassed = name === 'livenessProbe' || port === undefined;
    this.#tellOnce(
      'ExecNotMapped',
      `${sentence}; until then ${isPassed ? 'it succeeds' : 'it succeeds where the program takes connections'}`,
    );
    if (isPassed) return Promise.resolve(undefined);
    return this.#options.tools.ask({ kind: 'tcp', port: Number(port) }, timeoutMs, signal);
  }

  #tellOnce(reason: string, note: string): void {
    if (this.#told.has(note)) return;
    this.#told.add(note);
    this.#options.tell('Warning', reason, note);
  }

  async #run(words: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    const [first, ...rest] = words;
    if (first === undefined || this.#prepared === undefined) return 'there is no command to run';
    const { tools } = this.#options;
    const { cwd, env } = this.#prepared;
    const output = new LastWords();
    try {
      const running = await tools.processes.start({ command: [first, ...rest], cwd, env, output });
      let isLate = false;
      const end = (): void => void running.end(0);
      signal.addEventListener('abort', end, { once: true });
      const callOff = tools.clock.after(timeoutMs, () => {
        isLate = true;
        end();
      });
      const { exitCode } = await running.exited;
      callOff();
      signal.removeEventListener('abort', end);
      if (isLate) return `command timed out: ${JSON.stringify(words)} timed out after ${timeoutMs / 1000}s`;
      return exitCode === 0 ? undefined : output.text() || `the command ended with ${exitCode}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

const MOST_WORDS = 1_024;

/** What a command said, as far as an Event may tell. */
class LastWords implements Output {
  #text = '';

  write(_stream: string, bytes: Uint8Array): undefined {
    if (this.#text.length < MOST_WORDS) this.#text += Buffer.from(bytes).toString().slice(0, MOST_WORDS);
    return undefined;
  }

  close(): void {}

  text(): string {
    return this.#text.trim();
  }
}
