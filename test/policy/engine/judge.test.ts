import { describe, expect, it } from '@jest/globals';
import { actionFor } from '../../../src/policy/engine/action.ts';
import type { Edit } from '../../../src/policy/engine/edit.ts';
import type { PolicyException } from '../../../src/policy/engine/exceptions.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import { judge } from '../../../src/policy/engine/judge.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import type { Action } from '../../../src/policy/model/spec.ts';
import { aPolicy, aRule, aService, NOW, only, verdictOf } from '../builders.ts';

const tagged = (parts: Partial<Rule> = {}): Rule => aRule({ id: 'images/tag', ...parts });

function anException(parts: Partial<PolicyException> = {}): PolicyException {
  return {
    name: 'black-friday',
    namespace: 'shop',
    rules: ['images/tag'],
    kinds: [],
    names: [],
    reason: 'sale',
    owner: 'team-shop',
    until: new Date('2026-12-01T23:59:59Z'),
    ...parts,
  };
}

describe('the action of a finding', () => {
  it.each<[string, Action, Record<string, Action>, 'deny' | 'warn', Action]>([
    ['images/tag', 'deny', {}, 'deny', 'deny'],
    ['images/tag', 'deny', { 'images/tag': 'audit' }, 'deny', 'audit'],
    ['images/tag', 'deny', { 'images/*': 'warn' }, 'deny', 'warn'],
    ['images/tag', 'deny', { 'images/*': 'warn', 'images/tag': 'off' }, 'deny', 'off'],
    ['images/tag', 'warn', { 'images/tag': 'deny' }, 'warn', 'warn'],
    ['images/tag', 'audit', {}, 'warn', 'audit'],
    ['knative/traffic', 'deny', { 'knative/traffic': 'off', 'knative/*': 'off' }, 'warn', 'deny'],
  ])('%s, by itself %s, with %j under enforcement %s, is %s', (id, action, actions, enforcement, expected) => {
    expect(actionFor(tagged({ id, action }), aPolicy({ actions, enforcement }))).toBe(expected);
  });
});

describe('judge', () => {
  it.each<[what: string, edits: readonly Edit[]]>([
    ['has nothing to do', [{ remove: '/spec/nothing' }]],
    ['would lead through a text', [{ set: '/kind/name', value: 'a' }]],
    ['would lose what it moves', [{ remove: '/spec' }, { set: '/kind/spec', value: {} }]],
  ])('offers no fix that %s', (_, fix) => {
    const rule = tagged({ judge: () => [{ path: '/spec', message: 'is wrong', fix }] });
    const { findings } = verdictOf(only({ rules: [rule] }), aService());
    expect(findings).toEqual([expect.not.objectContaining({ fix: expect.anything() })]);
  });

  it('says where, why and how it would be right', () => {
    const rule = tagged({
      judge: () => [
        { path: '/metadata/labels', message: 'no team', fix: [{ set: '/metadata/labels/team', value: 'a' }] },
      ],
    });
    const { findings } = verdictOf(only({ rules: [rule] }), aService(), aPolicy({ name: 'staging' }));
    expect(findings).toEqual([
      {
        rule: 'images/tag',
        action: 'deny',
        environment: 'staging',
        resource: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' },
        path: '/metadata/labels',
        message: 'no team',
        fix: [{ op: 'add', path: '/metadata/labels', value: { team: 'a' } }],
      },
    ]);
  });

  it('lets an object pass that no rule knows, untouched', () => {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'cart' } };
    expect(verdictOf(only({ rules: [tagged()] }), object)).toMatchObject({ judged: false, findings: [] });
  });

  it('counts an object as judged although every rule for it is off', () => {
    const verdict = verdictOf(only({ rules: [tagged()] }), aService(), aPolicy({ actions: { 'images/*': 'off' } }));
    expect(verdict).toMatchObject({ judged: true, findings: [] });
  });

  it('tells of a rule that breaks, and judges by the others', () => {
    const broken = tagged({
      id: 'images/broken',
      judge: () => {
        throw new Error('no such thing');
      },
    });
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    const verdict = judge(aService(), context, only({ rules: [broken, tagged()] }));
    expect(verdict.failures).toEqual([
      "rule images/broken could not judge this object, which is a mistake of Weir's: no such thing",
    ]);
    expect(verdict.findings).toHaveLength(1);
  });
});

describe('exceptions', () => {
  it.each<[string, Partial<PolicyException>, number]>([
    ['its rule', {}, 1],
    ['its family', { rules: ['images/*'] }, 1],
    ['another rule', { rules: ['images/digest'] }, 0],
    ['its kind and name', { kinds: ['serving.knative.dev/Service'], names: ['ca*'] }, 1],
    ['another kind', { kinds: ['apps/Deployment'] }, 0],
    ['another name', { names: ['checkout'] }, 0],
    ['another namespace', { namespace: 'bank' }, 0],
    ['a day that has passed', { until: new Date('2026-11-20T23:59:59Z') }, 0],
    ['this very moment', { until: NOW }, 1],
  ])('one for %s excuses %#', (_, parts, excused) => {
    const exceptions = [anException(parts)];
    const verdict = verdictOf(only({ rules: [tagged()] }), aService(), aPolicy(), { exceptions });
    expect([verdict.excused.length, verdict.findings.length]).toEqual([excused, 1 - excused]);
  });

  it('never excuses what Knative itself refuses', () => {
    const exceptions = [anException({ rules: ['knative/*', 'knative/traffic', '*'] })];
    const rule = tagged({ id: 'knative/traffic' });
    expect(verdictOf(only({ rules: [rule] }), aService(), aPolicy(), { exceptions }).findings).toHaveLength(1);
  });
});
