import { describe, expect, it } from '@jest/globals';
import { hasSelector, nameAndSelector, portsBehind } from '../../../controllers/eventing/coreServices.ts';
import type { PodState } from '../../../controllers/pods/door.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const POD: PodState = {
  namespace: 'shop',
  name: 'cart-1',
  uid: '1',
  labels: { app: 'cart', tier: 'web' },
  port: 4001,
  isReady: true,
  isEnding: false,
};

function serviceOf(selector: JsonObject | undefined): JsonObject {
  const metadata = { namespace: 'shop', name: 'cart', labels: { not: 'kept' } };
  return nameAndSelector({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ...(selector && { selector }), ports: [] },
  });
}

describe('a Service of Kubernetes', () => {
  it.each<[string, JsonObject | undefined, Partial<PodState>, number[]]>([
    ['a Pod with its labels', { app: 'cart' }, {}, [4001]],
    ['a Pod with all of them', { app: 'cart', tier: 'web' }, {}, [4001]],
    ['no Pod with some of them', { app: 'cart', tier: 'back' }, {}, []],
    ['no Pod of another namespace', { app: 'cart' }, { namespace: 'other' }, []],
    ['no Pod that is not ready', { app: 'cart' }, { isReady: false }, []],
    ['no Pod on its way out', { app: 'cart' }, { isEnding: true }, []],
    ['no Pod that listens nowhere', { app: 'cart' }, { port: undefined }, []],
    ['nothing without a selector', undefined, {}, []],
    ['nothing by an empty one', {}, {}, []],
  ])('leads to %s', (_, selector, pod, ports) => {
    expect(portsBehind(serviceOf(selector), [{ ...POD, ...pod }])).toEqual(ports);
  });

  it('that is not there leads nowhere', () => {
    expect(portsBehind(undefined, [POD])).toEqual([]);
    expect(hasSelector(undefined)).toBe(false);
  });

  it('is kept by its name and its selector alone', () => {
    expect(serviceOf({ app: 'cart' })).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'cart' },
      spec: { selector: { app: 'cart' } },
    });
  });
});
