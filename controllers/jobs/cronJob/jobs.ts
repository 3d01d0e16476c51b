/** Jobs of a CronJob: pure. */
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import { ownerReference } from '../owned.ts';

const MINUTE_MS = 60_000;

/** Of one moment there is one name, so that none runs twice. */
export function jobFor(cronJob: JsonObject, moment: Date): JsonObject {
  const template = objectAt(cronJob, 'spec', 'jobTemplate') ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${nameOf(cronJob)}-${Math.floor(moment.getTime() / MINUTE_MS)}`,
      namespace: referenceTo(cronJob).namespace,
      labels: { ...labelsOf(template) },
      annotations: { ...annotationsOf(template), 'batch.kubernetes.io/cronjob-scheduled-timestamp': timeText(moment) },
      ownerReferences: [ownerReference(cronJob)],
    },
    spec: objectAt(template, 'spec') ?? {},
  };
}

/** Those that go, the oldest first, so that so many stay. */
export function beyond(jobs: readonly JsonObject[], kept: number): JsonObject[] {
  const startOf = (job: JsonObject): string =>
    stringAt(job, 'status', 'startTime') ?? stringAt(job, 'metadata', 'creationTimestamp') ?? '';
  const sorted = [...jobs].sort((left, right) => (startOf(left) < startOf(right) ? -1 : 1));
  return sorted.slice(0, Math.max(0, sorted.length - kept));
}
