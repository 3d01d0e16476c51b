import { describe, expect, it } from '@jest/globals';
import type { Audit } from '../../../src/audit/judge.ts';
import { compareAudits } from '../../../src/cli/audit/compare.ts';

function anAudit(...messages: readonly string[]): Audit {
  const resource = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' };
  const findings = messages.map((message) => {
    return {
      rule: 'namespace/guard-rails',
      action: 'warn',
      environment: 'prod',
      resource,
      path: '/x',
      message,
    } as const;
  });
  const nothing = { judged: [], untouched: 0, excused: [], defaults: [], failures: [], until: undefined };
  return { namespace: 'shop', environment: 'prod', findings, ...nothing };
}

describe('what a changed policy finds beyond the one before', () => {
  it.each<[what: string, before: string[], after: string[], told: string[], gone: number]>([
    ['one finding in other words is the same', ['at most 20'], ['at most 10'], [], 0],
    ['one of several at a place', ['no quota'], ['no quota', 'no limits'], ['no limits'], 0],
    ['one that is gone of several', ['no quota', 'no limits'], ['no limits'], [], 1],
    ['the first at a place', [], ['no quota'], ['no quota'], 0],
  ])('%s', (_, before, after, told, gone) => {
    const compared = compareAudits([anAudit(...before)], [anAudit(...after)]);
    expect(compared.audits.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual(told);
    expect(compared.gone).toBe(gone);
  });
});
