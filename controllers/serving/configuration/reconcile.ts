/** One Configuration: the Revision of its present generation is there, and its status names the latest that is ready. */

import { quote } from '../../../src/knative/goStrings.ts';
import { configurations, revisions } from '../../../src/knative/resources.ts';
import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import type { KnativeSettings } from '../../../src/knative/settings.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isAlreadyThere, sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { Happening } from '../../../src/kubernetes/client/events.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import type { StatusDraft } from '../../status/draft.ts';
import { CONFIGURATION_GENERATION_LABEL, CONFIGURATION_LABEL } from '../keys.ts';
import {
  configurationStatus,
  latestReady,
  markLatestCreatedFailed,
  markRevisionCreationFailed,
  setLatestCreated,
  setLatestReady,
} from '../lifecycle/configuration.ts';
import { conditionStatus, generationOf, labelOf } from '../read.ts';
import { givenName, makeRevision } from '../resources/revision.ts';
import { happening, writeStatus } from '../write.ts';
import { findLatestReady } from './latestReady.ts';
import { namedRevision } from './namedRevision.ts';

export interface Found {
  readonly configuration: JsonObject;
  /** All of its namespace. */
  readonly revisions: readonly JsonObject[];
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: KnativeSettings;
  readonly now: Date;
  record(happening: Happening): void;
}

/** Level-based, as Knative's (knative/serving pkg/reconciler/configuration/configuration.go). */
export async function reconcileConfiguration(found: Found, dependencies: Dependencies): Promise<void> {
  const { configuration } = found;
  if (isBeingDeleted(configuration)) return;

  const status = configurationStatus(configuration);
  try {
    const latest = await latestCreated(found, status, dependencies);
    if (latest !== undefined) propagate(status, found, latest, dependencies);
  } finally {
    await writeStatus(dependencies.client, configurations, configuration, status.toJson(dependencies.now));
  }
}

/** The Revision of the present generation, which is made where it is missing; undefined where its name is taken. */
async function latestCreated(
  found: Found,
  status: StatusDraft,
  dependencies: Dependencies,
): Promise<JsonObject | undefined> {
  const { configuration, revisions: all } = found;
  const named = namedRevision(configuration, (name) => all.find((revision) => nameOf(revision) === name));
  if (named === 'taken') {
    markRevisionCreationFailed(status, alreadyExists(givenName(configuration)));
    return undefined;
  }
  if (named !== undefined && named !== 'missing') return named;
  const existing = named === 'missing' ? undefined : all.find(isOfGeneration(configuration));
  return existing ?? create(configuration, status, dependencies);
}

function isOfGeneration(configuration: JsonObject) {
  const generation = String(generationOf(configuration));
  return (revision: JsonObject): boolean =>
    labelOf(revision, CONFIGURATION_LABEL) === nameOf(configuration) &&
    labelOf(revision, CONFIGURATION_GENERATION_LABEL) === generation;
}

async function create(
  configuration: JsonObject,
  status: StatusDraft,
  { client, settings, now, record }: Dependencies,
): Promise<JsonObject> {
  const { object: wanted } = applyKnativeDefaults(makeRevision(configuration, now), settings);
  try {
    const created = await client.create(revisions, wanted);
    const note = `Created Revision ${quote(nameOf(created))}`;
    record(happening(configuration, 'Normal', 'Created', 'Create', note));
    return created;
  } catch (error) {
    // somebody has the name whom the cache does not know yet: the next round sees whose it is
    if (!isAlreadyThere(error)) {
      const reason = sentenceOf(error);
      markRevisionCreationFailed(status, reason);
      const note = `Failed to create Revision: ${reason}`;
      record(happening(configuration, 'Warning', 'CreationFailed', 'Create', note));
    }
    throw error;
  }
}

/** As the API server says it. */
function alreadyExists(name: string): string {
  return `revisions.serving.knative.dev ${quote(name)} already exists`;
}

function propagate(status: StatusDraft, found: Found, latest: JsonObject, dependencies: Dependencies): void {
  const { configuration, revisions: all } = found;
  const { record } = dependencies;
  const before = latestReady(status);
  setLatestCreated(status, nameOf(latest));

  const readiness = conditionStatus(latest, 'Ready');
  if (readiness === 'True' && before === '') {
    record(happening(configuration, 'Normal', 'ConfigurationReady', 'Reconcile', 'Configuration becomes ready'));
  }
  if (readiness === 'False') fail(status, configuration, latest, record);

  const ready = findLatestReady(configuration, { latestCreated: latest, latestReadyName: before, revisions: all });
  if (ready === undefined) return;
  setLatestReady(status, nameOf(ready));
  if (before === nameOf(ready)) return;
  const note = `LatestReadyRevisionName updated to ${quote(nameOf(ready))}`;
  record(happening(configuration, 'Normal', 'LatestReadyUpdate', 'Reconcile', note));
}

function fail(
  status: StatusDraft,
  configuration: JsonObject,
  latest: JsonObject,
  record: Dependencies['record'],
): void {
  const known = status.conditions.get('Ready');
  markLatestCreatedFailed(status, nameOf(latest), messageOf(latest));
  if (known?.message === status.conditions.get('Ready')?.message) return;

  const isReadyOne = nameOf(latest) === latestReady(status);
  const reason = isReadyOne ? 'LatestReadyFailed' : 'LatestCreatedFailed';
  const note = `Latest ${isReadyOne ? 'ready' : 'created'} revision ${quote(nameOf(latest))} has failed`;
  record(happening(configuration, 'Warning', reason, 'Reconcile', note));
}

function messageOf(revision: JsonObject): string {
  for (const condition of arrayAt(revision, 'status', 'conditions')) {
    if (stringAt(condition, 'type') === 'Ready') return stringAt(condition, 'message') ?? '';
  }
  return '';
}
