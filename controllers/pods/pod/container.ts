/** One container from its first start to its last end: restarts with backoff, probes, hooks. */
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { LogPlace } from '../../../src/platform/processes/logs/logs.ts';
import { type RunningProcess, StartProblem } from '../../../src/platform/processes/processes.ts';
import { hookOf, type PortOf } from '../probes/probe.ts';
import { ConfigProblem } from '../surroundings/problem.ts';
import { Backoff } from './backoff.ts';
import { Checks } from './checks.ts';
import { lastWords } from './lastWords.ts';
import { folderNote, Missing, nameIn, type Prepared, prepare, writeVolumes } from './prepare.ts';
import type { ContainerState, ContainerView, Terminated } from './state.ts';
import type { PodTools, Tell } from './tools.ts';

export interface ContainerOptions {
  readonly container: JsonObject;
  readonly isInit: boolean;
  /** Its Pod as it is now. */
  pod(): JsonObject;
  readonly tools: PodTools;
  readonly tell: Tell;
  /** What PORT says, asked at each start; undefined for one that serves nobody. */
  port(): Promise<number | undefined>;
  readonly portOf: PortOf;
  /** What was counted before this platform was started. */
  readonly restarts: number;
  /** In milliseconds, of the Pod. */
  readonly graceMs: number;
  onChange(): void;
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

const CREATING = { is: 'waiting', reason: 'ContainerCreating', message: '' } as const;
const BACKOFF = 'CrashLoopBackOff';
const INITIALIZING = { is: 'waiting', reason: 'PodInitializing', message: '' } as const;
/** Kubernetes gives no program less, whatever it was asked. */
const LEAST_GRACE_MS = 2_000;
/** How soon an image that nothing maps is looked for again. */
const LOOK_MS = 2_000;
const STARTED_NOT = 128;

export class ContainerRun {
  readonly name: string;
  readonly #options: ContainerOptions;
  readonly #backoff = new Backoff();
  readonly #checks: Checks;
  #state: ContainerState;
  #last: Terminated | undefined;
  #restarts: number;
  #process: RunningProcess | undefined;
  #isEnding = false;
  #isReady = false;
  #isStarted = false;
  #isFolderTold = false;
  #wake: () => void = () => {};
  #ending: Promise<void> | undefined;

