/** One Pod while it runs: its init containers in their order, its containers, and its end. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import type { PodFailure, PodState } from '../door.ts';
import { ContainerRun, type RestartPolicy } from './container.ts';
import { leftOf } from './left.ts';
import { PodPorts } from './ports.ts';
import { nameIn } from './prepare.ts';
import type { ContainerView, PodView } from './state.ts';
import type { PodTools, Tell } from './tools.ts';

export interface PodOptions {
  readonly pod: JsonObject;
  readonly tools: PodTools;
  readonly tell: Tell;
  onChange(): void;
}

const USUAL_GRACE_SECONDS = 30;
/** Who asks again for the same is not asking for less. */
const SAME_MS = 500;
const DEADLINE = 'Pod was active on the node longer than the specified deadline';

export class PodRun {
  readonly uid: string;
  readonly #options: PodOptions;
  readonly #inits: readonly ContainerRun[];
  readonly #mains: readonly ContainerRun[];
  readonly #ports: PodPorts;
  readonly #listeners = new Set<() => void>();
  #pod: JsonObject;
  #startedAt: Date;
  #isInitialized = false;
  #isStale = false;
  #isEnding = false;
  #endBy = Number.POSITIVE_INFINITY;
  #isOver = false;
  #reason: string | undefined;
  #callOffDeadline: () => void = () => {};

