import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { eventTypeVersion } from '../../../../src/policy/rules/eventing/eventTypeVersion.ts';
import { filterCharacters } from '../../../../src/policy/rules/eventing/filterCharacters.ts';
import { filterPattern } from '../../../../src/policy/rules/eventing/filterPattern.ts';
import { triggerFilter } from '../../../../src/policy/rules/eventing/triggerFilter.ts';
import { triggerLoop } from '../../../../src/policy/rules/eventing/triggerLoop.ts';
import { aService, judgeBy, messages, paths } from '../../builders.ts';
import { aBroker, anObject, aSequence, aSubscription, aTrigger, eventingPolicy, ref } from './builders.ts';

const open = (spec: JsonObject = {}) => aTrigger({ filter: {}, ...spec });

describe('eventing/trigger-filter', () => {
  it.each<[spec: JsonObject, found: number]>([
    [{}, 0],
    [{ filter: {} }, 1],
    [{ filter: null }, 1],
    [{ filter: { attributes: {} } }, 1],
    [{ filter: { attributes: { type: '' } } }, 1],
    [{ filter: {}, filters: [{ prefix: { type: 'order.' } }] }, 0],
    [{ filter: { attributes: { type: 'a' } }, filters: [{}] }, 1],
    [{ filter: {}, filters: [{ cesql: "type = 'a'" }] }, 0],
  ])('%j gives %d', (spec, found) => {
    expect(judgeBy(triggerFilter, aTrigger(spec))).toHaveLength(found);
  });

  it('says whose events come', () => {
    expect(messages(judgeBy(triggerFilter, open()))).toEqual([
      'Trigger payment has no filter and gets every event of Broker orders; name the types that its subscriber handles',
    ]);
  });

  it('leaves a loop to the other rule', () => {
    expect(judgeBy(triggerFilter, open({ subscriber: ref('Broker', 'orders') }))).toEqual([]);
  });
});

