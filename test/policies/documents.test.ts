/** The examples of the policy guides are true: they load, run and pass as they stand there. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type JsonValue, valueAt } from '../../src/kubernetes/json.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import * as limits from '../../src/policy/custom/limits.ts';
import { VARIABLES } from '../../src/policy/custom/variables.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { describeError, resolvePolicies } from '../../src/policy/load/resolve.ts';
import { MAX_CUSTOM_RULES } from '../../src/policy/model/schema.ts';
import { policyTestSchema } from '../../src/policy/test/policyTest.ts';
import { readPolicyTests } from '../../src/policy/test/read.ts';
import { runPolicyTest } from '../../src/policy/test/run.ts';

function blocksOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
}

describe('docs/policy-tests.md', () => {
  it('shows a test that passes on the shipped policies', async () => {
    const policies = await loadPolicies('policies');
    const { tests, errors } = readPolicyTests(
      blocksOf('docs/policy-tests.md').map((text) => ({ file: 'docs/policy-tests.md', text })),
      () => 'there is none',
    );
    expect(errors).toEqual([]);
    expect(tests).toHaveLength(1);
    const results = tests.map((test) => runPolicyTest(test, { policies, catalogue, now: new Date(0) }).differences);
    expect(results).toEqual([[]]);
  });

  it('names every field of a test', () => {
    const schema = JSON.parse(JSON.stringify(policyTestSchema)) as JsonValue;
    const fields = Object.keys(valueAt(schema, 'properties', 'spec', 'properties') ?? {});
    const text = readFileSync('docs/policy-tests.md', 'utf8');
    for (const field of fields) expect(text).toContain(`| \`${field}\` |`);
  });
});

describe('docs/custom-rules.md', () => {
  const text = readFileSync('docs/custom-rules.md', 'utf8');

  it('shows rules that load', () => {
    const base =
      'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: base}\nspec: {abstract: true}\n';
    const files = [base, ...blocksOf('docs/custom-rules.md')].map((block, index) => ({
      file: `${index}.yaml`,
      text: block,
    }));
    const { policies, errors } = resolvePolicies(files, { ruleIds: [] });
    expect(errors.map(describeError)).toEqual([]);
    expect(policies.get('prod')?.custom.map(({ id }) => id)).toEqual([
      'custom/team-label',
      'custom/one-secret-a-variable',
    ]);
  });

  it('says each variable and each limit as it is', () => {
    for (const [name, meaning] of Object.entries(VARIABLES)) expect(text).toContain(`| \`${name}\` | ${meaning} |`);
    const numbers = [
      limits.MAX_EXPRESSION_LENGTH,
      limits.MAX_BRACKETS,
      limits.MAX_NESTING,
      limits.MAX_LOOPS,
      limits.MAX_LOOP_NESTING,
      limits.MAX_PATTERN_LENGTH,
      limits.MAX_COST,
      MAX_CUSTOM_RULES,
    ];
    const section = text.slice(text.indexOf('## Limits'));
    for (const number of numbers) expect(section).toContain(` ${number.toLocaleString('en')} `);
  });
});
