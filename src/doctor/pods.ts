/**
 * Why pods are not ready, from their status and their Events.
 *
 * Reasons: kubernetes pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go, pkg/kubelet/events/event.go;
 * what the scheduler and ReplicaSets say: pkg/scheduler, pkg/controller/replicaset (FailedCreate).
 */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../kubernetes/object.ts';
import { cut } from '../text/cut.ts';
import { kubectl, logs } from './command.ts';
import { conditionOf, isTrue } from './conditions.ts';
import type { HeardEvent } from './events.ts';
import { whyNoImage } from './images.ts';

export type PodCause = 'refused' | 'unschedulable' | 'image' | 'config' | 'memory' | 'crash' | 'probe' | 'waiting';

export interface PodTrouble {
  readonly cause: PodCause;
  readonly found: string;
  readonly next: readonly string[];
}

/** What keeps a pod from being there comes before what keeps it from being ready. */
const ORDER: readonly PodCause[] = [
  'refused',
  'unschedulable',
  'image',
  'config',
  'memory',
  'crash',
  'probe',
  'waiting',
];

interface Found extends PodTrouble {
  readonly pod: string;
  /** Troubles with the same key are one, which several pods have. */
  readonly key: string;
}

/** Each cause once, the most fundamental first; of several pods with the same trouble the first by name is told. */
export function podTroubles(
  pods: readonly JsonObject[],
  events: readonly HeardEvent[],
  namespace: string,
): PodTrouble[] {
  const found: Found[] = [];
  const sorted = [...pods]
    .filter((pod) => !isBeingDeleted(pod))
    .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  for (const pod of sorted) {
    const trouble = troubleOf(pod, events, namespace);
    if (trouble !== undefined) found.push(trouble);
  }
  const groups = new Map<string, Found[]>();
  for (const each of found) groups.set(each.key, [...(groups.get(each.key) ?? []), each]);
  return [...groups.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      const { cause, next } = first;
      const also =
        others.length === 0
          ? ''
          : `; so ${others.length === 1 ? 'does another pod' : `do ${others.length} other pods`}`;
      return [{ cause, found: first.found + also, next }];
    })
    .sort((left, right) => ORDER.indexOf(left.cause) - ORDER.indexOf(right.cause));
}

/** What keeps a ReplicaSet or a Deployment from making pods at all: quota, limits, Pod Security, a webhook. */
export function refusedPods(
  events: readonly HeardEvent[],
  isOurs: (name: string) => boolean,
  namespace: string,
): PodTrouble | undefined {
  const event = events.find(
    ({ kind, name, reason }) => reason === 'FailedCreate' && kind === 'ReplicaSet' && isOurs(name),
  );
  if (event === undefined) return undefined;
  return {
    cause: 'refused',
    found: `no pod can be made: ${event.message}`,
    next: whoRefuses(event.message, namespace),
  };
}

/** The command that shows who refused a pod, from the API server's words. */
export function whoRefuses(message: string, namespace: string): string[] {
  if (/exceeded quota/i.test(message)) return [kubectl('describe resourcequotas', namespace)];
  if (/PodSecurity/.test(message)) return [kubectl(`get namespace ${namespace} --show-labels`)];
  if (/limitrange|maximum .* usage|minimum .* usage|LimitRanger/i.test(message))
    return [kubectl('describe limitranges', namespace)];
  if (/serviceaccount/i.test(message)) return [kubectl('get serviceaccounts', namespace)];
  return [kubectl('get events', namespace, '--field-selector', 'reason=FailedCreate')];
}

