/** Who else writes what a rollout does: people, Git, another rollout, and a ScalingSchedule beside it. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MeasureInterval } from '../../../controllers/rollout/measure/source.ts';
import { services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { trafficRollouts } from '../../../src/rollout/resource.ts';
import { scalingSchedules } from '../../../src/schedule/resource.ts';
import { CANARY, FIRST, MINUTE, SECOND, Stage, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

const stage = new Stage();
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

describe('who else writes', () => {
  it("takes a person's edit of spec.traffic back, and says so", async () => {
    await stage.deployed();
    const place = { namespace: stage.namespace, name: 'api-service' };
    const body = { spec: { traffic: [{ revisionName: SECOND, percent: 100, latestRevision: false }] } };
    const merge = { type: 'merge', body } as const;
    await stage.cluster.client.patch(services, place, merge, { fieldManager: 'kubectl-edit' });
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100, 00002 0 candidate');
  });

  it('says so once it was written, which may be refused', async () => {
    await stage.open();
    const story: string[] = [];
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    void told.then(() => story.push('told'));
    let refusals = 0;
    const { client: inner } = await stage.cluster.connect();
    const client: Client = {
      ...inner,
      async create(resource, object, options) {
        if (stringAt(object, 'reason') === 'TrafficTakenBack') tell();
        return inner.create(resource, object, options);
      },
      async patch(resource, at, patch, options) {
        if (resource.plural !== services.plural || refusals === 0) return inner.patch(resource, at, patch, options);
        refusals--;
        const isRefused = refusals > 0;
        story.push(isRefused ? 'refused' : 'written');
        if (isRefused) throw new ApiError(409, 'Conflict', 'the object has been modified');
        return inner.patch(resource, at, patch, options);
      },
    };
    await stage.start({ client });
    await stage.settle();
    refusals = 3;
    const body = { spec: { traffic: [{ revisionName: FIRST, percent: 100, latestRevision: false, tag: 'mine' }] } };
    const place = { namespace: stage.namespace, name: 'api-service' };
    const merge = { type: 'merge', body } as const;
    await stage.cluster.client.patch(services, place, merge, { fieldManager: 'kubectl-edit' });
    await stage.settle(() => {
      stage.clock.advance(1_000);
      return story.includes('written');
    });
    await told;
    expect(story).toEqual(['refused', 'refused', 'written', 'told']);
  });

  it("takes a person's edit back in the middle of a rollout that cannot be read any more, too", async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    await stage.rollOut({ ...CANARY, strategy: { canary: { steps: [{ percent: 10, pause: 'soon' }] } } });
    await stage.settle();
    const place = { namespace: stage.namespace, name: 'api-service' };
    const body = { spec: { traffic: [{ latestRevision: true, percent: 100 }] } };
    const merge = { type: 'merge', body } as const;
    await stage.cluster.client.patch(services, place, merge, { fieldManager: 'kubectl-edit' });
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');
    expect(await stage.condition('Protected')).toBe(
      `True Pinned: spec.traffic stays as it was decided: ${FIRST} 90 %, ${SECOND} 10 %`,
    );
  });

  it('leaves it for a while to who writes it as often as it is put back, and says who', async () => {
    await stage.deployed();
    const place = { namespace: stage.namespace, name: 'api-service' };
    const body = { spec: { traffic: [{ revisionName: SECOND, percent: 100, latestRevision: false }] } };
    const edit = async (): Promise<string> => {
      const merge = { type: 'merge', body } as const;
      await stage.cluster.client.patch(services, place, merge, { fieldManager: 'a-script' });
      await stage.settle();
      return stage.traffic();
    };
    const [ours, theirs] = ['00001 100, 00002 0 candidate', '00002 100'];
    expect([await edit(), await edit(), await edit(), await edit()]).toEqual([ours, ours, ours, theirs]);
    expect(await stage.condition('Suspended')).toMatch(/^True WaitingForRival: a-script writes .* 3 times by now/);
    await stage.pass(10_000);
    expect(await stage.traffic()).toBe(ours);
    expect(await stage.condition('Suspended')).toMatch(/^False/);
    expect(await edit()).toBe(theirs);
    await stage.pass(10_000);
    expect(await stage.traffic()).toBe(theirs);
    await stage.pass(10_000);
    expect(await stage.traffic()).toBe(ours);
    // who rests for long enough begins anew
    await stage.pass(2 * MINUTE);
    expect(await edit()).not.toBe(theirs);
  });

  it('pauses while Git writes spec.traffic, and goes on when it leaves it', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    const place = { namespace: stage.namespace, name: 'api-service' };
    const applied = (spec: object) => ({
      type: 'apply' as const,
      body: {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        metadata: { name: 'api-service' },
        spec: { ...spec },
      },
    });
    const traffic = [{ latestRevision: true, percent: 100 }];
    const argo = { fieldManager: 'argocd-controller', force: true };
    await stage.cluster.client.patch(services, place, applied({ traffic }), argo);
    await stage.settle();
    await stage.pass(10 * MINUTE, 5 * MINUTE);
    expect(await stage.traffic()).toBe('latest 100');
    expect(await stage.condition('Suspended')).toMatch(/^True WaitingForGit: .*argocd-controller/);
    await stage.cluster.client.patch(services, place, applied({}), argo);
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');
  });

  it('stands aside for the rollout that was there first', async () => {
    await stage.open();
    await stage.start();
    await stage.settle();
    // whoever has the same second goes by name
    await stage.rollOut(CANARY, 'later');
    await stage.settle();
    expect(await stage.condition('Ready', 'later')).toMatch(/^False Contested: TrafficRollout api-service/);
    expect(await stage.condition('Ready')).toMatch(/^True/);
  });

  it('decides before it tells another one that it stands aside', async () => {
    await stage.open();
    await stage.rollOut(CANARY, 'later');
    const { client: inner } = await stage.cluster.connect();
    const client: Client = {
      ...inner,
      async patch(resource, at, patch, options) {
        if (at.name === 'later') throw new ApiError(500, 'InternalError', 'it is down');
        return inner.patch(resource, at, patch, options);
      },
    };
    await stage.start({ client });
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100');
  });

  it('ends what is measured where the rollout is deleted', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<AbortSignal>();
    const measure: MeasureInterval = (_, signal) => {
      ask(signal);
      return new Promise(() => {});
    };
    await stage.open();
    await stage.start({ options: { measure } });
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    stage.clock.advance(30_000);
    const signal = await asked;
    // a round waits for a moment
    stage.clock.advance(250);
    await stage.settle();
    expect(signal.aborted).toBe(false);
    await stage.cluster.client.delete(trafficRollouts, { namespace: stage.namespace, name: 'api-service' });
    await stage.settle();
    expect(signal.aborted).toBe(true);
  });

  it('gives everything back where the rollout is deleted', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    expect(await stage.minScale(FIRST)).toBe('4');
    await stage.cluster.client.delete(trafficRollouts, { namespace: stage.namespace, name: 'api-service' });
    await stage.settle();
    expect([await stage.minScale(FIRST), await stage.minScale(SECOND)]).toEqual([undefined, undefined]);
    expect([await stage.kept(), await stage.traced()]).toEqual([[], []]);
    expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');
  });
});

async function schedule(minScale: number): Promise<void> {
  await stage.cluster.apply({
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name: 'day', namespace: stage.namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'api-service' },
      timeZone: 'Etc/UTC',
      windows: [{ name: 'day', start: '0 0 * * *', duration: '24h', minScale }],
    },
  });
  await stage.settle();
}

describe('beside a ScalingSchedule', () => {
  it('that is deleted on the way, stable is held on by the rollout', async () => {
    await stage.deployed();
    await schedule(9);
    await stage.pass(MINUTE);
    expect(await stage.minScale(FIRST)).toBe('9');
    await stage.cluster.client.delete(scalingSchedules, { namespace: stage.namespace, name: 'day' });
    await stage.settle();
    expect([await stage.phase(), await stage.minScale(FIRST)]).toEqual(['Progressing 1 10%', '4']);
    await stage.say(`abort ${SECOND}`);
    expect(await stage.traffic()).toBe('00001 100');
    await stage.pass(2 * MINUTE);
    expect([await stage.minScale(FIRST), await stage.traced()]).toEqual([undefined, []]);
  });

  it.each([
    [2, '4'],
    [9, '9'],
  ])('that asks for %i, stable is held at %s, and at what the schedule says once it is over', async (asked, held) => {
    await stage.deployed();
    await schedule(asked);
    await stage.pass(MINUTE);
    expect(await stage.phase()).toBe('Progressing 1 10%');
    expect(await stage.minScale(FIRST)).toBe(held);
    stage.fares.set(SECOND, { errors: 1 });
    await stage.pass(4 * MINUTE);
    expect(await stage.traffic()).toBe('00001 100');
    expect(await stage.minScale(FIRST)).toBe(String(asked));
    expect(stringAt(await stage.service(), 'metadata', 'name')).toBe('api-service');
  });
});
