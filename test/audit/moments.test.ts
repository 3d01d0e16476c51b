import { describe, expect, it } from '@jest/globals';
import { nextMoment } from '../../src/audit/moments.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { folderWith } from '../cli/harness.ts';

async function aPolicy(spec: string) {
  const document = `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec: ${spec}
`;
  const loaded = await loadPolicies(`${folderWith({ 'policies/prod.yaml': document })}/policies`, 'policies');
  const policy = loaded.policies.get('prod');
  if (policy === undefined) throw new Error(JSON.stringify(loaded.errors));
  return policy;
}

const NOW = new Date('2026-05-04T08:00:00Z');

function anException(until: string): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { namespace: 'shop', name: 'sale', creationTimestamp: '2026-05-04T07:00:00Z' },
    spec: { rules: ['images/*'], reason: 'sale', owner: 'shop', until },
  };
}

function aSchedule(...windows: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { namespace: 'shop', name: 'hours' },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' },
      timeZone: 'Etc/UTC',
      windows,
    },
  };
}

const EARLY = { name: 'early', start: '0 6 * * *', end: '0 10 * * *', minScale: 4 };
const LATE = { name: 'late', start: '0 9 * * *', end: '0 18 * * *', minScale: 4 };

describe('the clock alone changes', () => {
  it.each<[string, string, readonly JsonObject[], readonly JsonObject[], string | undefined]>([
    ['nothing', '{}', [], [], undefined],
    ['what an exception excuses, when it ends', '{}', [anException('2026-05-10')], [], '2026-05-11T00:00:00.000Z'],
    [
      'what is said of one that is too long, after a day',
      '{exceptions: {longestDays: 7}}',
      [anException('2026-09-01')],
      [],
      '2026-05-05T07:00:00.001Z',
    ],
    ['nothing of a schedule whose windows never end', '{}', [], [aSchedule(EARLY)], undefined],
    ['what is said of windows that overlap', '{}', [], [aSchedule(EARLY, LATE)], '2026-05-04T10:00:00.001Z'],
    [
      'it again after an hour at the earliest',
      '{}',
      [],
      [
        aSchedule({ ...EARLY, start: '*/5 * * * *', end: '4-59/5 * * * *' }, LATE, {
          ...EARLY,
          name: 'too',
          start: '*/5 * * * *',
          end: '3-59/5 * * * *',
        }),
      ],
      '2026-05-04T09:00:00.001Z',
    ],
    ['nothing where nobody judges them', '{rules: {schedule/*: "off"}}', [], [aSchedule(EARLY, LATE)], undefined],
  ])('%s', async (_, spec, exceptions, schedules, expected) => {
    const policy = await aPolicy(spec);
    const next = nextMoment({ policy, now: NOW, inForce: [], exceptions, schedules });
    expect(next?.toISOString()).toBe(expected);
  });
});