function troubleOf(pod: JsonObject, events: readonly HeardEvent[], namespace: string): Found | undefined {
  const name = nameOf(pod);
  const about = events.filter((event) => event.kind === 'Pod' && event.name === name);
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const found = `pod ${name} fits on no node: ${scheduled.message}`;
    const next = [kubectl('describe nodes'), kubectl('describe pod', namespace, name)];
    return { pod: name, cause: 'unschedulable', key: scheduled.message, found, next };
  }
  for (const { status, isInit } of containersOf(pod)) {
    const trouble = containerTrouble(name, status, isInit, about, namespace);
    if (trouble !== undefined) return { pod: name, ...trouble };
  }
  return stuck(pod, name, about, namespace);
}

function containersOf(pod: JsonObject): { readonly status: JsonObject; readonly isInit: boolean }[] {
  const of = (field: string, isInit: boolean) =>
    arrayAt(pod, 'status', field)
      .filter(isObject)
      .map((status) => ({ status, isInit }));
  return [...of('initContainerStatuses', true), ...of('containerStatuses', false)];
}

const IMAGE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'ErrRegistryUnavailable',
  'SignatureValidationFailed',
]);
const CONFIG = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CreatePodSandboxError',
]);

function containerTrouble(
  pod: string,
  status: JsonObject,
  isInit: boolean,
  about: readonly HeardEvent[],
  namespace: string,
): Omit<Found, 'pod'> | undefined {
  const container = stringAt(status, 'name') ?? '';
  const which = `${isInit ? 'init container' : 'container'} ${container} of pod ${pod}`;
  const reason = stringAt(status, 'state', 'waiting', 'reason') ?? '';
  const message = stringAt(status, 'state', 'waiting', 'message') ?? '';
  if (IMAGE.has(reason)) {
    const image = stringAt(status, 'image') ?? '';
    // a back-off says no more than that it backs off
    const told = about.find((event) => event.reason === 'Failed' && /pull/i.test(event.message))?.message ?? message;
    const { why, next } = whyNoImage(`${told} ${message}`, namespace, image);
    const found = `${which} has no image (${reason}): ${why}. It is ${image}`;
    return {
      cause: 'image',
      key: `image ${container} ${image} ${why}`,
      found,
      next: [...next, kubectl('describe pod', namespace, pod)],
    };
  }
  if (reason === 'ContainerMissing') {
    const key = `image ${container} ${message}`;
    return {
      cause: 'image',
      key,
      found: `${which} has no program: ${message}`,
      next: [kubectl('describe pod', namespace, pod)],
    };
  }
  if (CONFIG.has(reason)) {
    const told = message === '' ? reason : message;
    return {
      cause: 'config',
      key: `config ${container} ${told}`,
      found: `${which} cannot be made: ${told}`,
      next: configNext(told, pod, namespace),
    };
  }
  const ended = stringAt(status, 'state', 'terminated', 'reason') !== undefined ? 'state' : 'lastState';
  const exit = numberAt(status, ended, 'terminated', 'exitCode');
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const isDown = reason === 'CrashLoopBackOff' || (ended === 'state' && !(isInit && exit === 0));
  if (!isDown && !isBackForAMoment(status, restarts, exit, about)) return undefined;
  if (stringAt(status, ended, 'terminated', 'reason') === 'OOMKilled') {
    const found = `${which} needs more memory than its limit and is killed (OOMKilled); raise resources.limits.memory, or let it use less`;
    return {
      cause: 'memory',
      key: `memory ${container}`,
      found,
      next: [kubectl('get pod', namespace, pod, '-o', 'jsonpath={.spec.containers[*].resources}')],
    };
  }
  return crashOf(which, status, { container, ended, exit, restarts }, about, [
    logs(namespace, pod, '--container', container, '--previous'),
  ]);
}

interface Crash {
  readonly container: string;
  /** Where its end stands in the status. */
  readonly ended: 'state' | 'lastState';
  readonly exit: number | undefined;
  readonly restarts: number;
}

