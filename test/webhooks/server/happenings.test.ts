import { describe, expect, it } from '@jest/globals';
import { brokenGlass, policiesAccepted, policiesRefused } from '../../../webhooks/server/happenings.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { metricOf, start, storeOf } from './harness.ts';

const installation = { namespace: 'weir-system', name: 'weir-webhook' };
const policies = storeOf([
  aPolicy({ images: { movingTags: ['latest'] }, admission: { breakGlass: { groups: ['firefighters'] } } }),
]);
const object = aService({ image: 'registry.example.com/shop/cart:latest' });
const userInfo = { username: 'ann@example.com', groups: ['firefighters'] };

describe('broken glass', () => {
  it('is let through, told at the object, counted and logged', async () => {
    const app = await start({ policies });
    const response = await app.review('/validate/prod', { object, userInfo });
    expect([response.allowed, response.status]).toEqual([true, undefined]);
    const [facts] = app.facts;
    expect(facts && brokenGlass(facts)).toEqual({
      regarding: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' },
      type: 'Warning',
      reason: 'BrokeGlass',
      action: 'Admitted',
      note: 'ann@example.com, a member of firefighters, passed prod, which denies Service shop/cart for images/tag',
    });
    expect(await metricOf(app, 'weir_break_glass_total', { environment: 'prod' })).toBe(1);
    expect(app.logged.find(({ msg }) => msg === 'review')).toMatchObject({
      level: 'warn',
      verdict: 'break-glass',
      breakGlass: { user: 'ann@example.com', group: 'firefighters', rules: ['images/tag'] },
    });
  });

  it('leaves nothing behind in a dry run: no Event, no count, no warning in the log', async () => {
    const app = await start({ policies });
    const { warnings } = await app.review('/validate/prod', { object, userInfo, dryRun: true });
    const [facts] = app.facts;
    expect(facts?.verdict).toBe('break-glass');
    expect(facts && brokenGlass(facts)).toBeUndefined();
    expect(await metricOf(app, 'weir_break_glass_total', { environment: 'prod' })).toBeUndefined();
    expect(app.logged.find(({ msg }) => msg === 'review')).toMatchObject({ level: 'debug', dryRun: true });
    expect(warnings?.[0]).toContain('as a member of firefighters, which would be recorded without --dry-run: prod');
  });

  it('is none where nothing was denied, or by somebody else', async () => {
    const app = await start({ policies });
    await app.review('/validate/prod', { object: aService(), userInfo });
    await app.review('/validate/prod', { object });
    expect(app.facts.map((facts) => brokenGlass(facts))).toEqual([undefined, undefined]);
  });
});

describe('reloads', () => {
  it('are told at the Deployment', () => {
    const regarding = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'weir-system', name: 'weir-webhook' };
    expect(policiesRefused(['policies/prod.yaml:4:8: unknown field "x"', 'b', 'c'], installation)).toMatchObject({
      regarding,
      type: 'Warning',
      note: 'the new policies cannot be used, and the last good ones judge on: policies/prod.yaml:4:8: unknown field "x" (and 2 more; the log has all)',
    });
    expect(policiesAccepted('abc', [], installation)).toMatchObject({
      regarding,
      type: 'Normal',
      note: 'the policies abc judge',
    });
    expect(policiesAccepted('abc', ['dev'], installation)).toMatchObject({
      type: 'Warning',
      note: 'the policies abc judge; nothing is let into dev any more, which has no policy now',
    });
  });
});
