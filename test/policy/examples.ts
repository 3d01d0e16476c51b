/** Runs the examples of rules as their docs show them: each against the shipped policy of its environment. */
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';
import type { Rule } from '../../src/policy/engine/rule.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { verdictOf } from './builders.ts';

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../policies'), 'policies');

/** The findings of one example, by the whole catalogue: the last document of the rule's kinds is judged beside the others. */
export function findingsOfExample(rule: Rule, text: string): readonly Finding[] {
  const policy = policies.get(rule.examples.environment ?? 'prod');
  if (policy === undefined) throw new Error(`${rule.id}: no policy ${rule.examples.environment}`);
  const { documents, errors } = readManifests(text, `${rule.id}.yaml`);
  if (errors.length > 0) throw new Error(`${rule.id}: ${JSON.stringify(errors)}`);

  const objects = documents.map((document) => document.object);
  const judged = objects.findLast(
    (object) => rule.judgesOtherKinds === true || rule.kinds.some((kind) => kind.key === keyOf(object)),
  );
  if (judged === undefined) throw new Error(`${rule.id}: no document of its kinds`);
  return verdictOf(catalogue, judged, policy, { beside: objects.filter((object) => object !== judged) }).findings;
}

/** One test for each rule: the bad example breaks it and nothing else that denies, the good one breaks nothing that denies. */
export function testExamples(rules: readonly Rule[]): void {
  it.each(rules.map((rule) => [rule.id, rule] as const))('%s holds its examples', (id, rule) => {
    const bad = findingsOfExample(rule, rule.examples.bad);
    expect(bad.filter((finding) => finding.rule === id)).not.toEqual([]);
    expect(denied(bad).filter((finding) => finding.rule !== id)).toEqual([]);

    const good = findingsOfExample(rule, rule.examples.good);
    expect(good.filter((finding) => finding.rule === id)).toEqual([]);
    expect(denied(good)).toEqual([]);
  });
}

function denied(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => finding.action === 'deny');
}
