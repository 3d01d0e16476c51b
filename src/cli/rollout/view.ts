/** What there is to say of a rollout: what `status` and `watch` show, and what is told as JSON. Pure. */
import { arrayAt, booleanAt, type JsonObject, numberAt, stringAt } from '../../kubernetes/json.ts';
import { referenceTo } from '../../kubernetes/object.ts';
import type { Pause, TrafficRollout } from '../../rollout/model.ts';
import { trafficOwner } from '../../rollout/owner.ts';
import { readRollout } from '../../rollout/read.ts';
import { passedAt, pauseAt, stagesOf } from '../../rollout/stages.ts';
import { type Failed, type Phase, type RolloutStatus, readStatus } from '../../rollout/status.ts';
import { readTraffic } from '../../rollout/traffic.ts';
import type { Look } from './look.ts';
import { type MeasuredMetric, metricsIn } from './metrics.ts';

export interface View {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly strategy: 'canary' | 'blueGreen' | undefined;
  readonly phase: Phase | undefined;
  /** Since when it is in that phase. */
  readonly since: string | undefined;
  readonly step: number;
  readonly steps: readonly StepView[];
  readonly stable: string | undefined;
  readonly candidate: string | undefined;
  readonly previous: string | undefined;
  /** As the Route does it now. */
  readonly traffic: readonly Share[];
  readonly analysis: AnalysisView | undefined;
  readonly waiting: { readonly for: string; readonly message: string } | undefined;
  /** The Ready condition's reason and message. */
  readonly reason: string;
  readonly message: string;
  readonly isPaused: boolean;
  /** By spec.paused, which Git sets. */
  readonly isPausedBySpec: boolean;
  /** Who would write spec.traffic again; undefined where nobody would. */
  readonly gitOwner: string | undefined;
  readonly failed: readonly Failed[];
  readonly command: string | undefined;
  /** Why that one was not heeded. */
  readonly refusal: string | undefined;
  /** Nobody has looked at it, or not at the spec that is there now. */
  readonly isUnseen: boolean;
  /** Nothing is under way, and the newest template is known to the status. */
  readonly isDone: boolean;
}

export interface StepView {
  readonly percent: number;
  readonly pause: Pause;
  readonly state: 'done' | 'now' | 'ahead';
}

export interface Share {
  readonly revision: string;
  readonly role: 'stable' | 'candidate' | 'previous' | 'failed' | '';
  readonly percent: number;
  readonly tags: readonly string[];
  /** Undefined where nobody tells. */
  readonly pods: number | undefined;
  /** Its min-scale by the rollout. */
  readonly held: number | undefined;
}

export interface AnalysisView {
  readonly at: string;
  readonly verdict: string;
  readonly failures: number;
  readonly failureLimit: number | undefined;
  readonly metrics: readonly MeasuredMetric[];
  readonly message: string;
}

export function viewOf({ object, service, pods }: Look): View {
  const { rollout } = readRollout(object);
  const status = readStatus(object);
  const conditions = arrayAt(object, 'status', 'conditions');
  const ready = conditions.find((each) => stringAt(each, 'type') === 'Ready');
  const reference = referenceTo(object);
  const owner = service === undefined ? undefined : trafficOwner(service);
  const observed = numberAt(object, 'status', 'observedGeneration') ?? numberAt(ready, 'observedGeneration');
  const isUnseen = observed === undefined || observed !== numberAt(object, 'metadata', 'generation');
  const message = withoutShare(stringAt(ready, 'message') ?? '', status);
  const suspended = conditions.find((each) => stringAt(each, 'type') === 'Suspended');
  const waitsFor = stringAt(suspended, 'status') === 'True' ? stringAt(suspended, 'message') : undefined;
  const waitingFor = stringAt(object, 'status', 'waitingFor');
  return {
    name: reference.name,
    namespace: reference.namespace,
    service: rollout?.service ?? stringAt(object, 'spec', 'serviceRef', 'name') ?? '',
    strategy: rollout?.strategy.type,
    phase: status?.phase,
    since: status?.since,
    step: status?.step ?? 0,
    steps: rollout === undefined ? [] : stepsOf(rollout, status),
    stable: status?.stable,
    candidate: status?.candidate?.revision,
    previous: status?.previous?.revision,
    traffic: sharesOf(service, status, pods),
    analysis: analysisOf(rollout, status),
    // after a failure, Ready says that as well
    waiting: waitingFor === undefined ? undefined : { for: waitingFor, message: waitsFor ?? message },
    reason: stringAt(ready, 'reason') ?? '',
    message,
    isPaused: status?.isPaused ?? false,
    isPausedBySpec: booleanAt(object, 'spec', 'paused') ?? false,
    gitOwner: owner?.kind === 'git' ? owner.manager : undefined,
    failed: status?.failed ?? [],
    command: status?.command,
    refusal: status?.refusal,
    isUnseen,
    isDone: !isUnseen && waitingFor === undefined && isAtRest(status, service),
  };
}

