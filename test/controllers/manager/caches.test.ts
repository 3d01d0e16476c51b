/** Who follows the same of the same resource shares a cache, and nobody else. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Caches } from '../../../controllers/manager/caches.ts';
import type { FollowOptions } from '../../../controllers/manager/controller.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { clientTo, networkPolicies } from '../../kubernetes/client/resources.ts';

/** Nobody answers there: which caches there are is known without that. */
const NOWHERE = 'http://127.0.0.1:1';

const started: Caches[] = [];
afterEach(() => {
  for (const caches of started.splice(0)) caches.stop();
});

function someCaches(): Caches {
  const clock = new FakeClock();
  const caches = new Caches({ client: clientTo(NOWHERE, clock), clock, random: () => 0, log: SILENT });
  started.push(caches);
  return caches;
}

describe('a cache', () => {
  const plain: FollowOptions = { resource: networkPolicies };

  it.each<[what: string, other: Partial<FollowOptions>]>([
    ['another group', { resource: { ...networkPolicies, group: 'extensions' } }],
    ['another version', { resource: { ...networkPolicies, version: 'v1beta1' } }],
    ['another plural', { resource: { ...networkPolicies, plural: 'ingresses' } }],
    ['another kind', { resource: { ...networkPolicies, kind: 'Ingress' } }],
    ['no namespaces', { resource: { ...networkPolicies, isNamespaced: false } }],
    ['other versions', { otherVersions: ['v1beta1'] }],
    ['a namespace', { namespace: 'shop' }],
    ['a field selector', { fieldSelector: 'metadata.name=open' }],
    ['a label selector', { labelSelector: 'a=b' }],
    ['less of each object', { keep: ({ metadata = null }) => ({ metadata }) }],
    ['who wrote what', { seesManagedFields: true }],
  ])('is another one for %s', (_, other) => {
    const caches = someCaches();
    const first = caches.of(plain);
    const second = caches.of({ ...plain, ...other });
    expect(second).not.toBe(first);
    expect(caches.of({ ...plain, ...other })).toBe(second);
  });

  it('is shared by those who ask for the same in other words, whatever it means to them', () => {
    const caches = someCaches();
    const { group, version, plural, kind, isNamespaced } = networkPolicies;
    const resource = { isNamespaced, kind, plural, version, group };
    const same = { resource, otherVersions: [], namespace: '', seesManagedFields: false, keysOf: () => [] };
    expect(caches.of(same)).toBe(caches.of(plain));
  });
});
