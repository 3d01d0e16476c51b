/** One Pod while it runs: its init containers in their order, its containers, and its end. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import { labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import type { PodFailure, PodState } from '../door.ts';
import { ContainerRun, type RestartPolicy } from './container.ts';
import { leftOf } from './left.ts';
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
const DEADLINE = 'Pod was active on the node longer than the specified deadline';

export class PodRun {
  readonly uid: string;
  readonly #options: PodOptions;
  readonly #inits: readonly ContainerRun[];
  readonly #mains: readonly ContainerRun[];
  /** `web/8080`, or `web/` for one that names no port: where it is on this machine. */
  readonly #ports = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #pod: JsonObject;
  #startedAt: Date;
  #isInitialized = false;
  #isEnding = false;
  #isOver = false;
  #reason: string | undefined;
  #callOffDeadline: () => void = () => {};

  constructor(options: PodOptions) {
    this.#options = options;
    this.#pod = options.pod;
    this.uid = stringAt(options.pod, 'metadata', 'uid') ?? '';
    this.#startedAt = options.tools.clock.now();
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

  /** A ConfigMap or a Secret has changed. */
  lookAgain(): void {
    for (const container of [...this.#inits, ...this.#mains]) container.lookAgain();
  }

  /** Asks all of it to end; called again, the sooner counts. Resolves when nothing runs. */
  async end(graceMs: number): Promise<void> {
    const isFirst = !this.#isEnding;
    this.#isEnding = true;
    this.#callOffDeadline();
    if (!isFirst) {
      await Promise.all([...this.#mains, ...this.#inits].map((container) => container.endSooner(graceMs)));
      return;
    }
    this.#changed();
    const { clock, tools } = { clock: this.#options.tools.clock, tools: this.#options.tools };
    const began = clock.now().getTime();
    const serving = this.#serving();
    const drain = (atMostMs: number): Promise<void> => tools.drain(this.state(), atMostMs);
    const nothing = (): Promise<void> => Promise.resolve();
    await Promise.all(this.#mains.map((each) => each.end(graceMs, each.name === serving ? drain : nothing)));
    // what stays beside the others goes after them, in the other order
    for (const each of this.#inits.toReversed()) {
      await each.end(Math.max(0, graceMs - (clock.now().getTime() - began)), nothing);
    }
  }

  view(): PodView {
    return {
      containers: [...this.#inits, ...this.#mains].map((container) => container.view()),
      startedAt: this.#startedAt,
      port: this.#servingPort(),
      isInitialized: this.#isInitialized,
      isOver: this.#isOver,
      isEnding: this.#isEnding,
      reason: this.#reason,
      message: this.#reason === undefined ? undefined : DEADLINE,
      mounts: this.#mounts(),
    };
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
      port: this.#servingPort(),
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
    for (const port of this.#ports.values()) this.#options.tools.ports.release(port);
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
      port: () => this.#pickPorts(container),
      portOf: (port) => this.#portOf(container, port),
      restarts: restartsBefore(pod, nameIn(container)),
      graceMs: graceOf(pod) * 1000,
      onChange: () => this.#changed(),
    });
  }

  /** The one that PORT and the annotation tell of: the first that names a port, or the first of all. */
  #serving(): string {
    const containers = arrayAt(this.#pod, 'spec', 'containers').filter(isObject);
    const found = containers.find((each) => portsOf(each).length > 0) ?? containers[0];
    return found === undefined ? '' : nameIn(found);
  }

  #servingPort(): number | undefined {
    const name = this.#serving();
    for (const [key, port] of this.#ports) if (key.startsWith(`${name}/`)) return port;
    return undefined;
  }

  /** At each start: a port that somebody else has taken meanwhile is changed for another. */
  async #pickPorts(container: JsonObject): Promise<number | undefined> {
    const { ports } = this.#options.tools;
    const name = nameIn(container);
    const declared = portsOf(container).map(({ number }) => `${name}/${number}`);
    const keys = declared.length === 0 && name === this.#serving() ? [`${name}/`] : declared;
    for (const key of keys) {
      const before = this.#ports.get(key);
      if (before !== undefined && (await ports.isFree(before))) continue;
      if (before !== undefined) ports.release(before);
      this.#ports.set(key, await ports.pick());
    }
    return keys[0] === undefined ? undefined : this.#ports.get(keys[0]);
  }

  /** By its number or name in this container or another; what nobody declares, and 0, is where the container serves. */
  #portOf(container: JsonObject, port: JsonValue | undefined): number {
    const others = arrayAt(this.#pod, 'spec', 'containers').filter(isObject);
    for (const each of [container, ...others]) {
      const found = portsOf(each).find(({ name, number }) => port === number || (name !== '' && port === name));
      const picked = found === undefined ? undefined : this.#ports.get(`${nameIn(each)}/${found.number}`);
      if (picked !== undefined) return picked;
    }
    const own = [...this.#ports].find(([key]) => key.startsWith(`${nameIn(container)}/`));
    return own?.[1] ?? this.#servingPort() ?? 0;
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

function portsOf(container: JsonObject): { readonly name: string; readonly number: number }[] {
  return arrayAt(container, 'ports').map((port) => ({
    name: stringAt(port, 'name') ?? '',
    number: numberAt(port, 'containerPort') ?? 0,
  }));
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
