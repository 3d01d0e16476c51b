/** What tests of schedules are built from. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { ScalingSchedule } from '../../src/schedule/model.ts';
import { readSchedule } from '../../src/schedule/read.ts';

export const OFFICE = { name: 'office', start: '0 8 * * 1-5', end: '0 18 * * 1-5', minScale: 10 };

/** A document for the Service api-service, which the parts of its spec change. */
export function aDocument(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name: 'business-hours', namespace: 'shop-prod' },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'api-service' },
      timeZone: 'Europe/Lisbon',
      windows: [OFFICE],
      ...spec,
    },
  };
}

/** The schedule of such a document; an error where it cannot be read. */
export function aSchedule(spec: JsonObject = {}): ScalingSchedule {
  const { schedule, problems } = readSchedule(aDocument(spec));
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  return schedule;
}