describe('eventing/trigger-loop', () => {
  const toOrders = { reply: ref('Broker', 'orders') };

  it.each<[what: string, trigger: JsonObject, beside: JsonObject[], expected: string[]]>([
    ['a service that nobody knows to answer', open(), [], []],
    [
      'its own Broker as subscriber, filter or not',
      aTrigger({ subscriber: ref('Broker', 'orders') }),
      [],
      [
        'Trigger payment sends the events of Broker orders to that Broker again, where they pass it again; name another subscriber',
      ],
    ],
    [
      'its own Broker for dead letters',
      aTrigger({ delivery: { deadLetterSink: ref('Broker', 'orders') } }),
      [],
      [
        'Trigger payment sends its dead letters back to its own Broker orders, where they pass it again; name another sink',
      ],
    ],
    [
      'a Sequence that replies to the Broker',
      open({ subscriber: ref('Sequence', 'checkout') }),
      [aSequence(toOrders)],
      [
        'Trigger payment has no filter, and its subscriber Sequence checkout leads back to Broker orders, where that passes it again; filter on the types that it handles',
      ],
    ],
    ['the same with a filter', aTrigger({ subscriber: ref('Sequence', 'checkout') }), [aSequence(toOrders)], []],
    ['a Sequence that replies elsewhere', open({ subscriber: ref('Sequence', 'checkout') }), [aSequence()], []],
    [
      'a Sequence in another namespace',
      open({ subscriber: { ref: { ...(ref('Sequence', 'checkout').ref as JsonObject), namespace: 'other' } } }),
      [aSequence(toOrders)],
      [],
    ],
    [
      'a service that holds the address of the Broker',
      open(),
      [
        aService({
          name: 'payment',
          container: {
            env: [
              { name: 'BROKER', value: 'http://kafka-broker-ingress.knative-eventing.svc.cluster.local/shop/orders' },
            ],
          },
        }),
      ],
      [
        'Trigger payment has no filter, and its subscriber Service payment sends to Broker orders, where that passes it again; filter on the types that it handles',
      ],
    ],
    [
      'a service that a SinkBinding binds to the Broker',
      open(),
      [
        aService({ name: 'payment' }),
        anObject('sources.knative.dev/v1', 'SinkBinding', 'payment', {
          subject: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'payment' },
          sink: ref('Broker', 'orders'),
        }),
      ],
      [
        'Trigger payment has no filter, and its subscriber Service payment sends to Broker orders, where that passes it again; filter on the types that it handles',
      ],
    ],
    [
      'a SinkBinding of another namespace, which binds nothing here',
      open(),
      [
        aService({ name: 'payment' }),
        anObject(
          'sources.knative.dev/v1',
          'SinkBinding',
          'payment',
          {
            subject: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'payment' },
            sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders', namespace: 'shop' } },
          },
          { namespace: 'office' },
        ),
      ],
      [],
    ],
    [
      'two Brokers that feed each other',
      open({ subscriber: ref('Broker', 'audit') }),
      [
        anObject('eventing.knative.dev/v1', 'Trigger', 'back', {
          broker: 'audit',
          subscriber: ref('Broker', 'orders'),
        }),
      ],
      [
        'Trigger payment has no filter, and its subscriber Broker audit leads back to Broker orders, where that passes it again; filter on the types that it handles',
      ],
    ],
    [
      'a channel whose subscription replies to the Broker',
      open({ subscriber: ref('Channel', 'orders') }),
      [aSubscription(toOrders)],
      [
        'Trigger payment has no filter, and its subscriber Channel orders leads back to Broker orders, where that passes it again; filter on the types that it handles',
      ],
    ],
  ])('%s', (_, trigger, beside, expected) => {
    expect(messages(judgeBy(triggerLoop, trigger, eventingPolicy(), { beside }))).toEqual(expected);
  });

  it('finds a Broker that is its own dead letter sink', () => {
    const broker = aBroker({ delivery: { deadLetterSink: ref('Broker', 'orders') } });
    expect(paths(judgeBy(triggerLoop, broker))).toEqual(['/spec/delivery/deadLetterSink/ref']);
    expect(judgeBy(triggerLoop, aBroker({ delivery: { deadLetterSink: ref('Broker', 'else') } }))).toEqual([]);
  });

  it('ends where Sequences lead round and round past the Broker', () => {
    const round = aSequence({ reply: ref('Sequence', 'checkout') });
    expect(
      judgeBy(triggerLoop, open({ subscriber: ref('Sequence', 'checkout') }), eventingPolicy(), { beside: [round] }),
    ).toEqual([]);
  });
});

describe('eventing/filter-characters', () => {
  it.each<[filters: JsonObject[], expected: string[]]>([
    [[{ cesql: "type = 'a' AND NOT EXISTS subject" }, { exact: { type: 'a;' } }], []],
    [[{ cesql: "type = 'a;'" }], []],
    [
      [{ cesql: '! EXISTS subject' }],
      [
        '/spec/filters/0/cesql: "!" at column 1 means nothing in CESQL; write NOT, for Knative drops it and takes the rest',
      ],
    ],
    [
      [{ exact: { type: 'b' } }, { any: [{ not: { cesql: "type = 'a';" } }] }],
      [
        '/spec/filters/1/any/0/not/cesql: ";" at column 11 means nothing in CESQL; leave it out, for Knative drops it and takes the rest',
      ],
    ],
    // Knative refuses it: knative/eventing tells it.
    [[{ cesql: "type = 'a' && id = 'b'" }], []],
  ])('of %j are %j', (filters, expected) => {
    const findings = judgeBy(filterCharacters, aTrigger({ filters }));
    expect(findings.map(({ path, message }) => `${path}: ${message}`)).toEqual(expected);
  });
});

