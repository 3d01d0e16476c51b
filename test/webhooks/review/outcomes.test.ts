/** What is remembered of one object is the patch of another only where nothing that it rests on differs. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { applyEdits, applyPatch } from '../../../src/policy/engine/edit.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { mutate } from '../../../webhooks/review/mutate.ts';
import { aPolicy, aService, NOW } from '../../policy/builders.ts';
import { shippedStore } from '../server/harness.ts';
import { aRequest } from './builders.ts';

const policy = aPolicy({
  autoscaling: { minScale: { default: 2 } },
  images: { pullSecrets: [{ registry: 'registry.example.com', secret: 'regcred' }] },
});

/** Asks about the objects one after the other, by a catalogue that has seen none before. */
class Door {
  readonly #catalogue: Catalogue = { ...catalogue };
  readonly #policy: EffectivePolicy;

  constructor(by: EffectivePolicy) {
    this.#policy = by;
  }

  patch(object: JsonObject, oldObject?: JsonObject) {
    const request = aRequest(oldObject === undefined ? { object } : { object, oldObject });
    return mutate(request, { policy: this.#policy, inventory: EMPTY_INVENTORY, now: NOW }, this.#catalogue);
  }

  admit(object: JsonObject, oldObject?: JsonObject): JsonObject {
    return applyPatch(object, this.patch(object, oldObject)) ?? object;
  }
}

const image = (tag: string, registry = 'registry.example.com') => `${registry}/shop/cart:${tag}`;
const withImage = (object: JsonObject, tag: string) =>
  applyEdits(object, [{ set: '/spec/template/spec/containers/0/image', value: image(tag) }]);

describe('objects that are alike', () => {
  it('get the very same patch: new, sent again, and with another image', () => {
    const door = new Door(policy);
    const one = aService({ name: 'one', image: image('1') });
    const other = aService({ name: 'other', image: image('7') });
    const stored = [one, other].map((object) => door.admit(object));
    const [first = {}, second = {}] = stored;

    expect(door.patch(one)).not.toEqual([]);
    expect(door.patch(other)).toBe(door.patch(one));
    expect(door.patch(other, second)).toEqual(door.patch(one, first));
    expect(door.patch(second, second)).toBe(door.patch(first, first));
    expect(door.patch(withImage(other, '8'), second)).toBe(door.patch(withImage(one, '2'), first));
  });

  it('get another where a default hangs on more than on that: the pull secret of their registry', () => {
    const door = new Door(policy);
    const secrets = (object: JsonObject) => JSON.stringify(door.admit(object)).includes('regcred');
    const ours = aService({ name: 'ours', image: image('1') });
    const theirs = aService({ name: 'theirs', image: image('1', 'docker.io') });
    expect([ours, theirs, ours, theirs].map(secrets)).toEqual([true, false, true, false]);
  });

  it('get another where their author changed what others left as it was', () => {
    const later = { ...policy, autoscaling: { minScale: { default: 5 } } };
    const earlier = new Door(policy);
    const [one = {}, other = {}] = ['one', 'other'].map((name) => earlier.admit(aService({ name, image: image('1') })));
    const door = new Door(later);
    const minimum = (object: JsonObject, old: JsonObject) =>
      /min-scale":"(\d)"/.exec(JSON.stringify(door.admit(object, old)))?.[1];

    const sentAgain = aService({ name: 'one', image: image('1') });
    const changed = aService({ name: 'other', image: image('2') });
    expect([minimum(sentAgain, one), minimum(changed, other), minimum(sentAgain, one)]).toEqual(['2', '5', '2']);
  });

  it('get another by another policy', () => {
    const [dev, prod] = ['dev', 'prod'].map((name) => shippedStore.policyFor(name));
    if (dev === undefined || prod === undefined) throw new Error('the shipped policies have no dev or no prod');
    const request = aRequest({ object: aService() });
    const patchBy = (by: EffectivePolicy) =>
      mutate(request, { policy: by, inventory: EMPTY_INVENTORY, now: NOW }, catalogue);
    expect(patchBy(dev)).not.toEqual(patchBy(prod));
    expect(patchBy(dev)).toBe(patchBy(dev));
  });

  it('get what they would get by themselves, however many others come between', () => {
    const door = new Door(policy);
    const scaled = (target: number) => aService({ name: 'cart', annotations: { target: String(target) } });
    const wrong: number[] = [];
    for (let target = 0; target < 2500; target++) {
      const object = scaled(target % 1250);
      const patch = JSON.stringify(door.patch(object));
      if (target % 50 === 0 && patch !== JSON.stringify(new Door(policy).patch(object))) wrong.push(target);
    }
    expect(wrong).toEqual([]);
  });
});
