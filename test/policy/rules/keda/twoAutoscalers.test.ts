import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { inventoryOf } from '../../../../src/policy/engine/inventory.ts';
import { Subject } from '../../../../src/policy/engine/subject.ts';
import { twoAutoscalers } from '../../../../src/policy/rules/keda/twoAutoscalers.ts';
import { aPolicy, aService, judgeBy, messages, NOW } from '../../builders.ts';
import { anAutoscaler, aScaledObject } from './builders.ts';

const judge = (object: JsonObject, ...beside: JsonObject[]) =>
  messages(judgeBy(twoAutoscalers, object, aPolicy(), { beside }));
const target = (name: string, kind = 'Deployment', apiVersion = 'apps/v1') => ({
  scaleTargetRef: { apiVersion, kind, name },
});

describe('keda/two-autoscalers', () => {
  it('tells the ScaledObject of a pair, and not the other one too', () => {
    expect(judge(aScaledObject(), anAutoscaler())).toEqual([
      'ScaledObject orders scales Deployment orders, which HorizontalPodAutoscaler orders scales too; keep one of them',
    ]);
    expect(judge(anAutoscaler(), aScaledObject())).toEqual([]);
  });

  it.each<[what: string, beside: JsonObject]>([
    ['another Deployment', anAutoscaler(target('other'))],
    ['a StatefulSet of the same name', anAutoscaler(target('orders', 'StatefulSet'))],
    ['another namespace', anAutoscaler({}, { namespace: 'other' })],
    [
      "KEDA's own, by its owner",
      anAutoscaler({}, { ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'orders' }] }),
    ],
    ["KEDA's own, by its name", anAutoscaler({}, { name: 'keda-hpa-orders' })],
    ['itself', aScaledObject()],
  ])('is content beside %s', (_, beside) => {
    expect(judge(aScaledObject(), beside)).toEqual([]);
  });

  it('is content where KEDA is asked to take the other one over', () => {
    const scaled = aScaledObject(
      { advanced: { horizontalPodAutoscalerConfig: { name: 'orders' } } },
      { annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' } },
    );
    expect(judge(scaled, anAutoscaler())).toEqual([]);
  });

  it('tells the later of two of one kind', () => {
    const first = aScaledObject({}, { name: 'first' });
    const second = aScaledObject({}, { name: 'second' });
    const context = { policy: aPolicy(), inventory: inventoryOf([first, second]), now: NOW };
    expect(twoAutoscalers.judge(new Subject(first), context)).toEqual([]);
    expect(twoAutoscalers.judge(new Subject(second), context)).toMatchObject([
      {
        path: '/spec/scaleTargetRef/name',
        message: 'ScaledObject second scales Deployment orders, which ScaledObject first scales too; keep one of them',
      },
    ]);
  });

  it.each<[what: string, object: JsonObject, beside: JsonObject[], expected: string[]]>([
    [
      'a Knative Service',
      aScaledObject(target('cart', 'Service', 'serving.knative.dev/v1')),
      [],
      [
        'ScaledObject orders scales Service cart, which Knative scales as part of Service cart; set the autoscaling annotations of the Service instead',
      ],
    ],
    [
      'the Deployment of a Revision',
      anAutoscaler(target('cart-00007-deployment')),
      [],
      [
        'HorizontalPodAutoscaler orders scales Deployment cart-00007-deployment, which Knative scales as part of Service cart; set the autoscaling annotations of the Service instead',
      ],
    ],
    [
      'the Deployment of a named Revision',
      anAutoscaler(target('cart-blue-deployment')),
      [{ ...aService(), spec: { template: { metadata: { name: 'cart-blue' } } } }],
      [
        'HorizontalPodAutoscaler orders scales Deployment cart-blue-deployment, which Knative scales as part of Service cart; set the autoscaling annotations of the Service instead',
      ],
    ],
    ['a Deployment of a like name', anAutoscaler(target('cart-blue-deployment')), [aService()], []],
  ])('finds one on %s', (_, object, beside, expected) => {
    expect(judge(object, ...beside)).toEqual(expected);
  });
});