  constructor(options: PodOptions) {
    this.#options = options;
    this.#pod = options.pod;
    this.uid = stringAt(options.pod, 'metadata', 'uid') ?? '';
    this.#startedAt = options.tools.clock.now();
    this.#ports = new PodPorts(options.pod, options.tools.ports);
    const spec = objectAt(options.pod, 'spec');
    this.#inits = arrayAt(spec, 'initContainers')
      .filter(isObject)
      .map((each) => this.#containerRun(each, true));
    this.#mains = arrayAt(spec, 'containers')
      .filter(isObject)
      .map((each) => this.#containerRun(each, false));
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(): void {
    const seconds = numberAt(this.#pod, 'spec', 'activeDeadlineSeconds');
    if (seconds !== undefined) {
      this.#callOffDeadline = this.#options.tools.clock.after(seconds * 1000, () => this.#endForDeadline());
    }
    void this.#run()
      .catch((err: unknown) => this.#options.tools.log.error({ err, pod: nameOf(this.#pod) }, 'a Pod could not be run'))
      .finally(() => this.#finish());
  }

  /** The object has changed: labels, annotations, deletion. */
  update(pod: JsonObject): void {
    this.#pod = pod;
  }

  /** A ConfigMap or a Secret of its namespace has changed: its next round looks at what came of it. */
  markStale(): void {
    this.#isStale = true;
  }

  refresh(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    for (const container of [...this.#inits, ...this.#mains]) container.lookAgain();
  }

  /** Asks all of it to end; called again, the sooner counts. Resolves when nothing runs, for who asked first or for sooner. */
  async end(graceMs: number): Promise<void> {
    const { tools } = this.#options;
    const began = tools.clock.now().getTime();
    const isFirst = !this.#isEnding;
    const isSooner = began + graceMs < this.#endBy - SAME_MS;
    if (isFirst || isSooner) this.#endBy = began + graceMs;
    if (!isFirst) {
      if (isSooner) await Promise.all([...this.#mains, ...this.#inits].map((each) => each.endSooner(graceMs)));
      return;
    }
    this.#isEnding = true;
    this.#callOffDeadline();
    this.#changed();
    const drain = (atMostMs: number): Promise<void> => tools.drain(this.state(), atMostMs);
    const nothing = (): Promise<void> => Promise.resolve();
    await Promise.all(
      this.#mains.map((each) => each.end(graceMs, each.name === this.#ports.serving ? drain : nothing)),
    );
    // what stays beside the others goes after them, in the other order
    for (const each of this.#inits.toReversed()) {
      await each.end(Math.max(0, this.#endBy - tools.clock.now().getTime()), nothing);
    }
  }

  view(): PodView {
    return {
      containers: [...this.#inits, ...this.#mains].map((container) => container.view()),
      startedAt: this.#startedAt,
      port: this.#ports.servingPort,
      isInitialized: this.#isInitialized,
      isOver: this.#isOver,
      isEnding: this.#isEnding,
      reason: this.#reason,
      message: this.#reason === undefined ? undefined : DEADLINE,
      mounts: this.#mounts(),
    };
  }

  /** The containers that have a process now, but for those that are over before the others begin. */
  processes(): { readonly name: string; readonly pid: number }[] {
    return [...this.#inits.filter((each) => each.isSidecar), ...this.#mains].flatMap(({ name, pid }) =>
      pid === undefined ? [] : [{ name, pid }],
    );
  }

  state(): PodState {
    const { containers } = this.view();
    const running = containers.filter(({ isInit, isSidecar }) => !isInit || isSidecar);
    const isReady = this.#isInitialized && !this.#isEnding && running.every((each) => each.isReady);
    const failure = isReady ? undefined : failureOf(containers);
    const labels = Object.entries(labelsOf(this.#pod)).map(([key, value]) => [key, String(value)] as const);
    return {
      namespace: stringAt(this.#pod, 'metadata', 'namespace') ?? '',
      name: nameOf(this.#pod),
      uid: this.uid,
      labels: Object.fromEntries(labels),
      port: this.#ports.servingPort,
      isReady,
      isEnding: this.#isEnding || this.#isOver,
      ...(failure === undefined ? {} : { failure }),
    };
  }

  async #run(): Promise<void> {
    const policy = policyOf(this.#pod);
    const left = leftOf(this.#pod, policy);
    if (left === 'lost') {
      const message =
        'The container was running when the platform ended, and its Pod says that it is not started again.';
      for (const each of this.#mains) each.giveUp('ContainerStatusUnknown', message);
      return;
    }
    for (const init of this.#inits) {
      if (this.#isEnding) return;
      if (init.isSidecar) {
        void init.run('Always');
        await this.#until(() => init.view().isStarted || this.#isEnding);
        continue;
      }
      const end = await init.run(policy === 'Always' ? 'OnFailure' : policy);
      if (end?.exitCode !== 0) return;
    }
    if (this.#isEnding) return;
    this.#isInitialized = true;
    this.#changed();
    await Promise.all(this.#mains.map((each) => each.run(policy)));
  }

  async #finish(): Promise<void> {
    this.#callOffDeadline();
    const nothing = (): Promise<void> => Promise.resolve();
    for (const each of this.#inits.toReversed()) await each.end(graceOf(this.#pod) * 1000, nothing);
    this.#ports.release();
    this.#isOver = true;
    this.#changed();
  }

  #endForDeadline(): void {
    this.#reason = 'DeadlineExceeded';
    this.#options.tell('Normal', 'DeadlineExceeded', DEADLINE);
    void this.end(graceOf(this.#pod) * 1000);
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  #changed(): void {
    for (const listen of [...this.#listeners]) listen();
    this.#options.onChange();
  }

  #containerRun(container: JsonObject, isInit: boolean): ContainerRun {
    const { pod, tools, tell } = this.#options;
    return new ContainerRun({
      container,
      isInit,
      tools,
      tell,
      pod: () => this.#pod,
      port: () => this.#ports.pickFor(container),
      portOf: (port) => this.#ports.portOf(container, port),
      restarts: restartsBefore(pod, nameIn(container)),
      graceMs: graceOf(pod) * 1000,
      onChange: () => this.#changed(),
    });
  }

  #mounts(): string | undefined {
    const containers = arrayAt(this.#pod, 'spec', 'containers').filter(isObject);
    const mounted = containers.flatMap((each) =>
      arrayAt(each, 'volumeMounts').map((mount) => `${stringAt(mount, 'mountPath') ?? ''} of ${nameIn(each)}`),
    );
    if (mounted.length === 0) return undefined;
    return `a program sees the file system of this machine: ${mounted.join(', ')} is under the folder that WEIR_ROOT names, and texts of env and args that begin so lead there`;
  }
}

function policyOf(pod: JsonObject): RestartPolicy {
  const policy = stringAt(pod, 'spec', 'restartPolicy');
  return policy === 'Never' || policy === 'OnFailure' ? policy : 'Always';
}

/** In seconds. */
export function graceOf(pod: JsonObject): number {
  return numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? USUAL_GRACE_SECONDS;
}

/** One more than was counted where it ran before this platform was started. */
function restartsBefore(pod: JsonObject, name: string): number {
  const lists = [arrayAt(pod, 'status', 'containerStatuses'), arrayAt(pod, 'status', 'initContainerStatuses')];
  const status = lists.flat().find((each) => stringAt(each, 'name') === name);
  if ((stringAt(status, 'containerID') ?? '') === '') return 0;
  return (numberAt(status, 'restartCount') ?? 0) + 1;
}

/** The first container that cannot run, or ended badly. */
function failureOf(containers: readonly ContainerView[]): PodFailure | undefined {
  for (const { name, state, last } of containers) {
    const end = state.is === 'terminated' ? state : last;
    if (state.is === 'waiting' && state.reason !== 'ContainerCreating' && state.reason !== 'PodInitializing') {
      const exitCode = end === undefined ? {} : { exitCode: end.exitCode };
      return { container: name, reason: state.reason, message: end?.message || state.message, ...exitCode };
    }
    if (end !== undefined && end.exitCode !== 0) {
      return { container: name, reason: end.reason, message: end.message, exitCode: end.exitCode };
    }
  }
  return undefined;
}
