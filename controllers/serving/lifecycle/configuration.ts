/** Conditions of a Configuration (knative/serving pkg/apis/serving/v1/configuration_lifecycle.go). */
import { quote } from '../../../src/knative/goStrings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { StatusDraft } from '../../status/draft.ts';

const LATEST_CREATED = 'latestCreatedRevisionName';
const LATEST_READY = 'latestReadyRevisionName';

export function configurationStatus(configuration: JsonObject): StatusDraft {
  return new StatusDraft(configuration, []);
}

export function latestReady(status: StatusDraft): string {
  return status.text(LATEST_READY);
}

export function setLatestCreated(status: StatusDraft, name: string): void {
  status.set(LATEST_CREATED, name);
  if (status.text(LATEST_READY) !== name) status.conditions.markUnknown('Ready', '', '');
}

export function setLatestReady(status: StatusDraft, name: string): void {
  status.set(LATEST_READY, name);
  if (status.text(LATEST_CREATED) === name) status.conditions.markTrue('Ready');
}

export function markLatestCreatedFailed({ conditions }: StatusDraft, name: string, message: string): void {
  conditions.markFalse('Ready', 'RevisionFailed', `Revision ${quote(name)} failed with message: ${message}.`);
}

export function markRevisionCreationFailed({ conditions }: StatusDraft, message: string): void {
  conditions.markFalse('Ready', 'RevisionFailed', `Revision creation failed with message: ${message}.`);
}
