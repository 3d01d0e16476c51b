/** Where Destinations lead, and the words for those that lead nowhere. */
import { describe, expect, it } from '@jest/globals';
import { type Find, resolveDestination } from '../../../controllers/eventing/destination.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const CART = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' };
const WORDS =
  'Kind = Service, Namespace = shop, Name = cart, APIVersion = serving.knative.dev/v1, Group = , Address = ';
const URL = 'http://cart.shop.svc.cluster.local';

function there(object: JsonObject | undefined, plural: string | undefined = 'services'): Find {
  return () => ({ plural, object });
}

function withStatus(status: JsonObject): Find {
  return there({ ...CART, status });
}

const ready = withStatus({ address: { url: URL } });

describe('a Destination', () => {
  it.each([
    ['a uri', { uri: 'http://a.b/c' }, ready, 'http://a.b/c'],
    ['a ref', { ref: CART }, ready, URL],
    ['a ref with a path', { ref: CART, uri: '/orders?x=1' }, ready, `${URL}/orders?x=1`],
    ['a path behind a path', { ref: CART, uri: 'b' }, withStatus({ address: { url: 'http://h/a/' } }), 'http://h/a/b'],
    [
      'the first of addresses',
      { ref: CART },
      withStatus({ addresses: [{ url: 'http://one' }, { url: 'http://two' }] }),
      'http://one',
    ],
    [
      'an address by its name',
      { ref: { ...CART, address: 'two' } },
      withStatus({ addresses: [{ url: 'http://one' }, { name: 'two', url: 'http://two' }] }),
      'http://two',
    ],
    ['a core Service', { ref: { apiVersion: 'v1', kind: 'Service', name: 'cart' } }, there({}), URL],
    [
      'a core Service in another namespace',
      { ref: { apiVersion: 'v1', kind: 'Service', name: 'cart', namespace: 'other' } },
      there({}),
      'http://cart.other.svc.cluster.local',
    ],
  ])('%s leads where it says', (_, destination, find, url) => {
    expect(resolveDestination(destination, 'shop', find)).toMatchObject({ ok: true, url });
  });

  it.each([
    ['nothing', {}, ready, 'destination missing Ref and URI, expected at least one'],
    ['no object', 'x', ready, 'destination missing Ref and URI, expected at least one'],
    ['a path alone', { uri: '/a' }, ready, 'URI is not absolute (both scheme and host should be non-empty): "/a"'],
    [
      'no host',
      { uri: 'http:///a' },
      ready,
      'URI is not absolute (both scheme and host should be non-empty): "http:///a"',
    ],
    [
      'both',
      { ref: CART, uri: 'http://a' },
      ready,
      'absolute URI is not allowed when Ref or [apiVersion, kind, name] exists',
    ],
    [
      'what is not there',
      { ref: CART },
      there(undefined),
      'failed to get object shop/cart: services.serving.knative.dev "cart" not found',
    ],
    [
      'a core Service that is not there',
      { ref: { apiVersion: 'v1', kind: 'Service', name: 'cart' } },
      there(undefined),
      'failed to get object shop/cart: services "cart" not found',
    ],
    [
      'what takes no events',
      { ref: { apiVersion: 'v1', kind: 'Secret', name: 'cart' } },
      () => ({ plural: undefined, object: undefined }),
      'failed to get lister for v1, Kind=Secret: nothing of that kind takes events here',
    ],
    ['no address yet', { ref: CART }, withStatus({}), `address not set for ${WORDS}`],
    ['an address without a URL', { ref: CART }, withStatus({ address: {} }), `URL missing in address of ${WORDS}`],
    [
      'an address without a host',
      { ref: CART },
      withStatus({ address: { url: 'http:///x' } }),
      `hostname missing in address of ${WORDS}`,
    ],
    [
      'no address of that name',
      { ref: { ...CART, address: 'x' } },
      ready,
      `address with name "x" not found for ${WORDS}x`,
    ],
  ])('%s is said', (_, destination, find, message) => {
    expect(resolveDestination(destination, 'shop', find)).toEqual({ ok: false, message });
  });

  it('prefers what it says of certificates and audience to what its address says', () => {
    const find = withStatus({ address: { url: URL, CACerts: 'theirs', audience: 'theirs' } });
    expect(resolveDestination({ ref: CART }, 'shop', find)).toMatchObject({ caCerts: 'theirs', audience: 'theirs' });
    const own = { ref: CART, CACerts: 'own', audience: 'own' };
    expect(resolveDestination(own, 'shop', find)).toMatchObject({ caCerts: 'own', audience: 'own' });
  });
});
