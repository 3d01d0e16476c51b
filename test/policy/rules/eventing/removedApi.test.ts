import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { removedApi } from '../../../../src/policy/rules/eventing/removedApi.ts';
import { judgeBy, messages } from '../../builders.ts';
import { anObject, aTrigger, ref } from './builders.ts';

const sink = ref('Broker', 'orders');
const cronJobSource = (spec: JsonObject, apiVersion = 'sources.knative.dev/v1') =>
  anObject(apiVersion, 'CronJobSource', 'heartbeat', spec);
const pingSource = (spec: JsonObject) => anObject('sources.knative.dev/v1', 'PingSource', 'heartbeat', spec);

describe('eventing/removed-api', () => {
  it.each<[what: string, old: JsonObject, now: JsonObject]>([
    [
      'with a JSON object as data',
      cronJobSource({ schedule: '*/1 * * * *', data: '{"a": 1}', sink }),
      pingSource({ schedule: '*/1 * * * *', contentType: 'application/json', data: '{"a": 1}', sink }),
    ],
    [
      'with other data',
      cronJobSource({ schedule: '@daily', data: 'hello', sink }),
      pingSource({ schedule: '@daily', data: 'hello', sink }),
    ],
    [
      'with a list, which PingSource does not take as JSON',
      cronJobSource({ schedule: '@daily', data: '[1]', sink }),
      pingSource({ schedule: '@daily', data: '[1]', sink }),
    ],
    [
      'of the older group, with the older sink and what a PingSource has no place for',
      cronJobSource(
        {
          schedule: '@daily',
          serviceAccountName: 'x',
          resources: {},
          sink: { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'Broker', name: 'orders' },
        },
        'sources.eventing.knative.dev/v1alpha1',
      ),
      pingSource({ schedule: '@daily', sink }),
    ],
  ])('turns a CronJobSource %s into a PingSource', (_, old, now) => {
    const findings = judgeBy(removedApi, old);
    expect(findings[0]?.fix).toEqual([{ op: 'replace', path: '', value: now }]);
    expect(findings).toMatchObject([
      {
        path: '/kind',
        message:
          'CronJobSource heartbeat is of a kind that Knative does not have any more; write sources.knative.dev/v1 PingSource instead, whose events have the type dev.knative.sources.ping',
      },
    ]);
  });

  it('turns an old ContainerSource into the one of today', () => {
    const old = anObject('sources.eventing.knative.dev/v1alpha1', 'ContainerSource', 'beat', {
      image: 'beat:1',
      args: ['--period=1'],
      sink,
    });
    const [finding] = judgeBy(removedApi, old);
    const template = { spec: { containers: [{ name: 'beat', image: 'beat:1', args: ['--period=1'] }] } };
    const now = anObject('sources.knative.dev/v1', 'ContainerSource', 'beat', { template, sink });
    expect(finding?.fix).toEqual([{ op: 'replace', path: '', value: now }]);
  });

  it('removes a ClusterChannelProvisioner', () => {
    const provisioner = anObject('eventing.knative.dev/v1alpha1', 'ClusterChannelProvisioner', 'kafka');
    expect(judgeBy(removedApi, provisioner)).toMatchObject([{ fix: [{ op: 'remove', path: '' }] }]);
  });

  it.each<[apiVersion: string, kind: string, now: string | undefined]>([
    ['eventing.knative.dev/v1', 'Trigger', undefined],
    ['eventing.knative.dev/v1beta1', 'Trigger', 'eventing.knative.dev/v1'],
    ['messaging.knative.dev/v1alpha1', 'Channel', 'messaging.knative.dev/v1'],
    ['flows.knative.dev/v1beta1', 'Sequence', 'flows.knative.dev/v1'],
    ['sources.knative.dev/v1beta2', 'PingSource', undefined],
    ['sources.knative.dev/v1beta1', 'PingSource', 'sources.knative.dev/v1'],
    ['sources.knative.dev/v1beta1', 'KafkaSource', undefined],
    ['sources.knative.dev/v1alpha2', 'SinkBinding', 'sources.knative.dev/v1'],
  ])('%s %s becomes %s', (apiVersion, kind, now) => {
    const findings = judgeBy(removedApi, anObject(apiVersion, kind, 'x', {}));
    expect(findings.map((finding) => finding.fix)).toEqual(
      now === undefined ? [] : [[{ op: 'replace', path: '/apiVersion', value: now }]],
    );
  });

  it.each<[object: JsonObject]>([
    [anObject('sources.knative.dev/v1beta1', 'PingSource', 'x', { jsonData: '{}' })],
    [anObject('eventing.knative.dev/v1alpha1', 'Trigger', 'x', { filter: { sourceAndType: { type: 'a' } } })],
    [anObject('sources.knative.dev/v1alpha1', 'ApiServerSource', 'x', { mode: 'Ref' })],
  ])('does not take a new version alone for a conversion: %#', (object) => {
    const [finding] = judgeBy(removedApi, object);
    expect(finding?.message).toContain('which is not served any more');
    expect(finding?.fix).toBeUndefined();
  });

  it('judges the versions in references', () => {
    const trigger = aTrigger({ subscriber: ref('Service', 'payment', 'serving.knative.dev/v1alpha1') });
    expect(judgeBy(removedApi, trigger)).toMatchObject([
      {
        path: '/spec/subscriber/ref/apiVersion',
        fix: [{ op: 'replace', path: '/spec/subscriber/ref/apiVersion', value: 'serving.knative.dev/v1' }],
      },
    ]);
    expect(messages(judgeBy(removedApi, aTrigger({ subscriber: ref('Service', 'payment', 'v1') })))).toEqual([]);
  });
});
