import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { resolve as at } from '../../../src/kubernetes/pointer.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { applyEdits, applyPatch } from '../../../src/policy/engine/edit.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { mutate } from '../../../webhooks/review/mutate.ts';
import { DEFAULTS_ANNOTATION, readRemembered } from '../../../webhooks/review/remembered.ts';
import type { AdmissionRequest } from '../../../webhooks/review/request.ts';
import { aPolicy, aService, NOW } from '../../policy/builders.ts';
import { aRequest } from './builders.ts';

const MIN = '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale';
const CPU = '/spec/template/spec/containers/0/resources/requests/cpu';

function policyWith(minScale: number, cpu = '200m'): EffectivePolicy {
  return aPolicy({
    autoscaling: { minScale: { default: minScale } },
    resources: { requests: { cpu: { default: cpu } } },
  });
}

/** What is stored after /mutate: on CREATE without an old object, on UPDATE with one. */
function admitted(object: JsonObject, policy: EffectivePolicy, oldObject?: JsonObject): JsonObject {
  const request: AdmissionRequest = {
    uid: '1',
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    object,
    ...(oldObject === undefined ? {} : { oldObject }),
    namespace: 'shop',
    user: { name: 'dev', groups: [] },
    isDryRun: false,
  };
  const context = { policy, inventory: EMPTY_INVENTORY, now: NOW };
  const patched = applyPatch(object, mutate(request, context, catalogue));
  if (patched === undefined) throw new Error('the patch removed the object');
  return patched;
}

const written = aService();
const created = admitted(written, policyWith(2));

