/** Finds the rules that a word of the command line means, and lists them. */
import { familyOf, type Rule } from '../../policy/engine/rule.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { Colors } from '../io.ts';

export type Meant = { readonly rule: Rule } | { readonly listed: readonly Rule[] } | undefined;

/** `autoscaling/max-scale` and `max-scale` mean a rule, `autoscaling` and `autoscaling/*` a family. */
export function meantBy(subject: string, rules: readonly Rule[]): Meant {
  const rule = rules.find(({ id }) => id === subject);
  if (rule !== undefined) return { rule };

  const family = subject.replace(/\/\*?$/, '');
  const listed = rules.filter(({ id }) => familyOf(id) === family);
  if (listed.length > 0) return { listed };

  const [one, ...others] = rules.filter(({ id }) => id.slice(id.indexOf('/') + 1) === subject);
  if (one === undefined) return undefined;
  return others.length === 0 ? { rule: one } : { listed: [one, ...others] };
}

/** A guess at what an unknown word was meant to be: with its family or without it. */
export function nearestRule(subject: string, rules: readonly Rule[]): string {
  const ids = rules.map(({ id }) => id);
  const families = ids.map(familyOf);
  const whole = didYouMean(subject, [...new Set([...ids, ...families])]);
  if (whole !== '') return whole;
  return didYouMean(
    subject,
    ids.map((id) => id.slice(id.indexOf('/') + 1)),
  );
}

/** Rules by family, each with its title. */
export function rulesList(rules: readonly Rule[], { bold, dim }: Colors): string {
  const families = new Map<string, Rule[]>();
  for (const rule of rules) {
    const family = families.get(familyOf(rule.id));
    if (family === undefined) families.set(familyOf(rule.id), [rule]);
    else family.push(rule);
  }
  const width = Math.max(0, ...rules.map(({ id }) => id.length));
  const blocks = [...families].map(([family, members]) => {
    const lines = members.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}\n`);
    return `${bold(family)}\n${lines.join('')}`;
  });
  return `${blocks.join('\n')}\n${dim('More of one: weir explain RULE')}\n`;
}