/** The newest template of the Service is the one that the status speaks of. */
function isAtRest(status: RolloutStatus | undefined, service: JsonObject | undefined): boolean {
  if (status === undefined || service === undefined || !isNewestKnown(service)) return false;
  const newest = stringAt(service, 'status', 'latestCreatedRevisionName');
  if (status.phase === 'Healthy') return newest === status.stable;
  return status.phase === 'Failed' && status.failed.some(({ revision }) => revision === newest);
}

/**
 * Whether latestCreatedRevisionName is of the newest template: not before the Configuration has taken it, and right after an
 * apply the Service names the one before (knative/serving pkg/reconciler/service/service.go).
 */
function isNewestKnown(service: JsonObject): boolean {
  if (numberAt(service, 'status', 'observedGeneration') !== numberAt(service, 'metadata', 'generation')) return false;
  return !arrayAt(service, 'status', 'conditions').some(
    (each) => stringAt(each, 'type') === 'ConfigurationsReady' && stringAt(each, 'reason') === 'OutOfDate',
  );
}

/** The condition says the share first, which is drawn already. */
function withoutShare(message: string, status: RolloutStatus | undefined): string {
  if (status?.candidate === undefined) return message;
  const lead = `${status.candidate.revision} has ${status.weight} %: `;
  return message.startsWith(lead) ? message.slice(lead.length) : message;
}

function stepsOf(rollout: TrafficRollout, status: RolloutStatus | undefined): StepView[] {
  const { weight = 0, candidate } = status ?? {};
  const step = passedAt(rollout, weight);
  const isUnderWay = candidate !== undefined && status?.returning === undefined;
  const first: StepView = { percent: 0, pause: pauseAt(rollout, 0), state: isUnderWay ? stateOf(0, step) : 'ahead' };
  const stages = stagesOf(rollout).map(({ percent, pause }, index): StepView => {
    return { percent, pause, state: isUnderWay ? stateOf(index + 1, step) : 'ahead' };
  });
  return [first, ...stages];
}

function stateOf(index: number, step: number): StepView['state'] {
  if (index < step) return 'done';
  return index === step ? 'now' : 'ahead';
}

function sharesOf(service: JsonObject | undefined, status: RolloutStatus | undefined, pods: Look['pods']): Share[] {
  const found = new Map<string, { percent: number; tags: string[] }>();
  for (const { revision, percent, tag } of readTraffic(arrayAt(service, 'status', 'traffic'))) {
    if (revision === undefined) continue;
    const known = found.get(revision) ?? { percent: 0, tags: [] };
    found.set(revision, {
      percent: known.percent + percent,
      tags: tag === undefined ? known.tags : [...known.tags, tag],
    });
  }
  // before the Route has them
  for (const name of [status?.stable, status?.candidate?.revision]) {
    if (name !== undefined && !found.has(name)) found.set(name, { percent: 0, tags: [] });
  }
  return [...found]
    .map(([revision, { percent, tags }]): Share => {
      const held = status?.claims.find((claim) => claim.revision === revision)?.minScale;
      return { revision, role: roleOf(revision, status), percent, tags, pods: pods?.get(revision), held };
    })
    .sort((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role));
}

const ORDER: readonly Share['role'][] = ['stable', 'candidate', 'previous', 'failed', ''];

function roleOf(revision: string, status: RolloutStatus | undefined): Share['role'] {
  if (revision === status?.stable) return 'stable';
  if (revision === status?.candidate?.revision) return 'candidate';
  if (revision === status?.previous?.revision) return 'previous';
  return status?.failed.some((each) => each.revision === revision) === true ? 'failed' : '';
}

function analysisOf(rollout: TrafficRollout | undefined, status: RolloutStatus | undefined): AnalysisView | undefined {
  const analysis = status?.analysis;
  if (analysis === undefined) return undefined;
  const { at, verdict, failures, message } = analysis;
  return { at, verdict, failures, failureLimit: rollout?.analysis?.failureLimit, metrics: metricsIn(message), message };
}
