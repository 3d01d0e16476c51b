import { describe, expect, it } from '@jest/globals';
import { deadLetter } from '../../../../src/policy/rules/eventing/deadLetter.ts';
import { judgeBy, messages } from '../../builders.ts';
import { aBroker, aChannel, aSequence, aSubscription, aTrigger, eventingPolicy, ref } from './builders.ts';

const sink = { deadLetterSink: ref('Service', 'dead-letters') };
const withSink = { delivery: sink };
const judge = (object: Parameters<typeof judgeBy>[1], ...beside: Parameters<typeof judgeBy>[1][]) =>
  messages(judgeBy(deadLetter, object, eventingPolicy(), { beside }));

describe('eventing/dead-letter', () => {
  it('tells a Broker once, however many Triggers it has', () => {
    expect(judge(aBroker())).toEqual([
      'Broker orders has no dead letter sink: events that its Triggers cannot deliver are lost; name delivery.deadLetterSink',
    ]);
    expect(judge(aBroker(), aTrigger(), aTrigger({}, { name: 'other' }))).toEqual([
      'Broker orders has no dead letter sink: events that its 2 Triggers in sight without one of their own cannot deliver are lost; name delivery.deadLetterSink',
    ]);
    expect(judge(aTrigger(), aBroker())).toEqual([]);
  });

  it('is content with a Broker whose Triggers each have one', () => {
    expect(judge(aBroker(), aTrigger(withSink))).toEqual([]);
    expect(judge(aBroker(withSink))).toEqual([]);
  });

  it('does not count Triggers of other Brokers and namespaces', () => {
    const others = [aTrigger({ ...withSink, broker: 'else' }), aTrigger(withSink, { namespace: 'elsewhere' })];
    expect(judge(aBroker(), ...others)).toHaveLength(1);
  });

  it('says so where the Broker is not in sight', () => {
    expect(judge(aTrigger())).toEqual([
      'Trigger payment has no dead letter sink, and its Broker orders, which may have one, is not in sight; name delivery.deadLetterSink on either',
    ]);
    expect(judge(aTrigger(withSink))).toEqual([]);
  });

  it("takes a Subscription's from its channel", () => {
    expect(judge(aSubscription())).toHaveLength(1);
    expect(judge(aSubscription(), aChannel())).toHaveLength(1);
    expect(judge(aSubscription(), aChannel(withSink))).toEqual([]);
    expect(judge(aSubscription(withSink))).toEqual([]);
  });

  it('tells a Sequence once for all of its steps', () => {
    const steps = [{ ...ref('Service', 'a'), delivery: sink }, ref('Service', 'b'), ref('Service', 'c')];
    expect(judge(aSequence({ steps }))).toEqual([
      'Sequence checkout: 2 of its steps have no dead letter sink, so that events are lost there; name delivery.deadLetterSink at each',
    ]);
    expect(judge(aSequence({ steps: [steps[0] ?? {}] }))).toEqual([]);
  });
});
