/** What becomes of a new Revision under a TrafficRollout, on the embedded API server and under the platform's controllers. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { revisions } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { everyTenth, faultyClient } from '../kit/faultyClient.ts';
import { atFirstStep } from './recorded.ts';
import { ANALYSIS, CANARY, FIRST, MINUTE, SECOND, Stage, THIRD, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

const stage = new Stage();
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

describe('at rest', () => {
  it('pins the Revision that serves, under its own name, and keeps it from collection', async () => {
    await stage.open();
    await stage.start();
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100');
    expect(await stage.phase()).toBe('Healthy 0 0%');
    expect(await stage.kept()).toEqual([FIRST]);
    expect(await stage.condition('Ready')).toBe(`True Healthy: ${FIRST} has all of the traffic`);
  });

  it('says that nothing is protected before the first Revision is Ready', async () => {
    await stage.open({ first: 'starts' });
    await stage.start();
    await stage.settle();
    expect(await stage.condition('Protected')).toMatch(/^False NotProtected: no Revision is Ready yet/);
    stage.become('1', 'ready');
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100');
  });
});

describe('a good Revision', () => {
  it('arrives step by step, each with its pods there, and leaves nothing held', async () => {
    await stage.deployed();
    expect(await stage.traffic()).toBe('00001 100, 00002 0 candidate');
    await stage.pass(30_000);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 90, 00002 10 candidate', 'Progressing 1 10%']);
    // a tenth of four pods, and what stable had before
    expect([await stage.minScale(FIRST), await stage.minScale(SECOND)]).toEqual(['4', '1']);
    await stage.pass(5 * MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 50, 00002 50 candidate', 'Progressing 2 50%']);
    expect(await stage.minScale(SECOND)).toBe('2');
    await stage.pass(5 * MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00002 100', 'Healthy 0 0%']);
    expect(await stage.minScale(SECOND)).toBe('4');
    await stage.pass(2 * MINUTE);
    expect([await stage.minScale(FIRST), await stage.minScale(SECOND)]).toEqual([undefined, undefined]);
    expect(await stage.traced()).toEqual([]);
    expect(await stage.kept()).toEqual([FIRST, SECOND]);
    expect(await stage.revisions()).toEqual([FIRST, SECOND]);
  });

  it('arrives also where every tenth write meets 409, 429, 500 or a lost answer', async () => {
    await stage.open();
    const client = faultyClient((await stage.cluster.connect()).client);
    client.failing((count) => everyTenth(count + 8));
    await stage.start({ client });
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    await stage.pass(14 * MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00002 100', 'Healthy 0 0%']);
    expect([await stage.traced(), await stage.revisions()]).toEqual([[], [FIRST, SECOND]]);
    expect(client.failed).toBeGreaterThan(2);
  });

  it('gets no more after its pause was over while no controller ran, until somebody has measured it again', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    expect(await stage.status()).toMatchObject({ step: 1, analysis: { verdict: 'Passed' } });
    await stage.stop();
    stage.clock.advance(60 * MINUTE);
    stage.fares.set(SECOND, undefined);
    await stage.start();
    await stage.settle();
    await stage.pass(2 * MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 90, 00002 10 candidate', 'Progressing 1 10%']);
    expect(await stage.condition('Ready')).toMatch(/^Unknown WaitingForAnalysis: .*inconclusive: .*nobody answers/);
    stage.fares.delete(SECOND);
    await stage.pass(30_000);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 50, 00002 50 candidate', 'Progressing 2 50%']);
  });

  it('waits for a person at a pause without an end', async () => {
    await stage.deployed({ strategy: { canary: { steps: [{ percent: 20, pause: {} }] } }, analysis: ANALYSIS });
    await stage.pass(30 * MINUTE, 10 * MINUTE);
    expect(await stage.phase()).toBe('Progressing 1 20%');
    expect(await stage.condition('Suspended')).toMatch(/^True WaitingForPerson: .*promote lets it go on/);
    await stage.say(`promote ${SECOND}`);
    expect(await stage.traffic()).toBe('00002 100');
  });
});

describe('a bad Revision', () => {
  it('goes back in one write, with stable held at its pods from before', async () => {
    const eye = await atFirstStep(stage);
    expect(await stage.phase()).toBe('Progressing 1 10%');

    stage.fares.set(SECOND, { errors: 0.5 });
    eye.writes.length = 0;
    await stage.pass(30_000);
    expect(await stage.status()).toMatchObject({ analysis: { verdict: 'Failed', failures: 1 } });
    expect(eye.of('services')).toEqual([]);
    await stage.pass(30_000);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    expect(eye.of('services')).toHaveLength(1);
    // traffic goes before what it was held by
    const order = eye.writes.map(({ what }) => what);
    expect(order.indexOf('patch services api-service')).toBeLessThan(order.indexOf(`patch revisions ${SECOND}`));
    expect(await stage.minScale(FIRST)).toBe('4');
    expect(await stage.condition('Ready')).toMatch(/^False AnalysisFailed: .*error-rate is 50 %, above 1 %/);

    await stage.pass(2 * MINUTE);
    expect(await stage.minScale(FIRST)).toBeUndefined();
    // and is not tried again
    await stage.pass(30 * MINUTE, 10 * MINUTE);
    expect(await stage.traffic()).toBe('00001 100');
    stage.fares.delete(SECOND);
    await stage.say('retry');
    expect(await stage.traffic()).toBe('00001 100, 00002 0 candidate');
  });

  it('goes back before anything else is written, also where nothing else can be', async () => {
    await stage.open();
    const { client: inner } = await stage.cluster.connect();
    let isDown = false;
    const client: Client = {
      ...inner,
      async patch(resource, at, patch, options) {
        if (isDown && resource.plural === revisions.plural) throw new ApiError(500, 'InternalError', 'it is down');
        return inner.patch(resource, at, patch, options);
      },
    };
    await stage.start({ client });
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    await stage.pass(MINUTE);
    expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');

    isDown = true;
    const place = { namespace: stage.namespace, name: FIRST };
    const body = { metadata: { annotations: { 'serving.knative.dev/no-gc': null } } };
    await stage.cluster.client.patch(revisions, place, { type: 'merge', body });
    await stage.say(`abort ${SECOND}`);
    expect(await stage.traffic()).toBe('00001 100');
    isDown = false;
    // a change, for which nobody waits until it is tried again
    await stage.say('pause');
    expect(await stage.kept()).toEqual([FIRST]);
  });

  it('can be ended where the spec cannot be read any more', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    const { strategy: _, ...rest } = CANARY;
    await stage.rollOut({ ...rest, strategy: { canary: { steps: [{ percent: 10, pause: 'soon' }] } } });
    await stage.settle();
    expect(await stage.condition('Ready')).toMatch(/^False InvalidSpec: nothing moves until spec can be read: .*pause/);
    await stage.pass(10 * MINUTE, 5 * MINUTE);
    expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');
    await stage.say(`abort ${SECOND}`);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    expect([await stage.minScale(FIRST), await stage.minScale(SECOND)]).toEqual(['4', undefined]);
    await stage.rollOut(CANARY);
    await stage.pass(2 * MINUTE);
    expect([await stage.traced(), await stage.phase()]).toEqual([[], 'Failed 0 0%']);
  });

  it('that was Ready and is not known to be any more has failed at the deadline, also under another controller', async () => {
    await stage.open({ spec: { ...CANARY, progressDeadline: '2m' } });
    await stage.start();
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    await stage.pass(MINUTE);
    expect(await stage.phase()).toBe('Progressing 1 10%');
    await stage.forget('2', SECOND);
    expect(await stage.condition('Ready')).toMatch(
      /Knative does not say whether api-service-00002 is Ready \(Deploying\)/,
    );
    await stage.pass(MINUTE);
    await stage.stop();
    await stage.start();
    await stage.settle();
    expect(await stage.phase()).toBe('Progressing 1 10%');
    await stage.pass(MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    expect(await stage.condition('Ready')).toMatch(
      /^False NotReady: .*Knative has not said since .* whether it is Ready/,
    );
  });

  it('that never gets Ready has failed at the deadline, and was in no write', async () => {
    await stage.open({ spec: { ...CANARY, progressDeadline: '2m' } });
    await stage.start();
    await stage.settle();
    stage.behaviour.set('2', 'starts');
    await stage.deploy('2', { 'autoscaling.knative.dev/min-scale': '3' });
    await stage.settle();
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Starting 0 0%']);
    await stage.pass(2 * MINUTE);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    await stage.pass(MINUTE);
    expect(await stage.mayGoToZero(SECOND)).toBe(true);
  });

  it.each([
    ['nobody answers', undefined],
    ['there are too few requests', { errors: 0.5, requests: 3 }],
  ])('is waited for where %s, which neither counts nor resets', async (_, fares) => {
    await stage.deployed();
    await stage.pass(30_000);
    stage.fares.set(SECOND, fares);
    await stage.pass(30 * MINUTE, 10 * MINUTE);
    expect(await stage.phase()).toBe('Progressing 1 10%');
    expect(await stage.condition('Ready')).toMatch(/^Unknown WaitingForAnalysis: .*inconclusive|first interval/);
  });
});

describe('a newer Revision', () => {
  it('in the middle of a rollout begins from the first step; the one it overtook scales to nothing', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    await stage.deploy('3');
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100, 00003 0 candidate');
    await stage.pass(30_000);
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 90, 00003 10 candidate', 'Progressing 1 10%']);
    expect(await stage.minScale(SECOND)).toBeUndefined();
    await stage.pass(12 * MINUTE);
    expect(await stage.traffic()).toBe('00003 100');
    expect(await stage.kept()).toEqual([FIRST, THIRD]);
  });

  it('that overtook one that never was in spec.traffic lets that go to zero', async () => {
    await stage.open();
    await stage.start();
    await stage.settle();
    stage.behaviour.set('2', 'starts');
    await stage.deploy('2', { 'autoscaling.knative.dev/min-scale': '3' });
    await stage.settle();
    await stage.deploy('3');
    await stage.settle();
    expect(await stage.traffic()).toBe('00001 100, 00003 0 candidate');
    await stage.pass(2 * MINUTE);
    expect(await stage.mayGoToZero(SECOND)).toBe(true);
  });

  it('that is stable again, since Git went back, is pinned without steps', async () => {
    await stage.deployed();
    await stage.pass(MINUTE);
    await stage.deploy('1');
    await stage.settle();
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00003 100', 'Healthy 0 0%']);
    expect(await stage.minScale(THIRD)).toBe('4');
  });
});
