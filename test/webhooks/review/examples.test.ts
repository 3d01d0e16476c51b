/** The examples of what admission alone judges: each as its page in the docs shows it, by the shipped policies. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { keyOf, namespace } from '../../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { admissionRules } from '../../../src/policy/rules/admission.ts';
import { everyRule } from '../../../src/policy/rules/every.ts';
import type { Facts } from '../../../webhooks/review/review.ts';
import { type Asked, reviewed } from './builders.ts';

const { policies } = await loadPolicies('policies');

/** `# applied by jane of team-shop` */
const BY = /^# (?:applied|deleted) by (\S+) of (\S+)$/m;

function factsOfExample({ id, judgedAt, examples }: Rule, text: string): Facts {
  const policy = policies.get(examples.environment ?? 'prod');
  if (policy === undefined) throw new Error(`${id}: no policy ${examples.environment}`);
  const { documents, errors } = readManifests(text, `${id}.yaml`);
  if (errors.length > 0) throw new Error(`${id}: ${JSON.stringify(errors)}`);
  const objects = documents.map(({ object }) => object);

  const [, name = 'jane', group = 'team-shop'] = BY.exec(text) ?? [];
  const judged = judgedAt === 'deletion' ? objects[0] : objects.at(-1);
  if (judged === undefined) throw new Error(`${id}: nothing to judge`);
  const beside = objects.filter((object) => object !== judged);
  const old = beside.find((object) => isSame(object, judged));
  const asked: Asked = {
    user: { name, groups: [group, 'system:authenticated'] },
    namespace: referenceTo(judged).namespace,
    ...(judgedAt === 'deletion' ? { oldObject: judged } : { object: judged, ...(old && { oldObject: old }) }),
  };
  const door = keyOf(judged) === namespace.key ? 'validate-namespace' : 'validate';
  return reviewed(door, asked, policy, { beside: objects }).facts;
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  return keyOf(left) === keyOf(right) && referenceTo(left).name === referenceTo(right).name;
}

const denied = ({ findings }: Facts) => findings.filter(({ action }) => action === 'deny').map(({ rule }) => rule);

describe.each(admissionRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('is broken by its bad example, and by nothing else that denies', () => {
    const facts = factsOfExample(rule, rule.examples.bad);
    expect(facts.findings.map((finding) => finding.rule)).toContain(id);
    expect(denied(facts).filter((other) => other !== id)).toEqual([]);
    expect(facts.verdict).toBe('denied');
  });

  it('is kept by its good example, which nothing denies', () => {
    const facts = factsOfExample(rule, rule.examples.good);
    expect(facts.findings.filter((finding) => finding.rule === id)).toEqual([]);
    expect(denied(facts)).toEqual([]);
  });

  it('is one of the rules that have a name, and says what, why and how', () => {
    expect(everyRule).toContain(rule);
    expect(rule.title).toMatch(/^[^A-Z].*[^.]$/);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.howToFix).toMatch(/\.$/);
    expect(rule.kinds).not.toEqual([]);
    expect(rule.judgedAt).toBeDefined();
  });
});

describe('defaults/not-applied', () => {
  it('names every kind that something is filled into', () => {
    const filled = new Set(catalogue.defaulters.flatMap(({ kinds }) => kinds.map(({ key }) => key)));
    const named = admissionRules.find(({ id }) => id === 'defaults/not-applied')?.kinds.map(({ key }) => key) ?? [];
    expect([...named].sort()).toEqual([...filled].sort());
  });
});
