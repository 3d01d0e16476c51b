/** The table of pods, whose status says what its containers do: printPod in printers.go. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { AGE, ageOf, count, NAME, type Printer, text, textAt, wide } from './column.ts';
import { since } from './duration.ts';

export const podPrinter: Printer = {
  columns: [
    NAME,
    text('Ready'),
    text('Status'),
    text('Restarts'),
    AGE,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells(pod, now) {
    const { ready, total, reason, restarts, lastRestart } = summary(pod);
    const isDated = restarts !== 0 && lastRestart !== undefined;
    return [
      nameOf(pod),
      `${ready}/${total}`,
      reason,
      isDated ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts),
      ageOf(pod, now),
      stringAt(pod, 'status', 'podIPs', 0, 'ip') || '<none>',
      textAt(pod, 'spec', 'nodeName') || '<none>',
      textAt(pod, 'status', 'nominatedNodeName') || '<none>',
      gatesOf(pod),
    ];
  },
  conditions(pod) {
    const phase = textAt(pod, 'status', 'phase');
    if (phase !== 'Succeeded' && phase !== 'Failed') return [];
    const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
    return [{ type: 'Completed', status: 'True', reason: phase, message }];
  },
};

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  lastRestart: string | undefined;
}

function summary(pod: JsonObject): Summary {
  const phase = textAt(pod, 'status', 'phase');
  const conditions = arrayAt(pod, 'status', 'conditions').filter(isObject);
  const isGated = conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const sidecars = new Set(
    arrayAt(pod, 'spec', 'initContainers')
      .filter(isObject)
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => String(name)),
  );
  const state: Summary = {
    ready: 0,
    total: arrayAt(pod, 'spec', 'containers').length + sidecars.size,
    reason: isGated ? 'SchedulingGated' : textAt(pod, 'status', 'reason') || phase,
    restarts: 0,
    lastRestart: undefined,
  };
  const isInitialized = conditions.some(({ type, status }) => type === 'Initialized' && status === 'True');
  const isInitializing = initContainers(pod, sidecars, state);
  if (!isInitializing || isInitialized) containers(pod, sidecars, state, conditions);

  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    if (textAt(pod, 'status', 'reason') === 'NodeLost') state.reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') state.reason = 'Terminating';
  }
  return state;
}

/** @returns whether one of them has yet to end */
function initContainers(pod: JsonObject, sidecars: ReadonlySet<string>, state: Summary): boolean {
  const statuses = arrayAt(pod, 'status', 'initContainerStatuses').filter(isObject);
  for (const [index, status] of statuses.entries()) {
    countRestarts(status, state);
    const terminated = objectAt(status, 'state', 'terminated');
    if (terminated !== undefined && count(terminated, 'exitCode') === 0) continue;
    if (sidecars.has(textAt(status, 'name')) && status.started === true) {
      if (status.ready === true) state.ready++;
      continue;
    }
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (terminated !== undefined) state.reason = `Init:${endOf(terminated)}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') state.reason = `Init:${waiting}`;
    else state.reason = `Init:${index}/${arrayAt(pod, 'spec', 'initContainers').length}`;
    return true;
  }
  return false;
}

function containers(
  pod: JsonObject,
  sidecars: ReadonlySet<string>,
  state: Summary,
  conditions: readonly JsonObject[],
): void {
  state.restarts = 0;
  state.lastRestart = undefined;
  for (const status of arrayAt(pod, 'status', 'initContainerStatuses').filter(isObject)) {
    if (sidecars.has(textAt(status, 'name'))) countRestarts(status, state);
  }
  let isRunning = false;
  let failure = '';
  for (const status of arrayAt(pod, 'status', 'containerStatuses').filter(isObject).reverse()) {
    countRestarts(status, state);
    const terminated = objectAt(status, 'state', 'terminated');
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting !== '') state.reason = waiting;
    else if (terminated !== undefined) {
      state.reason = endOf(terminated);
      if (count(terminated, 'exitCode') !== 0) failure = state.reason;
    } else if (status.ready === true && objectAt(status, 'state', 'running') !== undefined) {
      isRunning = true;
      state.ready++;
    }
  }
  if (state.reason !== 'Completed') return;
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (isRunning && isReady) state.reason = 'Running';
  else if (failure !== '') state.reason = failure;
  else if (isRunning) state.reason = 'NotReady';
}

function endOf(terminated: JsonObject): string {
  const reason = textAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${count(terminated, 'exitCode')}`;
}

function countRestarts(status: JsonObject, state: Summary): void {
  state.restarts += count(status, 'restartCount');
  const ended = stringAt(status, 'lastState', 'terminated', 'finishedAt');
  if (ended !== undefined && (state.lastRestart === undefined || state.lastRestart < ended)) state.lastRestart = ended;
}

function gatesOf(pod: JsonObject): string {
  const gates = arrayAt(pod, 'spec', 'readinessGates').filter(isObject);
  if (gates.length === 0) return '<none>';
  const conditions = arrayAt(pod, 'status', 'conditions').filter(isObject);
  const open = gates.filter((gate) =>
    conditions.some(({ type, status }) => type === gate.conditionType && status === 'True'),
  );
  return `${open.length}/${gates.length}`;
}