  constructor(options: ContainerOptions) {
    this.#options = options;
    this.name = nameIn(options.container);
    this.#restarts = options.restarts;
    this.#state = options.isInit || !hasInit(options.pod()) ? CREATING : INITIALIZING;
    const { container, tools, tell, portOf } = options;
    this.#checks = new Checks({
      container,
      tools,
      tell,
      portOf,
      onStarted: () => this.#set({ isStarted: true }),
      onReady: (isReady) => this.#set({ isReady }),
      onUnhealthy: (graceMs, note) => this.#kill(graceMs ?? options.graceMs, note),
    });
  }

  view(): ContainerView {
    const { container, isInit } = this.#options;
    const isRunning = this.#state.is === 'running';
    const isDone = isInit && !this.isSidecar && this.#state.is === 'terminated' && this.#state.exitCode === 0;
    return {
      name: this.name,
      image: stringAt(container, 'image') ?? '',
      isInit,
      isSidecar: this.isSidecar,
      state: this.#state,
      last: this.#last,
      restarts: this.#restarts,
      isReady: isDone || (isRunning && this.#isReady),
      isStarted: isRunning && this.#isStarted,
    };
  }

  get isSidecar(): boolean {
    return this.#options.isInit && this.#options.container.restartPolicy === 'Always';
  }

  /** Of its process; undefined while it has none. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** A ConfigMap or Secret has changed: what it waits for may be there now, and its files are others. */
  lookAgain(): void {
    this.#wake();
    if (this.#state.is !== 'running') return;
    const { container, pod, tools, tell } = this.#options;
    try {
      writeVolumes(pod(), container, tools);
    } catch (error) {
      // it runs on with the files that it has
      tell('Warning', 'FailedMount', error instanceof Error ? error.message : String(error));
    }
  }

  /** What a platform before this one left of a container that is not started again. */
  giveUp(reason: string, message: string): void {
    const end = { is: 'terminated', exitCode: 137, signal: 0, reason, message } as const;
    this.#become({ ...end, startedAt: undefined, finishedAt: this.#options.tools.clock.now(), id: '' });
  }

  /** Starts it, again and again as the policy says. @returns its last end; undefined where it never was started */
  async run(policy: RestartPolicy): Promise<Terminated | undefined> {
    while (!this.#isEnding) {
      const end = await this.#once();
      if (end === undefined) continue;
      const isDone = policy === 'Never' || (policy === 'OnFailure' && end.exitCode === 0);
      if (isDone || this.#isEnding) break;
      const ranMs = end.finishedAt.getTime() - (end.startedAt ?? end.finishedAt).getTime();
      await this.#waitToRestart(this.#backoff.after(ranMs));
    }
    return this.#state.is === 'terminated' ? this.#state : this.#last;
  }

  /** Asks it to end, by the deadline at the latest. @param drain what is waited for before */
  end(graceMs: number, drain: (atMostMs: number) => Promise<void>): Promise<void> {
    this.#isEnding = true;
    this.#wake();
    this.#ending ??= this.#end(graceMs, drain);
    return this.#ending;
  }

  /** The grace was cut short. */
  async endSooner(graceMs: number): Promise<void> {
    await this.#process?.end(graceMs);
  }

  async #end(graceMs: number, drain: (atMostMs: number) => Promise<void>): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    const { clock } = this.#options.tools;
    const began = clock.now().getTime();
    const left = (): number => Math.max(0, graceMs - (clock.now().getTime() - began));
    this.#options.tell('Normal', 'Killing', `Stopping container ${this.name}`);
    this.#checks.stop();
    const isGone = running.exited.then(() => undefined);
    if (left() > 0) await Promise.race([drain(left()), isGone]);
    const hook = hookOf(this.#options.container, 'preStop', this.#options.portOf);
    if (hook !== undefined && left() > 0) {
      const problem = await Promise.race([this.#checks.hook(hook, left()), isGone]);
      if (problem !== undefined) this.#options.tell('Warning', 'FailedPreStopHook', `PreStopHook failed: ${problem}`);
    }
    await running.end(graceMs <= 0 ? 0 : Math.max(left(), LEAST_GRACE_MS));
  }

  /** One start and its end; undefined where it could not be tried yet. */
  async #once(): Promise<Terminated | undefined> {
    const { tools, container, pod } = this.#options;
    const isAgain = this.#state.is === 'terminated' || (this.#state.is === 'waiting' && this.#state.reason === BACKOFF);
    if (isAgain) this.#become(CREATING);
    let prepared: Prepared;
    let port: number | undefined;
    try {
      port = await this.#options.port();
      prepared = prepare(pod(), container, port, tools);
    } catch (error) {
      await this.#waitForBetter(error);
      return undefined;
    }
    if (this.#isEnding) return undefined;

    const place = this.#place();
    const id = `weir://${place.uid}/${place.container}/${place.start}`;
    try {
      const output = tools.logs.open(place);
      this.#process = await tools.processes.start({ ...prepared, output });
    } catch (error) {
      return this.#notStarted(error, id);
    }
    const running = this.#process;
    this.#become({ is: 'running', startedAt: running.startedAt, id });
    this.#options.tell('Normal', 'Started', `Started container ${this.name}`);
    this.#tellOfFolder(prepared);
    if (this.#isEnding) void running.end(LEAST_GRACE_MS);
    else void this.#checks.begin(prepared, () => this.#process === running);
    const exit = await running.exited;
    this.#checks.stop();
    this.#process = undefined;
    const reason = exit.isOverMemory ? 'OOMKilled' : exit.exitCode === 0 ? 'Completed' : 'Error';
    const message = exit.exitCode === 0 ? '' : await lastWords(container, tools.logs, place);
    const { exitCode, signal, at: finishedAt } = exit;
    return this.#terminate({ exitCode, signal, reason, message, startedAt: running.startedAt, finishedAt, id });
  }

  /** Once: with each restart it would be the same. */
  #tellOfFolder(prepared: Prepared): void {
    const note = this.#isFolderTold ? undefined : folderNote(this.#options.container, prepared);
    if (note === undefined) return;
    this.#isFolderTold = true;
    this.#options.tell('Normal', 'WorkingDirNotTaken', note);
  }

  #notStarted(error: unknown, id: string): Terminated {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof StartProblem)) this.#options.tools.log.error({ err: error }, 'a container was not started');
    this.#options.tell('Warning', 'Failed', `Error: ${message}`);
    const at = { startedAt: undefined, finishedAt: this.#options.tools.clock.now() };
    return this.#terminate({ exitCode: STARTED_NOT, signal: 0, reason: 'StartError', message, ...at, id });
  }

  #terminate(end: Omit<Terminated, 'is'>): Terminated {
    const terminated: Terminated = { is: 'terminated', ...end };
    this.#isReady = false;
    this.#isStarted = false;
    this.#become(terminated);
    return terminated;
  }

  /** Until something that it names has changed. */
  async #waitForBetter(error: unknown): Promise<void> {
    let reason = 'CreateContainerError';
    if (error instanceof Missing) reason = error.reason;
    else if (error instanceof ConfigProblem) reason = 'CreateContainerConfigError';
    else this.#options.tools.log.error({ err: error }, 'a container could not be prepared');
    const message = error instanceof Error ? error.message : String(error);
    const isNew = this.#state.is !== 'waiting' || this.#state.message !== message;
    // the same again is no news: who hears of news looks again
    if (isNew) {
      this.#become({ is: 'waiting', reason, message });
      this.#options.tell('Warning', 'Failed', `Error: ${message}`);
    }
    if (this.#isEnding) return;
    await new Promise<void>((resolve) => {
      // weir.yaml may say it by then, of which nobody tells
      const callOff = error instanceof Missing ? this.#options.tools.clock.after(LOOK_MS, resolve) : () => {};
      this.#waits(() => {
        callOff();
        resolve();
      });
    });
  }

  async #waitToRestart(ms: number): Promise<void> {
    const end = this.#state;
    if (end.is === 'terminated') this.#last = end;
    if (ms > 0) {
      const pod = `pod ${stringAt(this.#options.pod(), 'metadata', 'name') ?? ''}`;
      this.#options.tell('Warning', 'BackOff', `Back-off restarting failed container ${this.name} in ${pod}`);
      const message = `back-off ${ms / 1000}s restarting failed container=${this.name} ${pod}`;
      this.#become({ is: 'waiting', reason: BACKOFF, message });
      await new Promise<void>((resolve) => {
        const callOff = this.#options.tools.clock.after(ms, resolve);
        // a change of a ConfigMap does not end it, the end of the Pod does
        this.#waits(() => {
          if (!this.#isEnding) return false;
          callOff();
          resolve();
          return true;
        });
      });
      if (this.#isEnding && end.is === 'terminated') this.#become(end);
    }
    if (!this.#isEnding) this.#restarts++;
  }

  #waits(done: () => unknown): void {
    this.#wake = () => {
      if (done() !== false) this.#wake = () => {};
    };
  }

  #kill(graceMs: number, note: string): void {
    this.#options.tell('Normal', 'Killing', note);
    this.#checks.stop();
    void this.#process?.end(Math.max(graceMs, LEAST_GRACE_MS));
  }

  #set({ isStarted = this.#isStarted, isReady = this.#isReady }: { isStarted?: boolean; isReady?: boolean }): void {
    if (isStarted === this.#isStarted && isReady === this.#isReady) return;
    this.#isStarted = isStarted;
    this.#isReady = isReady;
    this.#options.onChange();
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#options.onChange();
  }

  #place(): LogPlace {
    const pod = this.#options.pod();
    const at = (field: string): string => stringAt(pod, 'metadata', field) ?? '';
    return { namespace: at('namespace'), pod: at('name'), uid: at('uid'), container: this.name, start: this.#restarts };
  }
}

function hasInit(pod: JsonObject): boolean {
  return arrayAt(pod, 'spec', 'initContainers').length > 0;
}