describe('/mutate on CREATE', () => {
  it('fills in what the author left out, and remembers it outside of the template', () => {
    expect([at(created, MIN), at(created, CPU)]).toEqual(['2', '200m']);
    expect(readRemembered(created)).toEqual(
      new Map([
        [MIN, '2'],
        [CPU, '200m'],
      ]),
    );
    expect(at(created, '/metadata/annotations')).toHaveProperty([DEFAULTS_ANNOTATION]);
  });

  it("leaves the author's value alone, and does not remember it", () => {
    const own = admitted(aService({ annotations: { 'min-scale': '7' } }), policyWith(2));
    expect(at(own, MIN)).toBe('7');
    expect(readRemembered(own).has(MIN)).toBe(false);
  });

  it('asks for nothing when it is called again on what it wrote', () => {
    const context = { policy: policyWith(2), inventory: EMPTY_INVENTORY, now: NOW };
    const again = {
      uid: '1',
      operation: 'UPDATE',
      object: created,
      oldObject: created,
      namespace: 'shop',
      user: { name: '', groups: [] },
      isDryRun: false,
    } as const;
    expect(mutate(again, context, catalogue)).toEqual([]);
  });

  it('does not take a copied annotation for its own memory', () => {
    const copy = aService({
      annotations: { 'min-scale': '9' },
      metadata: { annotations: { [DEFAULTS_ANNOTATION]: JSON.stringify({ [MIN]: '9' }) } },
    });
    const stored = admitted(copy, policyWith(2));
    expect(at(stored, MIN)).toBe('9');
    expect(readRemembered(stored).has(MIN)).toBe(false);
  });

  it('leaves what Knative made to Knative', () => {
    const ownerReferences = [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart', controller: true }];
    const configuration = { ...aService({ metadata: { ownerReferences } }), kind: 'Configuration' };
    expect(admitted(configuration, policyWith(2))).toEqual(configuration);
  });
});

describe('/mutate on UPDATE', () => {
  it('gives the old values back to a client that sends its own manifest again, whatever the policy says today', () => {
    const stored = admitted(written, policyWith(5, '400m'), created);
    expect([at(stored, MIN), at(stored, CPU)]).toEqual(['2', '200m']);
    expect(stored.spec).toEqual(created.spec);
  });

  it("does so, too, where the stored object has Knative's own values in it", () => {
    const complete = catalogue.knativeDefaults(created, policyWith(2));
    const stored = admitted(written, policyWith(5), complete);
    expect([at(stored, MIN), at(stored, CPU)]).toEqual(['2', '200m']);
  });

  it("takes today's policy where the author changed the template", () => {
    const changed = aService({ image: 'registry.example.com/shop/cart:2.0.0' });
    expect(at(admitted(changed, policyWith(5), created), MIN)).toBe('5');
  });

  it("replaces its own value in a changed template that still carries it, and never the author's", () => {
    const kept = applyEdits(created, [
      { set: '/spec/template/spec/containers/0/image', value: 'registry.example.com/shop/cart:2.0.0' },
    ]);
    expect(at(admitted(kept, policyWith(5), created), MIN)).toBe('5');
    const taken = applyEdits(kept, [{ set: MIN, value: '3' }]);
    const stored = admitted(taken, policyWith(5), created);
    expect(at(stored, MIN)).toBe('3');
    expect(readRemembered(stored).has(MIN)).toBe(false);
  });

  it('lets the author take a value over by changing it', () => {
    const taken = applyEdits(created, [{ set: MIN, value: '4' }]);
    expect(at(admitted(taken, policyWith(2), created), MIN)).toBe('4');
  });

  it('leaves a template that an earlier policy filled in less as it is', () => {
    const before = admitted(written, aPolicy({ autoscaling: { minScale: { default: 2 } } }));
    const stored = admitted(before, policyWith(2), before);
    expect(stored).toEqual(before);
  });

  it('survives an annotation that is none of its own', () => {
    const odd = applyEdits(created, [{ set: '/metadata/annotations/weir.dev~1defaults', value: '{"/spec": ' }]);
    expect(at(admitted(odd, policyWith(2), odd), MIN)).toBe('2');
  });
});

describe('/mutate through what happens on the way', () => {
  const sidecars = (policy: EffectivePolicy, cpus: Record<string, string | undefined>, oldObject?: JsonObject) => {
    const containers = Object.entries(cpus).map(([name, cpu]) => ({
      name,
      image: `registry.example.com/shop/${name}:1`,
      ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
    }));
    const object = { ...aService(), spec: { template: { spec: { containers } } } };
    return admitted(object, policy, oldObject);
  };
  const cpuOf = (object: JsonObject, index: number) =>
    at(object, `/spec/template/spec/containers/${index}/resources/requests/cpu`);

  it('knows a container by its name, so that one put in front keeps what its author wrote', () => {
    const old = sidecars(policyWith(2), { app: undefined });
    const next = sidecars(policyWith(2, '400m'), { proxy: '200m', app: '200m' }, old);
    expect([cpuOf(next, 0), cpuOf(next, 1)]).toEqual(['200m', '400m']);
    expect([...readRemembered(next).keys()]).not.toContain(CPU);
  });

  it('is safe to call again on a new object and on a changed one', () => {
    const again = (object: JsonObject, policy: EffectivePolicy, oldObject?: JsonObject) =>
      admitted(admitted(object, policy, oldObject), policy, oldObject);
    expect(again(written, policyWith(2))).toEqual(created);
    const changed = aService({ image: 'registry.example.com/shop/cart:2.0.0' });
    const once = admitted(changed, policyWith(5), created);
    expect(again(changed, policyWith(5), created)).toEqual(once);
    expect(readRemembered(once).get(MIN)).toBe('5');
  });

  it('remembers in the second call what the first one filled in for a value that its author took out', () => {
    const own = aService({
      annotations: { 'min-scale': '2' },
      container: { resources: { requests: { cpu: '200m' } } },
    });
    const once = admitted(written, policyWith(2), own);
    expect([...readRemembered(once).keys()]).toEqual([CPU, MIN].sort());
    expect(admitted(once, policyWith(2), own)).toEqual(once);
  });

  it('adds where a null stands, and patches as it was sent', () => {
    const metadata = { ...(written.metadata as JsonObject), annotations: null };
    const object = { ...written, metadata };
    expect(at(admitted(object, policyWith(2)), MIN)).toBe('2');
    const request = {
      uid: '1',
      operation: 'CREATE',
      object,
      namespace: 'shop',
      user: { name: '', groups: [] },
      isDryRun: false,
    } as const;
    const patch = mutate(request, { policy: policyWith(2), inventory: EMPTY_INVENTORY, now: NOW }, catalogue);
    expect(new Set(patch.map(({ op }) => op))).toEqual(new Set(['add']));
  });

  it('leaves alone what is being deleted', () => {
    const going = aService({ metadata: { deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['x'] } });
    expect(admitted(going, policyWith(2), going)).toEqual(going);
    expect(admitted(going, policyWith(2), aService({ image: 'registry.example.com/shop/cart:0.9.0' }))).toEqual(going);
  });

  it('gives the old values back under a template whose name is fixed', () => {
    const named = (spec: JsonObject) => ({
      ...spec,
      template: { ...(spec.template as JsonObject), metadata: { name: 'cart-v1' } },
    });
    const fixed = { ...written, spec: named(written.spec as JsonObject) };
    const stored = admitted(fixed, policyWith(2));
    expect(admitted(fixed, policyWith(5), stored).spec).toEqual(stored.spec);
  });

  it('fills in for a value outside of the template that its author took out', () => {
    const local = aPolicy({ network: { visibility: { default: 'cluster-local' } } });
    const VISIBILITY = '/metadata/labels/networking.knative.dev~1visibility';
    const own = aService({ metadata: { labels: { 'networking.knative.dev/visibility': 'cluster-local' } } });
    expect(at(admitted(aService(), local, own), VISIBILITY)).toBe('cluster-local');
    // and not for one that it never had: a new policy is no reason to cut off who can reach the service
    expect(at(admitted(aService(), local, aService()), VISIBILITY)).toBeUndefined();
  });

  it('keeps a Broker as it is while its author changes nothing, and asks the policy of today when they do', () => {
    const aBroker = (spec: JsonObject) => ({
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'default', namespace: 'shop' },
      spec,
    });
    const retrying = (retry: number) => aPolicy({ eventing: { delivery: { retry: { default: retry } } } });
    const stored = admitted(aBroker({}), retrying(5));
    expect(at(stored, '/spec/delivery/retry')).toBe(5);
    expect(at(admitted(aBroker({}), retrying(7), stored), '/spec/delivery/retry')).toBe(5);
    expect(at(admitted(aBroker({ delivery: { timeout: 'PT5S' } }), retrying(7), stored), '/spec/delivery/retry')).toBe(
      7,
    );
  });

  it('believes of an exported object what the policy of today would fill in, and nothing else', () => {
    const exported = admitted(written, policyWith(2));
    expect(readRemembered(admitted(exported, policyWith(2)))).toEqual(readRemembered(exported));
    const elsewhere = admitted(exported, policyWith(4));
    expect(at(elsewhere, MIN)).toBe('2');
    expect([...readRemembered(elsewhere).keys()]).toEqual([CPU]);
  });
});

describe('an UPDATE with another image', () => {
  const other = applyEdits(written, [
    { set: '/spec/template/spec/containers/0/image', value: 'registry.example.com/shop/cart:2.0.0' },
  ]);

  it("takes today's values, without a question what Knative would fill in", () => {
    const policy = policyWith(3);
    const request = aRequest({ object: other, oldObject: created });
    const by: Catalogue = {
      ...catalogue,
      knativeDefaults: () => {
        throw new Error('nobody has to know');
      },
    };
    const patch = mutate(request, { policy, inventory: EMPTY_INVENTORY, now: NOW }, by);
    expect(at(applyPatch(other, patch), MIN)).toBe('3');
  });
});
