import { expect, it } from '@jest/globals';
import { resolve, type Targets } from '../../../../controllers/serving/domainMapping/resolve.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

const SERVICE = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' };

function at(url?: string): JsonObject {
  return url === undefined ? {} : { status: { address: { url } } };
}

const targets = (found: JsonObject | undefined): Targets => ({
  service: () => found,
  route: () => found,
  coreService: () => found,
});

const HOST = 'cart.shop.svc.cluster.local';

it.each<[ref: object, found: JsonObject | undefined, expected: object]>([
  [SERVICE, at(`http://${HOST}`), { host: HOST }],
  [{ ...SERVICE, kind: 'Route' }, at(`http://${HOST}/`), { host: HOST }],
  [{ ...SERVICE, apiVersion: 'v1' }, at(), { host: HOST }],
  [SERVICE, undefined, { problem: 'failed to get object shop/cart: services.serving.knative.dev "cart" not found' }],
  [
    { ...SERVICE, apiVersion: 'v1' },
    undefined,
    { problem: 'failed to get object shop/cart: services "cart" not found' },
  ],
  [
    SERVICE,
    at(),
    {
      problem:
        'address not set for Kind = Service, Namespace = shop, Name = cart, APIVersion = serving.knative.dev/v1, Group = , Address = ',
    },
  ],
  [SERVICE, at(`http://${HOST}/a`), { problem: `resolved URI "http://${HOST}/a" contains a path` }],
  [
    SERVICE,
    at('http://example.com'),
    { problem: 'resolved URI "http://example.com" must be of the form {name}.{namespace}.svc.cluster.local' },
  ],
  [
    SERVICE,
    at('http://cart.other.svc.cluster.local'),
    { problem: 'resolved URI "http://cart.other.svc.cluster.local" must be in same namespace as DomainMapping' },
  ],
  [SERVICE, at('no URL'), { problem: 'resolved URI "no URL" contains a path' }],
  [
    { ...SERVICE, apiVersion: 'eventing.knative.dev/v1', kind: 'Broker' },
    at(),
    {
      problem:
        'a Broker of eventing.knative.dev/v1 is not resolved here; name a Service or a Route of serving.knative.dev/v1, or a Service of v1',
    },
  ],
])('%#: %j', (ref, found, expected) => {
  const mapping = { metadata: { namespace: 'shop', name: 'cart.example.com' }, spec: { ref: { ...ref } } };
  expect(resolve(mapping, targets(found))).toEqual(expected);
});
