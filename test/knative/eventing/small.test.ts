import { describe, expect, it } from '@jest/globals';
import { acceptsEverything, comparisonsOf } from '../../../src/knative/eventing/filterShape.ts';
import { toIsoDuration } from '../../../src/knative/eventing/isoDuration.ts';
import { servedApiVersion } from '../../../src/knative/eventing/legacy.ts';
import { deliveryWays, referencesOf } from '../../../src/knative/eventing/references.ts';
import { isRemovedVersion } from '../../../src/knative/eventing/versions.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

describe('toIsoDuration', () => {
  it.each<[text: string, iso: string | undefined]>([
    ['30m', 'PT30M'],
    ['90s', 'PT1M30S'],
    ['1h30m', 'PT1H30M'],
    ['500ms', 'PT0.5S'],
    ['0s', 'PT0S'],
    ['PT5S', 'PT5S'],
    ['250ms', undefined],
    ['-1s', undefined],
    ['soon', undefined],
    ['5000h', undefined],
  ])('%s becomes %s', (text, iso) => {
    expect(toIsoDuration(text)).toBe(iso);
  });
});

const destination = (name: string) => ({ ref: { apiVersion: 'v1', kind: 'Service', name } });
const placed = (object: JsonObject) =>
  referencesOf(object).map(({ role, path, reference }) => `${role} ${path} ${reference.namespace}/${reference.name}`);

describe('referencesOf', () => {
  it.each<[apiVersion: string, kind: string, spec: JsonObject, expected: string[]]>([
    [
      'eventing.knative.dev/v1',
      'Trigger',
      { broker: 'b', subscriber: destination('s'), delivery: { deadLetterSink: destination('d') } },
      [
        'broker /spec/broker shop/b',
        'subscriber /spec/subscriber/ref shop/s',
        'dead letter sink /spec/delivery/deadLetterSink/ref shop/d',
      ],
    ],
    [
      'eventing.knative.dev/v1',
      'Trigger',
      { brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'b', namespace: 'x' } },
      ['broker /spec/brokerRef x/b'],
    ],
    [
      'messaging.knative.dev/v1',
      'Subscription',
      { channel: destination('c').ref, subscriber: destination('s'), reply: destination('r') },
      ['channel /spec/channel shop/c', 'subscriber /spec/subscriber/ref shop/s', 'reply /spec/reply/ref shop/r'],
    ],
    [
      'flows.knative.dev/v1',
      'Parallel',
      {
        branches: [
          { filter: destination('f'), subscriber: destination('s'), delivery: { deadLetterSink: destination('d') } },
          5,
        ],
      },
      [
        'filter /spec/branches/0/filter/ref shop/f',
        'subscriber /spec/branches/0/subscriber/ref shop/s',
        'dead letter sink /spec/branches/0/delivery/deadLetterSink/ref shop/d',
      ],
    ],
    ['sources.knative.dev/v1', 'PingSource', { sink: destination('s') }, ['sink /spec/sink/ref shop/s']],
    ['sources.knative.dev/v1', 'PingSource', { sink: { uri: 'http://a' } }, []],
    ['v1', 'Service', { sink: destination('s') }, []],
  ])('%s %s %#', (apiVersion, kind, spec, expected) => {
    expect(placed({ apiVersion, kind, metadata: { namespace: 'shop' }, spec })).toEqual(expected);
  });

  it('knows where deliveries are', () => {
    const sequence = { apiVersion: 'flows.knative.dev/v1', kind: 'Sequence', spec: { steps: [{}, null, {}] } };
    expect(deliveryWays(sequence)).toEqual([
      ['spec', 'steps', 0, 'delivery'],
      ['spec', 'steps', 2, 'delivery'],
    ]);
  });
});

describe('filters', () => {
  const trigger = (spec: JsonObject): JsonObject => ({ spec });

  it('counts `filters` instead of `filter`', () => {
    const both = trigger({ filter: { attributes: { type: 'a' } }, filters: [{ suffix: { type: 'b' } }] });
    expect(comparisonsOf(both)).toEqual([
      { path: '/spec/filters/0/suffix/type', dialect: 'suffix', attribute: 'type', value: 'b' },
    ]);
    expect(acceptsEverything(both)).toBe(false);
    expect(acceptsEverything(trigger({ filter: { attributes: { type: 'a' } }, filters: [] }))).toBe(false);
    expect(acceptsEverything(trigger({ filters: [{ all: [] }, null] }))).toBe(true);
  });
});

describe('versions', () => {
  it.each<[apiVersion: string, kind: string, now: string | undefined]>([
    ['eventing.knative.dev/v1', 'Broker', undefined],
    ['eventing.knative.dev/v1beta1', 'Broker', 'eventing.knative.dev/v1'],
    ['messaging.knative.dev/v1beta1', 'KafkaChannel', undefined],
    ['serving.knative.dev/v1alpha1', 'Service', 'serving.knative.dev/v1'],
    ['example.com/v1alpha1', 'Broker', undefined],
    ['v1', 'Service', undefined],
  ])('%s %s', (apiVersion, kind, now) => {
    expect(servedApiVersion({ apiVersion, kind })).toBe(now);
  });

  it('is not asked of kinds that are not Eventing’s', () => {
    expect(isRemovedVersion({ apiVersion: 'serving.knative.dev/v1alpha1', kind: 'Service' })).toBe(false);
    expect(isRemovedVersion('nothing')).toBe(false);
  });
});
