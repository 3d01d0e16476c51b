import { describe, expect, it } from '@jest/globals';
import { leadsTo } from '../../../controllers/deadLetters/users.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const HOST = 'dead-letters-prod.weir-system.svc';

function aTrigger(deadLetterSink: JsonObject): JsonObject {
  return {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { namespace: 'shop', name: 'orders' },
    spec: { broker: 'default', delivery: { deadLetterSink } },
  };
}

describe('a sink', () => {
  it.each<[uri: string, isLedTo: boolean]>([
    [`http://${HOST}.cluster.local`, true],
    [`http://${HOST}.cluster.local./`, true],
    [`http://${HOST}.example.internal:80/`, true],
    [`http://${HOST}`, true],
    ['http://Dead-Letters-Prod.weir-system', true],
    ['http://dead-letters-dev.weir-system.svc.cluster.local', false],
    ['http://dead-letters-prod.shop.svc.cluster.local', false],
    ['http://dead-letters-prod.weir-system.example.com', false],
    [`http://example.com/?to=${HOST}`, false],
    ['no address', false],
    ['', false],
  ])('that a Trigger names as %j is led to: %j', (uri, isLedTo) => {
    expect(leadsTo('prod', aTrigger({ uri }))).toBe(isLedTo);
  });

  it('is led to by a reference, and by an address in any step of a flow', () => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    expect(leadsTo('prod', aTrigger({ ref }))).toBe(true);
    expect(leadsTo('prod', aTrigger({ ref: { ...ref, namespace: 'shop' } }))).toBe(false);
    const steps = [{ uri: 'http://a' }, { uri: 'http://b', delivery: { deadLetterSink: { uri: `http://${HOST}` } } }];
    const sequence = { apiVersion: 'flows.knative.dev/v1', kind: 'Sequence', metadata: { name: 's' }, spec: { steps } };
    expect(leadsTo('prod', sequence)).toBe(true);
    expect(leadsTo('dev', sequence)).toBe(false);
  });
});
