import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Kind } from '../../../src/kubernetes/kinds.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { Reviewed } from '../../../webhooks/review/review.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { type Asked, aNamespace, reviewed } from './builders.ts';

const strict = aPolicy({ actions: { 'deletion/*': 'deny' } });

function anObject(apiVersion: string, kind: string, name: string, rest: JsonObject = {}): JsonObject {
  const { metadata, ...others } = rest;
  return { apiVersion, kind, metadata: { name, namespace: 'shop', ...(metadata as JsonObject) }, ...others };
}

const broker = anObject('eventing.knative.dev/v1', 'Broker', 'orders');
const aTrigger = (name: string, metadata: JsonObject = {}, spec: JsonObject = {}) =>
  anObject('eventing.knative.dev/v1', 'Trigger', name, {
    metadata,
    spec: {
      broker: 'orders',
      subscriber: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' } },
      ...spec,
    },
  });
const aPolicyOf = (name: string, metadata: JsonObject = {}) =>
  anObject('networking.k8s.io/v1', 'NetworkPolicy', name, { metadata, spec: { podSelector: {} } });
const GONE = { deletionTimestamp: '2026-11-21T12:00:00Z' };

function deleted(oldObject: JsonObject, beside: readonly JsonObject[], asked: Asked = {}): Reviewed {
  return reviewed('validate', { oldObject, ...asked }, strict, { beside: [oldObject, ...beside] });
}

const messageOf = ({ response }: Reviewed) => response.status?.message.trimStart() ?? '';

describe('a DELETE', () => {
  it('is denied for a Broker with Triggers, and says which', () => {
    expect(messageOf(deleted(broker, [aTrigger('audit')]))).toBe(
      'deletion/in-use: Broker orders is needed by Trigger audit (as its broker); delete those first, or let them name another. More: weir explain deletion/in-use',
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => aTrigger(name));
    expect(messageOf(deleted(broker, many))).toContain('Trigger c (as its broker) and 2 more;');
  });

  it('says to try again where the kinds of those who may need it are read just now, and only there', () => {
    const inventory = inventoryOf([broker]);
    const behind = (key: string) => ({ ...inventory, isBehind: (kind: Kind) => kind.key === key });
    const ask = (key: string) => reviewed('validate', { oldObject: broker }, strict, { inventory: behind(key) });
    expect(messageOf(ask('eventing.knative.dev/Trigger'))).toContain(
      'Broker orders may be needed by objects of kinds that were installed just now, which Weir is still reading; try again in a few seconds',
    );
    expect(ask('keda.sh/ScaledObject').response.allowed).toBe(true);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a subscriber', aService(), aTrigger('audit')],
    [
      'a Channel with a Subscription',
      anObject('messaging.knative.dev/v1', 'Channel', 'events'),
      anObject('messaging.knative.dev/v1', 'Subscription', 'to-cart', {
        spec: { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'events' } },
      }),
    ],
    [
      'a sink',
      broker,
      anObject('sources.knative.dev/v1', 'PingSource', 'tick', {
        spec: { sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } } },
      }),
    ],
    [
      'what a DomainMapping leads to',
      aService(),
      anObject('serving.knative.dev/v1beta1', 'DomainMapping', 'shop.example.com', {
        spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' } },
      }),
    ],
    ['the last NetworkPolicy', aPolicyOf('deny'), aPolicyOf('going', GONE)],
  ])('is denied for %s', (_, object, other) => {
    expect(deleted(object, [other]).response.allowed).toBe(false);
  });

  it.each<[string, JsonObject, JsonObject[]]>([
    ['nobody needs it', broker, []],
    [
      'it needs itself',
      {
        ...broker,
        spec: {
          delivery: {
            deadLetterSink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } },
          },
        },
      },
      [],
    ],
    ['who needs it goes as well', broker, [aTrigger('audit', GONE)]],
    ['another Broker is needed', broker, [aTrigger('audit', {}, { broker: 'others' })]],
    ['a Trigger of another namespace names its own', broker, [aTrigger('audit', { namespace: 'other' })]],
    [
      'what needs it belongs to what needs it',
      broker,
      [
        aTrigger('made', {
          ownerReferences: [{ apiVersion: 'flows.knative.dev/v1', kind: 'Sequence', name: 's', controller: true }],
        }),
      ],
    ],
    ['a core Service has the name', anObject('v1', 'Service', 'cart'), [aTrigger('audit')]],
    ['there is another NetworkPolicy', aPolicyOf('deny'), [aPolicyOf('allow')]],
    [
      'it is on its way already',
      { ...broker, metadata: { ...(broker.metadata as JsonObject), ...GONE } },
      [aTrigger('audit')],
    ],
    [
      'its namespace is terminating',
      broker,
      [aTrigger('audit'), aNamespace('shop', 'prod', { status: { phase: 'Terminating' } })],
    ],
  ])('passes where %s', (_, object, beside) => {
    expect(deleted(object, beside).response).toMatchObject({ allowed: true });
  });

  it.each([
    'system:serviceaccount:kube-system:generic-garbage-collector',
    'system:serviceaccount:kube-system:namespace-controller',
    'system:kube-controller-manager',
  ])('by %s passes', (name) => {
    expect(deleted(broker, [aTrigger('audit')], { user: { name, groups: [] } }).response.allowed).toBe(true);
  });

  it('by somebody who is only called like them does not', () => {
    const user = { name: 'system:serviceaccount:shop:generic-garbage-collector', groups: [] };
    expect(deleted(broker, [aTrigger('audit')], { user }).response.allowed).toBe(false);
  });

  it('of a whole collection is judged object by object', () => {
    expect(reviewed('validate', { operation: 'DELETE' }, strict).response.allowed).toBe(true);
  });

  it('warns where the policy does, excuses by an exception, and breaks the glass', () => {
    const asked = { oldObject: broker };
    const beside = [broker, aTrigger('audit')];
    expect(reviewed('validate', asked, aPolicy(), { beside }).response.warnings).toHaveLength(1);

    const exception = anObject('weir.dev/v1alpha1', 'PolicyException', 'moving', {
      spec: { rules: ['deletion/in-use'], reason: 'the Broker moves', owner: 'team-shop', until: '2026-12-01' },
    });
    const excused = reviewed('validate', asked, strict, { beside: [...beside, exception] });
    expect([excused.response.allowed, excused.response.auditAnnotations?.exceptions]).toEqual([
      true,
      'moving excuses deletion/in-use',
    ]);

    const glass = aPolicy({ ...strict, admission: { breakGlass: { groups: ['emergency'] } } });
    const user = { name: 'jane', groups: ['emergency'] };
    expect(reviewed('validate', { ...asked, user }, glass, { beside }).facts.verdict).toBe('break-glass');
  });

  it('keeps reserved objects for those whom the policy names', () => {
    const reserving = aPolicy({
      rbac: {
        reserved: [
          {
            apiGroup: 'weir.dev',
            resources: ['policyexceptions'],
            subjects: ['Group:platform', 'ServiceAccount:argocd/*'],
          },
        ],
      },
    });
    const oldObject = anObject('weir.dev/v1alpha1', 'PolicyException', 'moving');
    const by = (name: string, ...groups: string[]) =>
      reviewed('validate', { oldObject, user: { name, groups } }, reserving).response.allowed;
    expect(by('jane', 'team-shop')).toBe(false);
    expect(by('joe', 'platform')).toBe(true);
    expect(by('admin', 'system:masters')).toBe(true);
    expect(by('system:serviceaccount:argocd:argocd-application-controller')).toBe(true);
    expect(by('system:serviceaccount:argocd-evil:argocd')).toBe(false);
  });
});
