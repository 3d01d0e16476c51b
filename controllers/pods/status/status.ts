/** The status of a Pod, of what runs of it (k8s.io/kubernetes pkg/kubelet/kubelet_pods.go, pkg/kubelet/status/generate.go). */
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import type { ContainerState, ContainerView, PodView, Terminated } from '../pod/state.ts';
import { LOOPBACK } from '../surroundings/fields.ts';

/** What a status says beside those of others' conditions. */
export function statusOf(pod: JsonObject, view: PodView, now: Date): JsonObject {
  const inits = view.containers.filter(({ isInit }) => isInit);
  const mains = view.containers.filter(({ isInit }) => !isInit);
  const phase = phaseOf(view, mains);
  const { reason, message } = view;
  return {
    phase,
    conditions: conditionsOf(pod, phase, view, now),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    hostIP: LOOPBACK,
    hostIPs: [{ ip: LOOPBACK }],
    podIP: LOOPBACK,
    podIPs: [{ ip: LOOPBACK }],
    startTime: timeText(view.startedAt),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map(containerStatus) }),
    containerStatuses: mains.map(containerStatus),
  };
}

/** Where there is no room for it. */
export function unscheduled(pod: JsonObject, message: string, now: Date): JsonObject {
  const wanted = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  return { conditions: merged(pod, [wanted], now) };
}

function phaseOf({ isOver, isInitialized, reason }: PodView, mains: readonly ContainerView[]): string {
  const ends = mains.map(({ state, last }) => (state.is === 'terminated' ? state : last));
  if (isOver)
    return reason === undefined && isInitialized && ends.every((end) => end?.exitCode === 0) ? 'Succeeded' : 'Failed';
  const hasBegun = isInitialized && mains.every(({ state, last }) => state.is !== 'waiting' || last !== undefined);
  return hasBegun ? 'Running' : 'Pending';
}

interface Wanted {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

function conditionsOf(pod: JsonObject, phase: string, view: PodView, now: Date): JsonObject[] {
  const { containers, isInitialized, isEnding, mounts } = view;
  const waiting = containers.filter(({ isInit, isReady }) => isInit && !isReady);
  const unready = containers.filter(({ isInit, isSidecar, isReady }) => (!isInit || isSidecar) && !isReady);
  const initialized: Wanted = isInitialized
    ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' && { reason: 'PodCompleted' }) }
    : lacking('Initialized', 'ContainersNotInitialized', 'incomplete', waiting);
  const containersReady = readiness('ContainersReady', phase, unready);
  const gates = arrayAt(pod, 'spec', 'readinessGates').filter((gate) => !isTrue(pod, stringAt(gate, 'conditionType')));
  const ready: Wanted =
    containersReady.status === 'True' && (gates.length > 0 || isEnding)
      ? { type: 'Ready', status: 'False', reason: isEnding ? 'PodTerminating' : 'ReadinessGatesNotReady' }
      : { ...containersReady, type: 'Ready' };
  const inPlace: Wanted[] =
    mounts === undefined ? [] : [{ type: MOUNTS, status: 'False', reason: 'UnderRoot', message: mounts }];
  return merged(pod, [initialized, ready, containersReady, { type: 'PodScheduled', status: 'True' }, ...inPlace], now);
}

/** Whether programs find mounts where the manifest says that they are. */
const MOUNTS = 'platform.weir.dev/MountsInPlace';

function readiness(type: string, phase: string, unready: readonly ContainerView[]): Wanted {
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  return unready.length === 0 ? { type, status: 'True' } : lacking(type, 'ContainersNotReady', 'unready', unready);
}

function lacking(type: string, reason: string, what: string, containers: readonly ContainerView[]): Wanted {
  const names = containers.map(({ name }) => name).join(' ');
  return { type, status: 'False', reason, message: `containers with ${what} status: [${names}]` };
}

function isTrue(pod: JsonObject, type: string | undefined): boolean {
  const found = arrayAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return stringAt(found, 'status') === 'True';
}

/** Conditions of others stay, and the time of a change stays while nothing changes. */
function merged(pod: JsonObject, wanted: readonly Wanted[], now: Date): JsonObject[] {
  const before = arrayAt(pod, 'status', 'conditions').filter(isObject);
  const others = before.filter(({ type }) => !wanted.some((each) => each.type === type));
  return [
    ...wanted.map((each) => {
      const old = before.find(({ type }) => type === each.type);
      const since = stringAt(old, 'status') === each.status ? stringAt(old, 'lastTransitionTime') : undefined;
      return { ...each, lastProbeTime: null, lastTransitionTime: since ?? timeText(now) };
    }),
    ...others,
  ];
}

function containerStatus({ name, image, state, last, restarts, isReady, isStarted }: ContainerView): JsonObject {
  const id = state.is === 'waiting' ? (last?.id ?? '') : state.id;
  return {
    name,
    image,
    imageID: '',
    ...(id === '' ? {} : { containerID: id }),
    ready: isReady,
    started: isStarted,
    restartCount: restarts,
    state: stateOf(state),
    lastState: last === undefined ? {} : stateOf(last),
  };
}

function stateOf(state: ContainerState): JsonObject {
  if (state.is === 'running') return { running: { startedAt: timeText(state.startedAt) } };
  if (state.is === 'terminated') return { terminated: terminatedOf(state) };
  const { reason, message } = state;
  return { waiting: { reason, ...(message === '' ? {} : { message }) } };
}

function terminatedOf({ exitCode, signal, reason, message, startedAt, finishedAt, id }: Terminated): JsonObject {
  return {
    exitCode,
    ...(signal === 0 ? {} : { signal }),
    reason,
    ...(message === '' ? {} : { message }),
    startedAt: startedAt === undefined ? null : timeText(startedAt),
    finishedAt: timeText(finishedAt),
    ...(id === '' ? {} : { containerID: id }),
  };
}
