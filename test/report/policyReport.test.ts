import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { ObjectReference } from '../../src/kubernetes/object.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';
import { LIMITS, OPEN_REPORTS, policyReport, type Reportable, WG_POLICY } from '../../src/report/policyReport.ts';

function aReference(name: string): ObjectReference {
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name };
}

function aFinding(name: string, action: Finding['action'], rule = 'images/registry', message = 'no'): Finding {
  return { rule, action, environment: 'prod', resource: aReference(name), path: '/spec', message };
}

function anAudit(overrides: Partial<Reportable> = {}): Reportable {
  return {
    namespace: 'shop',
    environment: 'prod',
    judged: [],
    findings: [],
    excused: [],
    failures: [],
    ...overrides,
  };
}

function results(report: JsonObject): readonly JsonObject[] {
  return arrayAt(report, 'results').filter(isObject);
}

describe('a policy report', () => {
  it('is a PolicyReport, a Report, and one of the cluster for what is in no namespace', () => {
    expect(policyReport(anAudit(), WG_POLICY)).toMatchObject({ kind: 'PolicyReport', metadata: { namespace: 'shop' } });
    expect(policyReport(anAudit(), OPEN_REPORTS)).toMatchObject({
      apiVersion: 'openreports.io/v1alpha1',
      kind: 'Report',
    });
    const cluster = policyReport(anAudit({ namespace: '' }), WG_POLICY);
    expect(cluster.kind).toBe('ClusterPolicyReport');
    expect(objectAt(cluster, 'metadata')).not.toHaveProperty('namespace');
  });

  it('counts objects that pass and findings that do not', () => {
    const audit = anAudit({
      judged: [aReference('cart'), aReference('order'), aReference('pay')],
      findings: [aFinding('cart', 'deny'), aFinding('cart', 'warn', 'images/tag'), aFinding('order', 'audit')],
      failures: ['Service shop/pay: a rule broke'],
    });
    expect(policyReport(audit, WG_POLICY).summary).toEqual({ pass: 1, fail: 1, warn: 2, skip: 0, error: 1 });
  });

  it('tells what could not be judged, then denials, warnings, notes and excuses', () => {
    const until = new Date('2027-01-01T00:00:00Z');
    const exception = { name: 'x', namespace: 'shop', rules: [], kinds: [], names: [], reason: '', owner: '', until };
    const report = policyReport(
      anAudit({
        findings: [aFinding('a', 'audit'), aFinding('b', 'warn'), aFinding('c', 'deny')],
        excused: [{ finding: aFinding('d', 'deny'), exception }],
        failures: ['broke'],
      }),
      WG_POLICY,
    );
    expect(results(report).map((result) => [result.result, result.severity])).toEqual([
      ['error', undefined],
      ['fail', 'high'],
      ['warn', 'medium'],
      ['warn', 'info'],
      ['skip', 'high'],
    ]);
    expect(objectAt(results(report)[4], 'properties')).toMatchObject({ exception: 'x' });
  });

  it('cuts long messages and paths, never amid a character', () => {
    for (const text of ['a'.repeat(5_000), `${'a'.repeat(1_022)}${'😀'.repeat(9)}`, '😀'.repeat(5_000)]) {
      const findings = [{ ...aFinding('cart', 'deny', 'images/registry', text), path: text }];
      const [finding, failure] = results(policyReport(anAudit({ findings, failures: [text] }), WG_POLICY)).toReversed();
      for (const cut of [
        stringAt(finding, 'message'),
        stringAt(finding, 'properties', 'path'),
        stringAt(failure, 'message'),
      ]) {
        expect(cut?.length).toBeLessThanOrEqual(1_024);
        expect(cut?.endsWith('…')).toBe(true);
        expect(cut?.isWellFormed()).toBe(true);
      }
    }
  });

  it('is the same to the letter in whatever order objects come', () => {
    const findings = ['c', 'a', 'b'].flatMap((name) => [aFinding(name, 'warn'), aFinding(name, 'deny', 'images/tag')]);
    fc.assert(
      fc.property(fc.shuffledSubarray(findings, { minLength: findings.length }), (shuffled) => {
        const one = JSON.stringify(policyReport(anAudit({ findings }), WG_POLICY));
        expect(JSON.stringify(policyReport(anAudit({ findings: shuffled }), WG_POLICY))).toBe(one);
      }),
    );
  });

  it.each([
    ['many findings', 5_000, 'short'],
    ['long ones', 900, 'long '.repeat(400)],
    ['many that are not Latin', 3_000, '錨'.repeat(900)],
    ['many that Go escapes', 3_000, '<&>\u2028'.repeat(250)],
  ])('holds %s within its limits, and counts by rule what has no room', (_, number, message) => {
    const rules = ['images/registry', 'images/tag', 'serving/probes'];
    const findings = Array.from({ length: number }, (_each, index) =>
      aFinding(`s-${index}`, index % 5 === 0 ? 'warn' : 'deny', rules[index % rules.length], message),
    );
    const report = policyReport(anAudit({ findings }), WG_POLICY);
    expect(results(report).length).toBeLessThanOrEqual(LIMITS.results);
    const stored = JSON.stringify(report).replace(/[<>&\u2028\u2029]/g, '\\u0000');
    expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(LIMITS.bytes);

    const shown = results(report).filter((result) => arrayAt(result, 'resources').length > 0);
    const rest = results(report).filter((result) => arrayAt(result, 'resources').length === 0);
    expect(shown.length).toBeGreaterThan(50);
    const counted = rest.reduce((sum, result) => sum + Number(stringAt(result, 'properties', 'count')), 0);
    expect(shown.length + counted).toBe(number);
    expect(numberAt(report, 'summary', 'fail')).toBe(findings.filter(({ action }) => action === 'deny').length);
    expect(shown.slice(0, 50).every(({ result }) => result === 'fail')).toBe(true);
  });

  it('counts the last of a thousand rules together', () => {
    const findings = Array.from({ length: 6_000 }, (_, index) =>
      aFinding(`s-${index}`, 'deny', `custom/rule-${String(index % 1_500).padStart(4, '0')}`),
    );
    const report = policyReport(anAudit({ findings }), WG_POLICY);
    expect(results(report)).toHaveLength(LIMITS.results);
    const rest = results(report).filter((result) => arrayAt(result, 'resources').length === 0);
    expect(rest).toHaveLength(201);
    expect(rest.at(-1)).toMatchObject({
      message: expect.stringMatching(/^[\d,]+ more findings of 1,?300 further rules without room in this report/),
    });
    const counted = rest.reduce((sum, result) => sum + Number(stringAt(result, 'properties', 'count')), 0);
    expect(results(report).length - rest.length + counted).toBe(findings.length);
  });
});
