import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import { misplacedRolloutDuration, rolloutDuration } from '../../../../src/policy/rules/serving/rolloutDuration.ts';
import { idleTimeout, responseStartTimeout, timeout } from '../../../../src/policy/rules/serving/timeouts.ts';
import { aPolicy, aService, judgeBy, messages, only, verdictOf } from '../../builders.ts';

const policy = aPolicy({
  serving: {
    timeoutSeconds: { max: 300 },
    responseStartTimeoutSeconds: { max: 60 },
    idleTimeoutSeconds: { min: 5, max: 120 },
    rolloutDuration: { min: '1m', max: '1h' },
  },
});

describe('serving timeouts', () => {
  it.each<[JsonObject, string[]]>([
    [{ timeoutSeconds: 60 }, []],
    [
      { timeoutSeconds: 301, responseStartTimeoutSeconds: 9, idleTimeoutSeconds: 9 },
      ['timeoutSeconds is 301, and prod allows at most 300'],
    ],
    [{ timeoutSeconds: 60, idleTimeoutSeconds: 2 }, ['idleTimeoutSeconds is 2, and prod requires at least 5']],
    [
      { timeoutSeconds: 60, responseStartTimeoutSeconds: 61 },
      ['responseStartTimeoutSeconds is 61, and prod allows at most 60'],
    ],
    // Without one of their own the whole timeout counts for both, as Knative's default of 300 does here.
    [
      {},
      [
        'responseStartTimeoutSeconds is not set, so that timeoutSeconds 300 counts, and prod allows at most 60',
        'idleTimeoutSeconds is not set, so that timeoutSeconds 300 counts, and prod allows at most 120',
      ],
    ],
    [{ timeoutSeconds: '60', idleTimeoutSeconds: null }, []],
    [{ timeoutSeconds: 900, responseStartTimeoutSeconds: 9, idleTimeoutSeconds: 9 }, []], // Knative's own refusal
  ])('%j gives %j', (podSpec, expected) => {
    const judged = {
      ...only({ rules: [timeout, responseStartTimeout, idleTimeout] }),
      knativeDefaults: catalogue.knativeDefaults,
    };
    expect(messages(verdictOf(judged, aService({ podSpec }), policy).findings)).toEqual(expected);
  });

  it('are set to the bound', () => {
    const [finding] = judgeBy(timeout, aService({ podSpec: { timeoutSeconds: 400 } }), policy);
    expect(finding?.fix).toEqual([{ op: 'replace', path: '/spec/template/spec/timeoutSeconds', value: 300 }]);
  });
});

describe('serving/rollout-duration', () => {
  it.each<[JsonObject, string[]]>([
    [{}, []],
    [{ 'serving.knative.dev/rollout-duration': '60s' }, []],
    [{ 'serving.knative.dev/rollout-duration': '59s' }, ['rollout-duration is 59s, and prod requires at least 1m']],
    [{ 'serving.knative.dev/rolloutDuration': '61m' }, ['rollout-duration is 61m, and prod allows at most 1h']],
    [{ 'serving.knative.dev/rollout-duration': 'slow' }, []],
  ])('%j gives %j', (annotations, expected) => {
    expect(messages(judgeBy(rolloutDuration, aService({ metadata: { annotations } }), policy))).toEqual(expected);
  });

  it('moves from the template to the Service', () => {
    const KEY = 'serving.knative.dev/rollout-duration';
    const onTemplate = '/spec/template/metadata/annotations/serving.knative.dev~1rollout-duration';
    const [moved] = judgeBy(misplacedRolloutDuration, aService({ annotations: { [KEY]: '5m' } }));
    expect(moved?.fix).toEqual([
      { op: 'remove', path: onTemplate },
      { op: 'add', path: '/metadata/annotations', value: { [KEY]: '5m' } },
    ]);
    const both = aService({ annotations: { [KEY]: '5m' }, metadata: { annotations: { [KEY]: '9m' } } });
    expect(judgeBy(misplacedRolloutDuration, both)[0]?.fix).toEqual([{ op: 'remove', path: onTemplate }]);
  });
});
