import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type Home, nextChange, statusOf } from '../../../webhooks/exceptions/status.ts';
import { aPolicy } from '../../policy/builders.ts';

const NOW = new Date('2026-11-21T12:00:00.500Z');
const home = { environment: 'prod', policy: aPolicy() };
const tolerant = aPolicy({ actions: { 'exceptions/*': 'warn' } });

function anException(spec: JsonObject = {}, more: JsonObject = {}): JsonObject {
  const usual = { rules: ['autoscaling/max-scale'], reason: 'sale', owner: 'team-shop', until: '2026-12-01' };
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'sale', namespace: 'shop', generation: 3 },
    spec: { ...usual, ...spec },
    ...more,
  };
}

describe('the status of an exception', () => {
  it('says that it is in force, in the shape of the CRD', () => {
    expect(statusOf(anException(), home, NOW)).toEqual({
      observedGeneration: 3,
      conditions: [
        {
          type: 'InForce',
          status: 'True',
          reason: 'Excuses',
          message: 'it excuses autoscaling/max-scale until 2026-12-01',
          observedGeneration: 3,
          lastTransitionTime: '2026-11-21T12:00:00Z',
        },
      ],
    });
  });

  const lenient = { environment: 'prod', policy: tolerant };
  const nowhere = { environment: '', policy: undefined };
  const odd = { environment: 'perf', policy: undefined };
  it.each<[spec: JsonObject, at: Home, reason: string, message: string]>([
    [{ until: '2026-11-20' }, home, 'Expired', 'it has expired (until 2026-11-20), and its rules are judged again'],
    [{ until: 'soon' }, home, 'NoDate', 'spec.until is no date'],
    [{ until: 20261201 }, home, 'NoDate', 'spec.until is no date'],
    [{ rules: ['*'] }, home, 'TooWide', 'it names *, which is every family of rules, and prod takes none like that'],
    [{ owner: ' ' }, home, 'Incomplete', 'prod asks of an exception that it names rules, a reason and an owner'],
    [{ rules: [] }, lenient, 'Incomplete', 'names rules'],
    [{ rules: ['knative/schema'] }, lenient, 'TooWide', 'it names knative/schema, which Knative itself refuses'],
    [{}, nowhere, 'NoEnvironment', 'namespace shop has no label weir.dev/environment'],
    [{}, odd, 'NoPolicy', 'namespace shop is in the environment perf, which has no policy'],
  ])('is False for %j at %#', (spec, at, reason, message) => {
    expect(statusOf(anException(spec), at, NOW)).toMatchObject({
      conditions: [{ status: 'False', reason, message: expect.stringContaining(message) }],
    });
  });

  it('names of what is excused only what can be', () => {
    const wide = anException({ rules: ['knative/schema', 'images/*'] });
    expect(statusOf(wide, { environment: 'prod', policy: tolerant }, NOW)).toMatchObject({
      conditions: [{ status: 'True', message: 'it excuses images/* until 2026-12-01' }],
    });
  });

  it('holds through its last moment, and changes after it', () => {
    const last = new Date('2026-12-01T23:59:59.999Z');
    expect(nextChange(anException(), home, NOW)).toEqual(last);
    expect(statusOf(anException(), home, last)).toMatchObject({ conditions: [{ status: 'True' }] });
    const after = new Date(last.getTime() + 1);
    expect(statusOf(anException(), home, after)).toMatchObject({ conditions: [{ status: 'False' }] });
    expect(nextChange(anException(), home, after)).toBeUndefined();
  });

  it('ends with the longest life that the policy gives, whatever date is written', () => {
    const short = { environment: 'prod', policy: aPolicy({ exceptions: { longestDays: 7 } }) };
    const metadata = { name: 'sale', namespace: 'shop', creationTimestamp: '2026-11-20T08:00:00Z' };
    const long = anException({ until: '2099-12-31' }, { metadata });
    const last = new Date('2026-11-27T23:59:59.999Z');
    expect(nextChange(long, short, NOW)).toEqual(last);
    const excuses = 'it excuses autoscaling/max-scale until 2026-11-27, which is as long as prod lets one run';
    expect(statusOf(long, short, last)).toMatchObject({ conditions: [{ status: 'True', message: excuses }] });
    const message =
      'it excused until 2026-11-27, which is as long as prod lets one run, and its rules are judged again; write a new one';
    expect(statusOf(long, short, new Date(last.getTime() + 1))).toMatchObject({
      conditions: [{ status: 'False', reason: 'TooLong', message }],
    });
  });

  it('keeps the time of the last change while nothing changes, and the conditions of others', () => {
    const other = { type: 'Reviewed', status: 'True' };
    const first = statusOf(anException({}, { status: { conditions: [other] } }), home, NOW);
    const later = new Date('2026-11-25T12:00:00Z');
    expect(statusOf(anException({}, { status: first }), home, later)).toEqual(first);
    expect(statusOf(anException({ until: '2026-11-20' }, { status: first }), home, later)).toMatchObject({
      conditions: [other, { status: 'False', lastTransitionTime: '2026-11-25T12:00:00Z' }],
    });
  });

  it.each([[{ spec: 1 }], [{ spec: { rules: { a: 1 } }, status: [] }], [{ metadata: null }]])(
    'takes %j as it is',
    (odd) => {
      expect(statusOf(odd, home, NOW)).toMatchObject({ conditions: [{ status: 'False' }] });
    },
  );
});
