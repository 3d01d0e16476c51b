import { describe, expect, it } from '@jest/globals';
import { knativePodsOf } from '../../src/knative/pods.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { selects } from '../../src/kubernetes/labelSelector.ts';
import { aService } from '../policy/builders.ts';

const byLabel = (key: string, value: string) => ({ matchLabels: { [key]: value } });

describe('the labels of Knative pods', () => {
  const cart = aService({
    labels: { team: 'shop', 'serving.knative.dev/route': 'cart' },
    metadata: { labels: { own: 'x' } },
  });
  const named = aService();
  const withApp = aService({ labels: { app: 'cart' } });

  it.each<[string, JsonObject, JsonObject, string]>([
    ['the service', cart, byLabel('serving.knative.dev/service', 'cart'), 'yes'],
    ['another service', cart, byLabel('serving.knative.dev/service', 'pay'), 'no'],
    ['the configuration', cart, byLabel('serving.knative.dev/configuration', 'cart'), 'yes'],
    ['a label of the template', cart, byLabel('team', 'shop'), 'yes'],
    ['a routing label of the template', cart, byLabel('serving.knative.dev/route', 'cart'), 'no'],
    ['a label of the Service itself', cart, byLabel('own', 'x'), 'no'],
    ['app as the service', named, byLabel('app', 'cart'), 'no'],
    ['app as a Revision', named, byLabel('app', 'cart-00007'), 'maybe'],
    ['app as something like a Revision', named, byLabel('app', 'cart-blue'), 'no'],
    ['app of the template', withApp, byLabel('app', 'cart'), 'yes'],
    ['a Revision', named, byLabel('serving.knative.dev/revision', 'cart-00001'), 'maybe'],
    ['any Revision', named, { matchExpressions: [{ key: 'serving.knative.dev/revision', operator: 'Exists' }] }, 'yes'],
  ])('selected by %s', (_, service, selector, expected) => {
    const pods = knativePodsOf(service);
    expect(pods === undefined ? undefined : selects(selector, pods.labels)).toBe(expected);
  });

  it('listen on 8013 for h2c', () => {
    expect(knativePodsOf(aService())?.port.number).toBe(8012);
    expect(knativePodsOf(aService({ container: { ports: [{ name: 'h2c' }] } }))?.port.number).toBe(8013);
  });

  it('are none of a Service with traffic alone, or of another kind', () => {
    expect(knativePodsOf({ ...aService(), spec: { traffic: [] } })).toBeUndefined();
    expect(knativePodsOf({ apiVersion: 'v1', kind: 'Service', spec: { template: {} } })).toBeUndefined();
  });
});
