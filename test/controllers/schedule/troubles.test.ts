import { describe, expect, it, jest } from '@jest/globals';
import { REFUSED_MS } from '../../../controllers/minScale/refusals.ts';
import { revisions } from '../../../src/knative/resources.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { arrayAt, stringAt } from '../../../src/kubernetes/json.ts';
import { HOUR, MIN, TIMEOUT, useShop } from './harness.ts';

jest.setTimeout(TIMEOUT);
const shop = useShop();

describe('what goes wrong', () => {
  it('a refusal is told, counted and tried again, and holds up nobody else', async () => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    await shop.addService('till');
    await shop.deploy({ name: 'till-00001', service: 'till' });
    let mayWrite = false;
    seen.onAsk = (what) => {
      if (what === 'patch revisions cart-00001' && !mayWrite) {
        throw new ApiError(403, 'Forbidden', 'admission webhook "no.example.com" denied the request: not today');
      }
    };
    await shop.schedule('hours', { selector: { matchLabels: { tier: 'web' } } });
    await shop.settle();
    await shop.pass(HOUR);
    expect([await shop.minScaleOf(), await shop.minScaleOf('till-00001')]).toEqual(['1', '10']);
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Refused',
      message: 'cart-00001: admission webhook "no.example.com" denied the request: not today',
    });
    expect(await shop.statusOf('hours')).toMatchObject({
      held: 1,
      revisions: expect.arrayContaining([
        expect.objectContaining({ name: 'cart-00001', authored: { [MIN]: '1' } }),
        expect.objectContaining({ name: 'till-00001', minScale: 10, authored: {} }),
      ]),
    });
    expect(await shop.running.registry.metrics()).toContain('weir_schedule_refusals_total 1');

    mayWrite = true;
    await shop.pass(300_000);
    expect(await shop.minScaleOf()).toBe('10');
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({ status: 'True', reason: 'Holds' });
    await shop.pass(8 * HOUR);
    expect([await shop.minScaleOf(), await shop.minScaleOf('till-00001')]).toEqual(['1', undefined]);
  });

  it('every other write fails in passing: the end is right, and nothing is lost', async () => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    let count = 0;
    const errors = [409, 429, 500, 503];
    seen.onAsk = (what) => {
      if (!what.startsWith('patch') || ++count % 2 === 0) return;
      throw new ApiError(errors[count % errors.length] ?? 500, '', 'try again');
    };
    await shop.schedule('hours', { default: { minScale: 2 } });
    await shop.settle({ patience: 20 });
    expect(await shop.minScaleOf()).toBe('2');
    shop.running.clock.advance(HOUR);
    await shop.settle({ patience: 20 });
    expect(await shop.minScaleOf()).toBe('10');
    await shop.unschedule('hours');
    await shop.settle({ patience: 20 });
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('somebody undoes each write: neither side wears out the API server, and what was there comes back', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    const undo = async (): Promise<boolean> => {
      const isHeld = (await shop.minScaleOf()) === '10';
      const body = { metadata: { annotations: { [MIN]: '3' } } };
      if (isHeld) await shop.patch(revisions, 'cart-00001', body);
      await shop.settle();
      return isHeld;
    };
    for (const wait of [HOUR, REFUSED_MS]) {
      await shop.pass(wait);
      let undone = 0;
      for (let time = 0; time < 8; time++) if (await undo()) undone++;
      expect(undone).toBe(5);
      expect(await shop.statusOf('hours')).toMatchObject({
        held: 0,
        revisions: [{ name: 'cart-00001', authored: { [MIN]: '1' } }],
      });
    }
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('somebody else writes on a Revision that is held: it is held again, and that is told', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    const body = { metadata: { annotations: { [MIN]: '50' } } };
    await shop.patch(revisions, 'cart-00001', body);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    expect(shop.running.news.at(-1)).toMatchObject({
      type: 'dev.weir.drift.repaired.v1',
      subject: `serving.knative.dev/v1/namespaces/${shop.namespace}/revisions/cart-00001`,
    });
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it.each(['get revisions cart-00001', 'patch revisions cart-00001'])(
    'a Revision changes just before %s: it is decided anew',
    async (last) => {
      const seen = await shop.eye();
      await shop.open({ client: seen.client });
      await shop.schedule('hours');
      await shop.settle();
      seen.onAsk = async (what) => {
        if (what === last) {
          await shop.setRoutingState('cart-00001', 'reserve');
        }
      };
      await shop.pass(HOUR);
      const { metadata } = await shop.revision();
      const managers = arrayAt(metadata, 'managedFields').map((each) => stringAt(each, 'manager'));
      expect(managers).toContain('weir');
      expect(managers).not.toContain('weir-schedule');
      expect(shop.running.told.filter((line) => line.startsWith('warn'))).toEqual([]);
    },
  );

  it('its Service is not there: it says so, and holds it when it comes', async () => {
    await shop.open();
    const scaleTargetRef = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'till' };
    await shop.schedule('hours', { scaleTargetRef });
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'NoTarget',
      message: expect.stringContaining('Service till is not there'),
    });
    await shop.addService('till');
    await shop.deploy({ name: 'till-00001', service: 'till' });
    await shop.settle();
    expect(await shop.minScaleOf('till-00001')).toBe('10');
  });
});
