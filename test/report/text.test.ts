import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { ReportContext } from '../../src/report/reporter.ts';
import type { CheckResult, ReportedFinding } from '../../src/report/result.ts';
import { text as pieces } from '../../src/report/text.ts';
import { aContext, aFinding, EMPTY, FULL } from './builders.ts';

const text = (result: CheckResult, context: ReportContext) => [...pieces(result, context)].join('');

describe('-o text', () => {
  it('reads like this', () => {
    expect(text(FULL, aContext())).toBe(`apps/cart.yaml  Service shop/cart for prod
  apps/cart.yaml:10:16  - line: 10
    deny   images/tag
           image cart:latest of app has the tag latest; name the version that
           was built
    warn   images/digest
           image cart:latest of app has no digest
  apps/cart.yaml:9:9  - line: 9
    deny   resources/limits  fixable
           app has no memory limit; set one of at most 2Gi

apps/old.yaml  Service shop/old for prod
  apps/old.yaml:10:16
    warn   images/tag  stood at origin/main already
           image cart:latest of app has the tag latest; name the version that
           was built

-  Service shop/cart for prod
  -:1:1
    audit  team/label
           no team

Excused
  apps/cart.yaml:6:16  autoscaling/max-scale  Service shop/cart for prod
    until 2026-12-01 by black-friday (team-shop): the busiest day

Could not judge
  apps/x y#.yaml
    the file is binary
  no policy for the environment "prd"

2 denied, 2 warnings, 1 audit note, 1 excused, 2 errors
3 of 5 resources judged, 1 of other kinds passed, 1 without an environment
1 finding can be fixed by: weir render --fix -w apps --env prod
`);
  });

  it('has nothing to say of nothing, and says clean where all is well', () => {
    const context = aContext({ hints: () => [] });
    expect(text(EMPTY, context)).toBe('nothing found · 0 of 0 resources judged\n');
    const clean = { ...EMPTY, summary: { ...EMPTY.summary, resources: 1, judged: 1 } };
    expect(text(clean, context)).toBe('clean · 1 of 1 resource judged\n');
  });

  it.each([80, 120])('keeps within %i columns, but for words that must stay whole', (width) => {
    for (const line of text(FULL, aContext({ width })).split('\n').slice(0, 20)) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
    const path = `/${'x'.repeat(200)}`;
    const long = text({ ...EMPTY, findings: [aFinding({ message: `at ${path} there` })] }, aContext({ width }));
    expect(long).toContain(`\n           ${path}\n`);
  });

  it('lets a manifest neither move the cursor nor turn the text around', () => {
    const evil = 'a\u001b[2Jb\u202ec\r\nd\u0007';
    const shown = text(
      {
        ...EMPTY,
        findings: [aFinding({ message: evil, file: evil, resource: { ...aFinding().resource, name: evil } })],
        errors: [{ message: evil, file: evil }],
      },
      aContext({ sourceLine: () => evil }),
    );
    expect([...shown].filter((char) => char < ' ' || (char > '~' && char < '\u00a0')).join('')).toMatch(/^\n*$/);
    expect(shown).not.toContain('\u202e');
    expect(shown).toContain('a\\u001b[2Jb\\u202ec');
  });

  it('tells once what a base has for several environments', () => {
    const at = (environment: string, parts: Partial<ReportedFinding> = {}) =>
      aFinding({ environment, message: `too large for ${environment} by far`, ...parts });
    const other = { ...aFinding().resource, namespace: 'shop-prod' };
    const findings = [
      at('dev'),
      at('dev', { rule: 'a/b', message: 'dev allows 3' }),
      at('prod'),
      at('prod', { rule: 'a/b', message: 'prod allows 20' }),
      at('dev', { line: 11 }),
      at('prod', { line: 11, resource: other }),
      at('prod', { line: 12, action: 'warn' }),
      at('dev', { line: 12 }),
      at('dev', { line: 12 }),
    ];
    const shown = text({ ...EMPTY, findings }, aContext({ hints: () => [], sourceLine: () => undefined }));
    expect(shown.split('\n').filter((line) => /Service|^ {11}/.test(line))).toEqual([
      'apps/cart.yaml  Service shop/cart for dev, prod',
      '           too large for dev, prod by far',
      'apps/cart.yaml  Service shop/cart for dev',
      '           dev allows 3',
      'apps/cart.yaml  Service shop/cart for prod',
      '           prod allows 20',
      'apps/cart.yaml  Service shop/cart for dev, Service shop-prod/cart for prod',
      '           too large for dev, prod by far',
      'apps/cart.yaml  Service shop/cart for prod',
      '           too large for prod by far',
      'apps/cart.yaml  Service shop/cart for dev',
      '           too large for dev by far',
      '           too large for dev by far',
    ]);
  });

  it('loses nothing between its pieces', () => {
    const findings = Array.from({ length: 3000 }, (_, line) => aFinding({ line }));
    const all = [...pieces({ ...EMPTY, findings }, aContext())];
    expect(all.length).toBeGreaterThan(2);
    expect(all.join('').match(/images\/tag/g)).toHaveLength(3000);
  });

  it('colours by action', () => {
    const colored = text(FULL, aContext({ colors: picocolors.createColors(true) }));
    expect(colored).toContain('\u001b[31mdeny \u001b[39m');
    expect(colored).toContain('\u001b[33mwarn \u001b[39m');
  });
});
