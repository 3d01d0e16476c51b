/** Every rule there is: what its page in the docs shows is what `weir check` says of the same text. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { everyRule } from '../../../src/policy/rules/every.ts';
import { rules } from '../../../src/policy/rules/index.ts';
import { inputRules } from '../../../src/policy/rules/yaml/index.ts';
import { rulesMarkdown } from '../../../src/report/rulesMarkdown.ts';
import { check, folderWith } from '../../cli/harness.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** What admission alone judges has its examples run in test/webhooks/review/examples.test.ts. */
const every = [...rules, ...inputRules];

/** What the shipped policy of the example's environment says of it. */
async function checkExample({ id, examples }: Rule, text: string) {
  const cwd = folderWith({ 'example.yaml': text });
  const policies = path.join(ROOT, 'policies');
  const args = ['example.yaml', '--env', examples.environment ?? 'prod', '--policies', policies, '--allow-empty'];
  const { result } = await check(args, { cwd });
  expect(result.errors).toEqual([]);
  return {
    own: result.findings.filter(({ rule }) => rule === id),
    denied: result.findings
      .filter(({ rule, action }) => action === 'deny' && rule !== id)
      .map(({ message }) => message),
  };
}

describe('the catalogue', () => {
  it('has no rule id twice', () => {
    const ids = everyRule.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  describe.each(every.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    it('says what, why and how', () => {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(rule.title).toMatch(/^[^A-Z].*[^.]$/);
      expect(rule.why).toMatch(/\.$/);
      expect(rule.howToFix).toMatch(/\.$/);
      if (!inputRules.includes(rule) && rule.judgesOtherKinds !== true) expect(rule.kinds).not.toEqual([]);
    });

    it('is broken by its bad example, at a line of it, and by nothing else that denies', async () => {
      const { own, denied } = await checkExample(rule, rule.examples.bad);
      expect(own).not.toEqual([]);
      for (const { file, line = 0 } of own) {
        expect(file).toBe('example.yaml');
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(rule.examples.bad.split('\n').length);
      }
      expect(denied).toEqual([]);
    });

    it('is kept by its good example, which nothing denies', async () => {
      expect(await checkExample(rule, rule.examples.good)).toEqual({ own: [], denied: [] });
    });
  });
});

describe('docs/rules.md', () => {
  it('is current; npm run generate writes it anew', () => {
    expect(readFileSync(path.join(ROOT, 'docs/rules.md'), 'utf8')).toBe(rulesMarkdown(everyRule));
  });
});
