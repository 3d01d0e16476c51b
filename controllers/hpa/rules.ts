/** Scaling policies: how far one direction may go at once (k8s.io/kubernetes pkg/controller/podautoscaler/horizontal.go, 1.36). */

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  /** Undefined: what holds for all where nothing is said. */
  readonly stabilizationSeconds: number | undefined;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** That so many Pods came or went, the number without a sign. */
export interface ScaleEvent {
  readonly at: number;
  readonly change: number;
}

export interface ScaleEvents {
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
}

export function scaleUpLimit(
  replicas: number,
  events: ScaleEvents,
  { selectPolicy, policies }: ScalingRules,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return replicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = startOfPeriod(replicas, events, periodSeconds, now);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(MOST, ...limits) : Math.max(-MOST, ...limits);
}

export function scaleDownLimit(
  replicas: number,
  events: ScaleEvents,
  { selectPolicy, policies }: ScalingRules,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return replicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = startOfPeriod(replicas, events, periodSeconds, now);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  // the least change is the highest number
  return selectPolicy === 'Min' ? Math.max(-MOST, ...limits) : Math.min(MOST, ...limits);
}

const MOST = 2 ** 31 - 1;

/** Pods that there were when the period began. */
function startOfPeriod(replicas: number, { ups, downs }: ScaleEvents, periodSeconds: number, now: number): number {
  return replicas - changed(ups, periodSeconds, now) + changed(downs, periodSeconds, now);
}

function changed(events: readonly ScaleEvent[], periodSeconds: number, now: number): number {
  const since = now - periodSeconds * 1000;
  return events.filter(({ at }) => at > since).reduce((total, { change }) => total + change, 0);
}

/** The longest time that a policy looks back, in milliseconds. */
export function longestPeriod({ policies }: ScalingRules): number {
  return Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds * 1000));
}
