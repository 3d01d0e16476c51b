/** What schedules and rollouts share: one cache of each, of whose changes each of them hears those that it reads. */
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { FollowOptions, MakeController } from '../../../controllers/manager/controller.ts';
import { keepPodAutoscaler, keepRevision, keepService } from '../../../controllers/minScale/keep.ts';
import { TRACE_ANNOTATION, traceText } from '../../../controllers/minScale/trace.ts';
import { makeRollouts } from '../../../controllers/rollout/controller.ts';
import { makeSchedules } from '../../../controllers/schedule/controller.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { HandPolicies } from '../kit/policies.ts';
import { aPodAutoscaler, aRevision, aSchedule, aService, autoscaling } from '../schedule/shop.ts';

type Plural = 'services' | 'revisions' | 'podautoscalers';
const KEEPS = { services: keepService, revisions: keepRevision, podautoscalers: keepPodAutoscaler };

/** A controller over caches that a test fills, and the keys that it would look at. */
class Wired {
  readonly follows = new Map<string, FollowOptions>();
  readonly #stores = new Map<string, Store>();
  readonly #keys = new Set<string>();

  constructor(make: MakeController) {
    make({
      follow: (options) => {
        const store = new Store();
        const { plural } = options.resource;
        this.follows.set(plural, options);
        this.#stores.set(plural, store);
        store.onChange((change) => {
          for (const key of options.keysOf?.(change) ?? []) this.#keys.add(key);
        });
        return {
          store,
          resource: options.resource,
          hasSynced: () => true,
          isServed: () => true,
          onServed: () => {},
          leave: () => {},
        };
      },
      enqueue: () => {},
      policies: new HandPolicies(),
      clock: new FakeClock(),
      random: () => 0,
      log: SILENT,
      record: () => {},
      announce: () => {},
      registry: new Registry(),
    });
  }

  /** @returns the keys that are looked at then */
  set(plural: string, object: JsonObject): string[] {
    this.#keys.clear();
    this.#stores.get(plural)?.set(this.follows.get(plural)?.keep?.(object) ?? object);
    return [...this.#keys];
  }
}

const PLACE = { namespace: 'shop', name: 'cart-00001' };
const OBJECTS: Readonly<Record<Plural, JsonObject>> = {
  services: aService('shop', 'cart', { tier: 'web' }),
  revisions: aRevision({ ...PLACE }),
  podautoscalers: aPodAutoscaler({ ...PLACE }),
};
const ROLLOUT = {
  metadata: { namespace: 'shop', name: 'canary' },
  spec: { serviceRef: { name: 'cart' } },
};
const HELD_BY_ROLLOUT = { [TRACE_ANNOTATION]: traceText({ holder: 'TrafficRollout/canary', authored: {} }) };

function withMetadata(plural: Plural, metadata: JsonObject): JsonObject {
  return { ...OBJECTS[plural], metadata: { ...objectAt(OBJECTS[plural], 'metadata'), ...metadata } };
}

function filled(make: MakeController): Wired {
  const wired = new Wired(make);
  for (const plural of ['services', 'revisions', 'podautoscalers'] as const) wired.set(plural, OBJECTS[plural]);
  return wired;
}

it.each<Plural>(['services', 'revisions', 'podautoscalers'])('one cache of %s does for both', (plural) => {
  const [schedules, rollouts] = [makeSchedules(), makeRollouts()].map((make) => {
    return { ...new Wired(make).follows.get(plural), keysOf: undefined };
  });
  expect(schedules).toMatchObject({ keep: KEEPS[plural], seesManagedFields: true });
  expect(rollouts).toEqual(schedules);
});

const ready = (status: string, message: string) => ({ conditions: [{ type: 'Ready', status, message }] });
const READ_BY_ROLLOUTS: readonly [string, Plural, JsonObject][] = [
  ['the pods of a Revision', 'revisions', { ...OBJECTS.revisions, status: { actualReplicas: 3 } }],
  ['why a Revision is not ready', 'revisions', { ...OBJECTS.revisions, status: ready('False', 'exit 1') }],
  ['the spec of a Revision', 'revisions', { ...OBJECTS.revisions, spec: { containers: [] } }],
  ['the pods of a PodAutoscaler', 'podautoscalers', { ...OBJECTS.podautoscalers, status: { actualScale: 3 } }],
  ['where the traffic of a Service goes', 'services', { ...OBJECTS.services, spec: { traffic: [{ percent: 100 }] } }],
];
const READ_BY_BOTH: readonly [string, Plural, JsonObject][] = [
  ['a Revision that is ready', 'revisions', { ...OBJECTS.revisions, status: ready('True', '') }],
  ['a Revision with another scale', 'revisions', aRevision({ ...PLACE, annotations: autoscaling({ 'min-scale': 3 }) })],
  ['a Revision on its way out', 'revisions', withMetadata('revisions', { deletionTimestamp: 'now' })],
  ['another Revision of the name', 'revisions', withMetadata('revisions', { uid: 'other' })],
  ['a Revision without traffic', 'revisions', aRevision({ ...PLACE, routingState: 'reserve' })],
  ['a held PodAutoscaler', 'podautoscalers', aPodAutoscaler({ ...PLACE, annotations: HELD_BY_ROLLOUT })],
  ['the labels of a Service', 'services', aService('shop', 'cart')],
];

describe('a schedule', () => {
  it.each(READ_BY_ROLLOUTS)('is not looked at for %s', (_, plural, object) => {
    const wired = filled(makeSchedules());
    expect(wired.set('scalingschedules', aSchedule('shop', 'hours'))).toEqual(['shop/hours']);
    expect(wired.set(plural, object)).toEqual([]);
  });

  it.each(READ_BY_BOTH)('is looked at for %s', (_, plural, object) => {
    const wired = filled(makeSchedules());
    wired.set('scalingschedules', aSchedule('shop', 'hours'));
    expect(wired.set(plural, object)).toEqual(['shop/hours']);
  });
});

describe('a rollout', () => {
  it.each([...READ_BY_ROLLOUTS, ...READ_BY_BOTH])('is looked at for %s', (_, plural, object) => {
    const wired = filled(makeRollouts());
    expect(wired.set('trafficrollouts', ROLLOUT)).toEqual(['shop/cart']);
    expect(wired.set(plural, object)).toEqual(['shop/cart']);
  });

  it.each(READ_BY_ROLLOUTS)('that is about another Service is not looked at for %s', (_, plural, object) => {
    const wired = filled(makeRollouts());
    wired.set('trafficrollouts', { ...ROLLOUT, spec: { serviceRef: { name: 'other' } } });
    expect(wired.set(plural, object)).toEqual([]);
  });

  it.each(['revisions', 'podautoscalers'] as const)('that is gone is looked at for %s that it holds', (last) => {
    const wired = new Wired(makeRollouts());
    const held = { ...OBJECTS, podautoscalers: withMetadata('podautoscalers', { annotations: HELD_BY_ROLLOUT }) };
    const first = last === 'revisions' ? 'podautoscalers' : 'revisions';
    expect(wired.set(first, held[first])).toEqual([]);
    expect(wired.set(last, held[last])).toEqual(['shop/cart']);
  });

  it('that is gone is looked at for a Revision that it keeps from collection', () => {
    const wired = new Wired(makeRollouts());
    const fieldsV1 = { 'f:metadata': { 'f:annotations': { 'f:serving.knative.dev/no-gc': {} } } };
    const managedFields = [{ manager: 'weir-rollout', operation: 'Apply', fieldsV1 }];
    expect(wired.set('revisions', withMetadata('revisions', { managedFields }))).toEqual(['shop/cart']);
  });
});
