import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateEventing } from '../../../../src/knative/eventing/validate.ts';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { keyOf } from '../../../../src/kubernetes/kinds.ts';
import { eventingDefaults } from '../../../../src/policy/defaults/eventing.ts';
import { kedaDefaults } from '../../../../src/policy/defaults/keda.ts';
import { applyEdits } from '../../../../src/policy/engine/edit.ts';
import { eventingRules } from '../../../../src/policy/rules/eventing/index.ts';
import { kedaRules } from '../../../../src/policy/rules/keda/index.ts';
import { aPolicy, only, verdictOf } from '../../builders.ts';
import { BOUNDS } from './builders.ts';

const rules = [...eventingRules, ...kedaRules];
const defaulters = [...eventingDefaults, ...kedaDefaults];
const kinds = [...new Map(rules.flatMap((rule) => rule.kinds).map((kind) => [kind.key, kind])).values()];
const policy = aPolicy({
  eventing: BOUNDS,
  keda: {
    minReplicaCount: { default: 1, max: 5 },
    maxReplicaCount: { default: 10, max: 20 },
    pollingInterval: { min: 5 },
  },
});

/** Names that the rules look for, so that the walk gets deep. */
const KEYS = [
  'delivery',
  'deadLetterSink',
  'retry',
  'timeout',
  'backoffDelay',
  'backoffPolicy',
  'ref',
  'uri',
  'apiVersion',
  'kind',
  'name',
  'namespace',
  'broker',
  'brokerRef',
  'subscriber',
  'reply',
  'filter',
  'filters',
  'attributes',
  'exact',
  'prefix',
  'type',
  'all',
  'any',
  'not',
  'steps',
  'branches',
  'channel',
  'channelTemplate',
  'config',
  'sink',
  'schedule',
  'data',
  'jobTemplate',
  'template',
  'spec',
  'containers',
  'command',
  'args',
  'env',
  'value',
  'scaleTargetRef',
  'minReplicaCount',
  'maxReplicaCount',
  'idleReplicaCount',
  'maxReplicas',
  'suspend',
  '__proto__',
];
const TEXTS = [
  '',
  'a',
  '*',
  'order.*',
  'PT5S',
  'P',
  '5s',
  'exponential',
  'Service',
  'Broker',
  'Sequence',
  'v1',
  'flows.knative.dev/v1',
  'eventing.knative.dev/v1',
  'InMemoryChannel',
  '0 8 * * *',
  'sh',
  '-c',
  'kubectl',
  'ksvc/a',
  'kubectl annotate ksvc a autoscaling.knative.dev/min-scale=1',
];

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, -1, 0, 3, 1e99, ...TEXTS),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
}));

const objects = fc.record({ kind: fc.constantFrom(...kinds), metadata: value, spec: value }).map(
  ({ kind, metadata, spec }): JsonObject => ({
    apiVersion: kind.group === '' ? 'v1' : `${kind.group}/v1`,
    kind: kind.kind,
    metadata: metadata !== null && typeof metadata === 'object' ? metadata : { name: 'a', annotations: metadata },
    spec,
  }),
);

describe('input of any shape', () => {
  it('breaks no rule, default or validation', () => {
    fc.assert(
      fc.property(objects, fc.array(objects, { maxLength: 4 }), (object, beside) => {
        // verdictOf throws where a rule did.
        const { findings } = verdictOf(only({ rules, defaulters }), object, policy, { beside });
        for (const { message } of findings) expect(message).toMatch(/^[^.]/);
        validateEventing(object);
      }),
      { numRuns: 3000 },
    );
  });

  it('is filled once and for all', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const once = verdictOf(only({ rules, defaulters }), object, policy).object;
        const twice = verdictOf(only({ rules, defaulters }), once, policy);
        expect(twice.defaults).toEqual([]);
        expect(twice.object).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('fixes', () => {
  it('make their finding go away', () => {
    fc.assert(
      fc.property(objects, (object) => {
        for (const rule of rules) {
          if (!rule.kinds.some((kind) => kind.key === keyOf(object))) continue;
          const [first] = verdictOf(only({ rules: [rule] }), object, policy).findings;
          const fix = first?.fix;
          // An empty fix is one that has no place in the object: a text stands where its parent should.
          if (
            first === undefined ||
            fix === undefined ||
            fix.length === 0 ||
            fix.some((operation) => operation.path === '')
          )
            continue;
          const edits = fix.map((operation) =>
            operation.op === 'remove' ? { remove: operation.path } : { set: operation.path, value: operation.value },
          );
          const after = verdictOf(only({ rules: [rule] }), applyEdits(object, edits), policy).findings;
          expect(after.filter(({ path, message }) => path === first.path && message === first.message)).toEqual([]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
