/**
 * Where a Route's requests go: its spec.traffic down to Revisions (knative/serving
 * pkg/reconciler/route/traffic/{traffic,errors}.go).
 */
import { quote } from '../../../src/knative/goStrings.ts';
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { CONFIGURATION_LABEL, SERVICE_LABEL } from '../keys.ts';
import { conditionStatus, isReady, labelOf } from '../read.ts';

/** The Configurations and Revisions of the Route's namespace, by name. */
export interface Lookup {
  configuration(name: string): JsonObject | undefined;
  revision(name: string): JsonObject | undefined;
}

export interface RevisionTarget {
  readonly revisionName: string;
  readonly tag: string;
  readonly percent: number;
  readonly latestRevision: boolean;
}

/** Why requests cannot go where the Route says. */
export interface BadTarget {
  /** False where it has only not come so far yet. */
  readonly isFailure: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface Traffic {
  /** In the order of the Route, each Revision once for each tag; empty where one of them is bad. */
  readonly targets: readonly RevisionTarget[];
  readonly bad: BadTarget | undefined;
}

/** @param route with what Knative's webhook fills in: a percent and latestRevision in each target */
export function trafficOf(route: JsonObject, lookup: Lookup): Traffic {
  const targets: RevisionTarget[] = [];
  let bad: BadTarget | undefined;
  for (const target of arrayAt(route, 'spec', 'traffic').filter(isObject)) {
    const found = targetOf(target, route, lookup);
    if (found === undefined) continue;
    if ('reason' in found) {
      if (bad === undefined || found.isFailure) bad = found;
    } else add(targets, found);
  }
  return bad === undefined ? { targets, bad } : { targets: [], bad };
}

/** The tags of the targets, with '' for the Route itself. */
export function tagsOf(targets: readonly RevisionTarget[]): string[] {
  return [...new Set(['', ...targets.map(({ tag }) => tag)])].sort();
}

function targetOf(target: JsonObject, route: JsonObject, lookup: Lookup): RevisionTarget | BadTarget | undefined {
  const revisionName = stringAt(target, 'revisionName') ?? '';
  const configurationName = stringAt(target, 'configurationName') ?? '';
  if (revisionName !== '') return toRevision(target, revisionName, route, lookup);
  return configurationName === '' ? undefined : toConfiguration(target, configurationName, lookup);
}

function toConfiguration(target: JsonObject, name: string, lookup: Lookup): RevisionTarget | BadTarget {
  const configuration = lookup.configuration(name);
  if (configuration === undefined) return missing('Configuration', name);
  const latest = stringAt(configuration, 'status', 'latestReadyRevisionName') ?? '';
  if (latest === '') return unreadyConfiguration(configuration);
  const revision = lookup.revision(latest);
  if (revision === undefined) return missing('Revision', latest);
  return isReady(revision) ? flat(target, latest) : unreadyRevision(revision);
}

function toRevision(target: JsonObject, name: string, route: JsonObject, lookup: Lookup): RevisionTarget | BadTarget {
  const revision = lookup.revision(name);
  if (revision === undefined) return missing('Revision', name);
  const service = labelOf(route, SERVICE_LABEL) ?? '';
  const itsService = labelOf(revision, SERVICE_LABEL) ?? '';
  if (service !== '' && service !== itsService) return foreign(name, service, itsService);
  if (!isReady(revision)) return unreadyRevision(revision);
  const configuration = labelOf(revision, CONFIGURATION_LABEL);
  if (configuration !== undefined && lookup.configuration(configuration) === undefined) {
    return missing('Configuration', configuration);
  }
  return flat(target, name);
}

function flat(target: JsonObject, revisionName: string): RevisionTarget {
  return {
    revisionName,
    tag: stringAt(target, 'tag') ?? '',
    percent: numberAt(target, 'percent') ?? 0,
    latestRevision: target.latestRevision === true,
  };
}

/** The same Revision under the same tag is one target with the sum of their percents. */
function add(targets: RevisionTarget[], target: RevisionTarget): void {
  const index = targets.findIndex(
    ({ tag, revisionName, latestRevision }) =>
      tag === target.tag && revisionName === target.revisionName && latestRevision === target.latestRevision,
  );
  const known = targets[index];
  if (known === undefined) targets.push(target);
  else targets[index] = { ...known, percent: known.percent + target.percent };
}

function missing(kind: 'Configuration' | 'Revision', name: string): BadTarget {
  return {
    isFailure: true,
    reason: `${kind}Missing`,
    message: `${kind} ${quote(name)} referenced in traffic not found.`,
  };
}

function unreadyConfiguration(configuration: JsonObject): BadTarget {
  const isFailure = conditionStatus(configuration, 'Ready') === 'False';
  const what = isFailure ? 'does not have any ready Revision.' : 'is waiting for a Revision to become ready.';
  return { isFailure, reason: 'RevisionMissing', message: `Configuration ${quote(nameOf(configuration))} ${what}` };
}

function unreadyRevision(revision: JsonObject): BadTarget {
  const isFailure = conditionStatus(revision, 'Ready') === 'False';
  const what = isFailure ? 'failed to become ready.' : 'is not yet ready.';
  return { isFailure, reason: 'RevisionMissing', message: `Revision ${quote(nameOf(revision))} ${what}` };
}

function foreign(name: string, service: string, itsService: string): BadTarget {
  const message =
    itsService === ''
      ? `Revision ${quote(name)} does not belong to Service ${quote(service)}.`
      : `Revision ${quote(name)} belongs to Service ${quote(itsService)}, not Service ${quote(service)}.`;
  return { isFailure: true, reason: 'RevisionNotOwned', message };
}
