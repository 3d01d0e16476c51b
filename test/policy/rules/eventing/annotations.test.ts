import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { annotationDelivery } from '../../../../src/policy/rules/eventing/annotationDelivery.ts';
import { brokerUrl } from '../../../../src/policy/rules/eventing/brokerUrl.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';
import { aBroker, aTrigger, eventingPolicy } from './builders.ts';

const annotated = (key: string, value: string, spec: JsonObject = {}) =>
  aTrigger(spec, { annotations: { [`eventing.knative.dev/${key}`]: value } });

describe('eventing/annotation-delivery', () => {
  it.each<[key: string, value: string, field: string, moved: string | number]>([
    ['delivery.timeout', '30s', 'timeout', 'PT30S'],
    ['delivery-timeout', 'PT1M', 'timeout', 'PT1M'],
    ['delivery.timeout', '30m', 'timeout', 'PT10M'],
    ['delivery.backoffDelay', '500ms', 'backoffDelay', 'PT0.5S'],
    ['delivery.backoff-delay', '1h', 'backoffDelay', 'PT10S'],
    ['delivery.retry', '7', 'retry', 7],
    ['delivery.retries', '1', 'retry', 3],
    ['delivery.backoffPolicy', 'exponential', 'backoffPolicy', 'exponential'],
  ])('moves %s %s to %s %s', (key, value, field, moved) => {
    const [finding] = judgeBy(annotationDelivery, annotated(key, value, { delivery: {} }), eventingPolicy());
    expect(finding?.fix).toEqual([
      { op: 'add', path: `/spec/delivery/${field}`, value: moved },
      { op: 'remove', path: '/metadata/annotations' },
    ]);
  });

  it('keeps a value as it is where nothing bounds it, and says so where something does', () => {
    expect(messages(judgeBy(annotationDelivery, annotated('delivery.timeout', '30m'), aPolicy()))).toEqual([
      'annotation eventing.knative.dev/delivery.timeout means nothing to Knative; set spec.delivery.timeout to PT30M',
    ]);
    expect(messages(judgeBy(annotationDelivery, annotated('delivery.timeout', '30m'), eventingPolicy()))).toEqual([
      'annotation eventing.knative.dev/delivery.timeout means nothing to Knative; set spec.delivery.timeout to PT10M, since PT30M is out of bounds in prod',
    ]);
  });

  it('removes one that the spec has already', () => {
    const [finding] = judgeBy(annotationDelivery, annotated('delivery.retry', '9', { delivery: { retry: 5 } }));
    expect(finding?.fix).toEqual([{ op: 'remove', path: '/metadata/annotations' }]);
  });

  it('leaves other annotations where they are', () => {
    const annotations = { 'eventing.knative.dev/delivery.retry': '9', team: 'shop' };
    const [finding] = judgeBy(annotationDelivery, aTrigger({ delivery: { retry: 5 } }, { annotations }));
    expect(finding?.fix).toEqual([
      { op: 'remove', path: '/metadata/annotations/eventing.knative.dev~1delivery.retry' },
    ]);
  });

  it.each([
    ['delivery.timeout', 'soon'],
    ['delivery.deadLetterSink', 'dead-letters'],
    ['delivery.backoffPolicy', 'fixed'],
    ['delivery.timeout', '0s'],
  ])('finds %s %s without a fix', (key, value) => {
    const [finding] = judgeBy(annotationDelivery, annotated(key, value), eventingPolicy());
    expect(finding).toBeDefined();
    expect(finding?.fix).toBeUndefined();
  });

  it.each([['broker.class'], ['injection'], ['scope'], ['creator']])('leaves %s alone', (key) => {
    expect(judgeBy(annotationDelivery, annotated(key, 'x'))).toEqual([]);
  });
});

describe('eventing/broker-url', () => {
  const service = (value: string) => aService({ name: 'order', container: { env: [{ name: 'SINK', value }] } });
  const url = 'http://broker-ingress.knative-eventing.svc.cluster.local/shop/orders';

  it.each<[value: string, found: number]>([
    [url, 1],
    ['http://kafka-broker-ingress.knative-eventing.svc/shop/orders/', 1],
    ['https://broker-ingress.knative-eventing.svc.cluster.local:443/shop/orders', 1],
    ['http://broker-ingress.knative-eventing.svc.cluster.local/', 0],
    ['http://order.shop.svc.cluster.local/shop/orders', 0],
    ['see http://broker-ingress.x.svc/a/b for more', 0],
  ])('%s gives %d', (value, found) => {
    expect(judgeBy(brokerUrl, service(value))).toHaveLength(found);
  });

  it('says where the class of the Broker makes the address wrong', () => {
    expect(messages(judgeBy(brokerUrl, service(url), aPolicy(), { beside: [aBroker()] }))).toEqual([
      'SINK holds the address of Broker shop/orders, which is wrong by now: its class is Kafka, whose ingress is kafka-broker-ingress; bind Service order by a SinkBinding and read K_SINK',
    ]);
    expect(messages(judgeBy(brokerUrl, service(url), aPolicy(), { beside: [aBroker({}, {})] }))).toEqual([
      'SINK holds the address of Broker shop/orders; bind Service order by a SinkBinding and read K_SINK',
    ]);
  });
});