function crashOf(
  which: string,
  status: JsonObject,
  { container, ended, exit, restarts }: Crash,
  about: readonly HeardEvent[],
  next: readonly string[],
): Omit<Found, 'pod'> {
  const liveness = about.find((event) => event.reason === 'Unhealthy' && /^Liveness/.test(event.message));
  const because = liveness === undefined ? '' : `; its liveness probe fails before: ${liveness.message}`;
  const often = restarts === 0 ? '' : ` each time it starts (${restarts} ${restarts === 1 ? 'restart' : 'restarts'})`;
  const said = lastWordsOf(stringAt(status, ended, 'terminated', 'message') ?? '');
  const words = said === '' ? '' : `; its last words: ${said}`;
  const found = `${which} ends with exit code ${exit ?? 'unknown'}${often}${because}${words}`;
  return {
    cause: 'crash',
    key: `crash ${container} ${exit}`,
    found,
    next,
  };
}

/** Between two ends a program that crashes runs for a moment, and is not ready; what fails its probe is told by that. */
function isBackForAMoment(
  status: JsonObject,
  restarts: number,
  exit: number | undefined,
  about: readonly HeardEvent[],
): boolean {
  return (
    status.ready === false &&
    restarts > 0 &&
    exit !== undefined &&
    exit !== 0 &&
    !about.some(({ reason }) => reason === 'Unhealthy')
  );
}

const MOST_WORDS = 300;

/** Of the end of a log the line that names an error, for traces and the runtime's version stand below it; else the last. */
function lastWordsOf(message: string): string {
  const lines = message.split('\n').map((line) => line.trimEnd());
  const isError = (line: string): boolean => /^\S.*(error|exception|panic|fatal)|^(error|panic|fatal)/i.test(line);
  const line = lines.findLast(isError) ?? lines.findLast((each) => each !== '') ?? '';
  return cut(line.trim(), MOST_WORDS);
}

function configNext(message: string, pod: string, namespace: string): string[] {
  const missing = /(configmap|secret) "([a-z0-9.-]+)" not found/i.exec(message);
  if (missing?.[1] !== undefined && missing[2] !== undefined)
    return [kubectl(`get ${missing[1].toLowerCase()}`, namespace, missing[2])];
  return [kubectl('describe pod', namespace, pod)];
}

/** It runs, and is not ready: a probe, or something that it waits for. */
function stuck(pod: JsonObject, name: string, about: readonly HeardEvent[], namespace: string): Found | undefined {
  if (isTrue(pod, 'Ready') || stringAt(pod, 'status', 'phase') === 'Succeeded') return undefined;
  const mount = about.find(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume');
  if (mount !== undefined) {
    const found = `pod ${name} waits for a volume: ${mount.message}`;
    return { pod: name, cause: 'config', key: mount.message, found, next: configNext(mount.message, name, namespace) };
  }
  const sandbox = about.find(({ reason }) => reason === 'FailedCreatePodSandBox');
  if (sandbox !== undefined) {
    const found = `pod ${name} gets no network or no sandbox from its node: ${sandbox.message}`;
    return {
      pod: name,
      cause: 'config',
      key: sandbox.message,
      found,
      next: [kubectl('describe pod', namespace, name)],
    };
  }
  const unhealthy = about.find(({ reason }) => reason === 'Unhealthy');
  if (unhealthy !== undefined) {
    const found = `pod ${name} runs and is not ready: ${unhealthy.message}`;
    const next = [
      logs(namespace, name, '--container', 'user-container'),
      kubectl('get pod', namespace, name, '-o', 'jsonpath={.spec.containers[*].readinessProbe}'),
    ];
    return { pod: name, cause: 'probe', key: unhealthy.message.replace(/\d+/g, ''), found, next };
  }
  const ready = conditionOf(pod, 'Ready');
  const why =
    ready === undefined || ready.message === ''
      ? `its phase is ${stringAt(pod, 'status', 'phase') ?? 'unknown'}`
      : ready.message;
  const found = `pod ${name} is not ready: ${why}`;
  return { pod: name, cause: 'waiting', key: why, found, next: [kubectl('describe pod', namespace, name)] };
}
