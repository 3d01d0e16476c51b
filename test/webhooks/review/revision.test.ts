/** Revisions at the API: what people write is judged, what Knative made is not held up, and nothing is ever filled in. */
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { patchOf, reviewed } from './builders.ts';

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../../policies'), 'policies');
const prod = policies.get('prod');
if (prod === undefined) throw new Error('no policy prod');

/** As it stood before there was a policy: no limits, root, an image of anywhere. */
const bare = { containers: [{ name: 'user-container', image: 'docker.io/library/nginx:latest', resources: {} }] };

function aRevision(metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { name: 'cart-00007', namespace: 'shop', ...metadata },
    spec: bare,
  };
}

const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Configuration', name: 'cart', controller: true, uid: '1' };
const made = { ownerReferences: [owner], labels: { 'serving.knative.dev/configuration': 'cart' } };

const rulesOf = (message = '') => [...message.matchAll(/^([a-z]+\/[a-z-]+)/gm)].map(([rule]) => rule);

describe('a Revision at the API', () => {
  it('is denied where somebody writes one that the policy forbids', () => {
    const { response } = reviewed('validate', { object: aRevision() }, prod);
    expect(response.allowed).toBe(false);
    const told = rulesOf(response.status?.message);
    expect(told).toEqual(expect.arrayContaining(['images/registry', 'images/tag', 'resources/limits']));
    expect(told).toEqual(expect.arrayContaining(['security/run-as-non-root', 'autoscaling/min-scale']));
    expect(told).not.toContain('defaults/not-applied');
  });

  it('is not excused by an owner that its author names', () => {
    expect(reviewed('validate', { object: aRevision(made) }, prod).response.allowed).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['a label', { ...made, labels: { ...made.labels, team: 'shop' } }],
    ['an annotation', { ...made, annotations: { 'serving.knative.dev/no-gc': 'true' } }],
  ])('that Knative made may get %s, whatever a new policy thinks of it', (_, metadata) => {
    const { response } = reviewed('validate', { object: aRevision(metadata), oldObject: aRevision(made) }, prod);
    expect(response.allowed).toBe(true);
    expect(response.warnings?.length).toBeGreaterThan(0);
  });

  it('that Knative made is denied what is new in it and forbidden', () => {
    const object = aRevision({ ...made, annotations: { 'autoscaling.knative.dev/max-scale': '500' } });
    const oldObject = aRevision({ ...made, annotations: { 'autoscaling.knative.dev/max-scale': '20' } });
    const { response } = reviewed('validate', { object, oldObject }, prod);
    expect(rulesOf(response.status?.message)).toEqual(['autoscaling/max-scale']);
  });

  it.each<[string, JsonObject]>([
    ['one by hand', aRevision()],
    ['one of Knative’s', aRevision(made)],
    ['one with an annotation of Weir’s', aRevision({ annotations: { 'weir.dev/defaults': '{"/spec/x":1}' } })],
  ])('gets nothing filled in: %s', (_, object) => {
    expect(patchOf({ object }, prod)).toEqual([]);
    expect(patchOf({ object, oldObject: aRevision(made) }, prod)).toEqual([]);
    for (const asked of [{ object }, { object, oldObject: aRevision(made) }]) {
      const { response } = reviewed('validate', asked, prod);
      const told = [...(response.warnings ?? []), response.status?.message ?? ''].join('\n');
      expect(told).not.toContain('defaults/not-applied');
    }
  });

  it('is no kind into which anything is filled', () => {
    const filled = catalogue.defaulters.flatMap(({ kinds }) => kinds.map(({ key }) => key));
    expect(filled).not.toContain('serving.knative.dev/Revision');
  });
});
