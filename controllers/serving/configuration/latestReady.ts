/** Which Revision of a Configuration is the latest that is ready (knative/serving pkg/reconciler/configuration/configuration.go). */
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { CONFIGURATION_GENERATION_LABEL, CONFIGURATION_LABEL } from '../keys.ts';
import { generationOf, isReady, labelOf } from '../read.ts';
import { givenName } from '../resources/revision.ts';

export interface LatestReadyOptions {
  /** Its Revision of the present generation. */
  readonly latestCreated: JsonObject;
  /** As the Configuration's status has it; empty where there is none yet. */
  readonly latestReadyName: string;
  /** All of the namespace. */
  readonly revisions: readonly JsonObject[];
}

/**
 * The youngest that is ready of those from the latest ready one on: an older one is never gone back to, unless that
 * one is gone. The one whose name the author gave comes first.
 */
export function findLatestReady(
  configuration: JsonObject,
  { latestCreated, latestReadyName, revisions }: LatestReadyOptions,
): JsonObject | undefined {
  const own = revisions.filter((revision) => labelOf(revision, CONFIGURATION_LABEL) === nameOf(configuration));
  const latestReady = revisions.find((revision) => nameOf(revision) === latestReadyName);
  const candidates = latestReady === undefined ? own : own.filter(isFrom(latestReady, configuration, latestCreated));
  return candidates.filter(isReady).toSorted(youngestFirst(givenName(configuration)))[0];
}

function isFrom(latestReady: JsonObject, configuration: JsonObject, latestCreated: JsonObject) {
  const from = configurationGeneration(latestReady) ?? generationOf(configuration);
  const named = givenName(configuration) === '' ? undefined : configurationGeneration(latestCreated);
  return (revision: JsonObject): boolean => {
    const generation = configurationGeneration(revision);
    if (generation === undefined) return false;
    return generation === named || (generation >= from && generation <= generationOf(configuration));
  };
}

function youngestFirst(given: string) {
  return (left: JsonObject, right: JsonObject): number => {
    if (nameOf(left) === given) return -1;
    if (nameOf(right) === given) return 1;
    return (configurationGeneration(right) ?? 0) - (configurationGeneration(left) ?? 0);
  };
}

/** The generation of its Configuration that a Revision was made of. */
function configurationGeneration(revision: JsonObject): number | undefined {
  const text = labelOf(revision, CONFIGURATION_GENERATION_LABEL);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
