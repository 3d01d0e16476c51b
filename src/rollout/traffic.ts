/** spec.traffic as a rollout writes it: a function of its status alone, always by revisionName, always 100 in sum. */
import {
  arrayAt,
  booleanAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  stringAt,
} from '../kubernetes/json.ts';
import type { RolloutStatus } from './status.ts';

export interface Target {
  /** Undefined: the latest Revision that is Ready. */
  readonly revision: string | undefined;
  readonly percent: number;
  readonly tag: string | undefined;
}

export const TAGS = {
  /** Of a canary. */
  candidate: 'candidate',
  /** Of blueGreen. */
  preview: 'preview',
  /** Kept after the switch. */
  previous: 'previous',
  /** Where it has no share: without a tag it would turn `reserve`, and its min-scale would not count. */
  stable: 'stable',
} as const;

/** What should be in spec.traffic; undefined as long as nothing is pinned. */
export function trafficFor(status: RolloutStatus): readonly Target[] | undefined {
  const { stable, candidate, weight, previous, returning } = status;
  if (stable === undefined) return undefined;
  const isInTraffic = candidate !== undefined && status.phase !== 'Starting';
  const share = isInTraffic ? weight : 0;
  const targets: Target[] = [{ revision: stable, percent: 100 - share, tag: share === 100 ? TAGS.stable : undefined }];
  if (isInTraffic) targets.push({ revision: candidate.revision, percent: share, tag: candidate.tag });
  const isBack = returning === 'Undo' && candidate?.revision === previous?.revision;
  if (previous?.until !== undefined && !isBack && previous.revision !== stable) {
    targets.push({ revision: previous.revision, percent: 0, tag: TAGS.previous });
  }
  return targets;
}

/** Whether requests go the same way by both: the order does not count, nor a target without a share and a tag. */
export function isSameTraffic(left: readonly Target[], right: readonly Target[]): boolean {
  return textOf(left) === textOf(right);
}

function textOf(targets: readonly Target[]): string {
  const counted = targets.filter(({ percent, tag }) => percent > 0 || tag !== undefined);
  return JSON.stringify(
    counted.map(({ revision, percent, tag }) => [revision ?? null, tag ?? '', percent]).sort(byText),
  );
}

function byText(left: readonly unknown[], right: readonly unknown[]): number {
  const [one, other] = [JSON.stringify(left), JSON.stringify(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Reads a list of TrafficTargets (knative/serving pkg/apis/serving/v1/route_types.go). */
export function readTraffic(list: readonly JsonValue[]): Target[] {
  return list.filter(isObject).map((target) => {
    const revision = stringAt(target, 'revisionName') ?? '';
    const tag = stringAt(target, 'tag') ?? '';
    return {
      revision: revision === '' ? undefined : revision,
      percent: numberAt(target, 'percent') ?? 0,
      tag: tag === '' ? undefined : tag,
    };
  });
}

/** The Service's own; Knative's webhook takes none for all to the latest Revision. */
export function trafficOf(service: JsonObject): Target[] {
  const targets = readTraffic(arrayAt(service, 'spec', 'traffic'));
  return targets.length === 0 ? [{ revision: undefined, percent: 100, tag: undefined }] : targets;
}

/** As it is applied. Each field is written: Knative's webhook would add what is left out, to another owner's name. */
export function trafficJson(targets: readonly Target[]): JsonObject[] {
  return targets.map(({ revision, percent, tag }) => ({
    ...(revision === undefined ? {} : { revisionName: revision }),
    latestRevision: revision === undefined,
    percent,
    ...(tag === undefined ? {} : { tag }),
  }));
}

/** What Knative's webhook fills in: all to the latest Revision (pkg/apis/serving/v1/route_defaults.go). */
export function isDefaultTraffic(service: JsonObject): boolean {
  const targets = arrayAt(service, 'spec', 'traffic');
  const [target] = targets;
  if (target === undefined) return true;
  return (
    targets.length === 1 &&
    booleanAt(target, 'latestRevision') === true &&
    (numberAt(target, 'percent') ?? 100) === 100 &&
    (stringAt(target, 'tag') ?? '') === ''
  );
}
