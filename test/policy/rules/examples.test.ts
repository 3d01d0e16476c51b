import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../src/policy/rules/index.ts';

describe('the catalogue', () => {
  it('has no rule id twice', () => {
    const ids = rules.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))('%s says what, why and how', (_, rule) => {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(rule.title).toMatch(/^[^A-Z].*[^.]$/);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.howToFix).toMatch(/\.$/);
    expect(rule.kinds).not.toEqual([]);
  });
});