describe('eventing/filter-pattern', () => {
  it.each<[attributes: JsonObject, filters: JsonObject[]]>([
    [{ type: 'account.event.*' }, [{ prefix: { type: 'account.event.' } }]],
    [{ type: '*.failed' }, [{ suffix: { type: '.failed' } }]],
    [{ type: 'order.*.v1' }, [{ prefix: { type: 'order.' } }, { suffix: { type: '.v1' } }]],
    [{ type: 'order.*', source: 'shop' }, [{ exact: { source: 'shop' } }, { prefix: { type: 'order.' } }]],
    [{ type: 'order.*', source: '/shop/*' }, [{ prefix: { type: 'order.', source: '/shop/' } }]],
  ])('rewrites %j', (attributes, filters) => {
    const trigger = aTrigger({ filter: { attributes } });
    expect(judgeBy(filterPattern, trigger)[0]?.fix).toEqual([
      { op: 'remove', path: '/spec/filter' },
      { op: 'add', path: '/spec/filters', value: filters },
    ]);
  });

  it.each([['^order\\..*$'], ['order.(created|paid)'], ['a*b*c'], ['order.+'], ['a|b']])(
    'finds %s and leaves its meaning to people',
    (type) => {
      const [finding] = judgeBy(filterPattern, aTrigger({ filter: { attributes: { type } } }));
      expect(finding?.message).toContain('use the prefix, suffix, any or cesql dialects of filters');
      expect(finding?.fix).toBeUndefined();
    },
  );

  it.each<[attributes: JsonObject]>([
    [{ type: 'order.created.v1' }],
    [{ source: '/shop?a=1|2$' }],
    [{ type: '' }],
    [{ type: 5 }],
  ])('is content with %j', (attributes) => {
    expect(judgeBy(filterPattern, aTrigger({ filter: { attributes } }))).toEqual([]);
  });

  it('looks into filters, and past a filter that they replace', () => {
    const prefix = aTrigger({ filter: { attributes: { type: 'a.*' } }, filters: [{ prefix: { type: 'order.*' } }] });
    expect(judgeBy(filterPattern, prefix)).toMatchObject([
      {
        path: '/spec/filters/0/prefix/type',
        message:
          'Trigger payment compares type with "order.*" as a prefix, letter by letter, and filters know no patterns; write prefix: {type: order.} in filters',
        fix: [{ op: 'replace', path: '/spec/filters', value: [{ prefix: { type: 'order.' } }] }],
      },
    ]);
    const nested = aTrigger({ filters: [{ any: [{ exact: { type: 'a.*' } }] }] });
    expect(judgeBy(filterPattern, nested)).toMatchObject([{ path: '/spec/filters/0/any/0/exact/type' }]);
    expect(judgeBy(filterPattern, nested)[0]?.fix).toBeUndefined();
  });

  it('drops a star that stands for anything', () => {
    const [finding] = judgeBy(filterPattern, aTrigger({ filter: { attributes: { type: '*' } } }));
    expect(finding?.fix).toEqual([{ op: 'remove', path: '/spec/filter' }]);
  });
});

describe('eventing/event-type-version', () => {
  it.each<[type: string, expected: string[]]>([
    ['order.created.v1', []],
    ['dev.knative.sources.ping', []],
    ['order.*', []],
    ['', []],
    [
      'order.created',
      [
        'event type order.created of Trigger payment does not match \\.v[0-9]+$; prod wants a version in it, such as order.created.v1',
      ],
    ],
  ])('%s gives %j', (type, expected) => {
    const trigger = aTrigger({ filter: { attributes: { type } } });
    expect(messages(judgeBy(eventTypeVersion, trigger, eventingPolicy()))).toEqual(expected);
  });

  it('judges EventTypes, and no prefixes', () => {
    const eventType = anObject('eventing.knative.dev/v1beta3', 'EventType', 'created', { type: 'order.created' });
    expect(paths(judgeBy(eventTypeVersion, eventType, eventingPolicy()))).toEqual(['/spec/type']);
    const prefix = aTrigger({ filter: {}, filters: [{ prefix: { type: 'order.' } }, { exact: { type: 'a' } }] });
    expect(paths(judgeBy(eventTypeVersion, prefix, eventingPolicy()))).toEqual(['/spec/filters/1/exact/type']);
    expect(judgeBy(eventTypeVersion, eventType, eventingPolicy({ eventTypes: { pattern: '(' } }))).toEqual([]);
  });
});
