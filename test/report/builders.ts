/** What tests of the outputs are built from: a result with one of everything, and a context. */
import picocolors from 'picocolors';
import type { Rule } from '../../src/policy/engine/rule.ts';
import type { ReportContext } from '../../src/report/reporter.ts';
import type { CheckResult, ReportedFinding } from '../../src/report/result.ts';

const cart = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' };

export function aFinding(parts: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    rule: 'images/tag',
    action: 'deny',
    environment: 'prod',
    resource: cart,
    path: '/spec/template/spec/containers/0/image',
    message: 'image cart:latest of app has the tag latest; name the version that was built',
    file: 'apps/cart.yaml',
    line: 10,
    column: 16,
    ...parts,
  };
}

export const EMPTY: CheckResult = {
  kind: 'CheckResult',
  summary: { resources: 0, judged: 0, deny: 0, warn: 0, audit: 0, untouched: 0, unassigned: 0 },
  findings: [],
  defaults: [],
  errors: [],
  excused: [],
};

/** A finding of each action, one that is fixable, one of the ratchet, an error, an excuse and a default. */
export const FULL: CheckResult = {
  kind: 'CheckResult',
  summary: { resources: 5, judged: 3, deny: 2, warn: 2, audit: 1, untouched: 1, unassigned: 1 },
  findings: [
    aFinding(),
    aFinding({ rule: 'images/digest', action: 'warn', message: 'image cart:latest of app has no digest' }),
    aFinding({
      rule: 'resources/limits',
      action: 'deny',
      message: 'app has no memory limit; set one of at most 2Gi',
      line: 9,
      column: 9,
      fix: [{ op: 'add', path: '/spec/template/spec/containers/0/resources', value: { limits: { memory: '2Gi' } } }],
    }),
    aFinding({ action: 'warn', since: 'origin/main', resource: { ...cart, name: 'old' }, file: 'apps/old.yaml' }),
    aFinding({ rule: 'team/label', action: 'audit', path: '', message: 'no team', file: '-', line: 1, column: 1 }),
  ],
  defaults: [
    {
      environment: 'prod',
      resource: cart,
      values: [
        {
          path: '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale',
          value: '2',
          source: 'policies/prod.yaml:14',
        },
      ],
      file: 'apps/cart.yaml',
    },
  ],
  errors: [
    { message: 'the file is binary', file: 'apps/x y#.yaml' },
    { message: 'no policy for the environment "prd"' },
  ],
  excused: [
    {
      ...aFinding({ rule: 'autoscaling/max-scale', message: 'max-scale is 500, and prod allows at most 50', line: 6 }),
      exception: {
        name: 'black-friday',
        namespace: 'shop',
        reason: 'the busiest day',
        owner: 'team-shop',
        until: '2026-12-01T23:59:59.999Z',
      },
    },
  ],
};

const tag: Rule = {
  id: 'images/tag',
  title: 'images name a tag',
  why: 'latest is whatever was pushed last.',
  howToFix: 'Name the version.',
  kinds: [],
  action: 'deny',
  examples: { bad: '', good: '' },
  judge: () => [],
};

export function aContext(parts: Partial<ReportContext> = {}): ReportContext {
  return {
    colors: picocolors.createColors(false),
    width: 80,
    cwd: '/repo',
    root: '/repo',
    version: '1.2.3',
    hints: () => ['1 finding can be fixed by: weir render --fix -w apps --env prod'],
    judged: [
      { environment: 'prod', resource: cart, file: 'apps/cart.yaml' },
      { environment: 'prod', resource: { ...cart, name: 'good' }, file: 'apps/good.yaml' },
    ],
    rule: (id) => (id === 'images/tag' ? tag : undefined),
    textFix: () => undefined,
    sourceLine: (file, line) => (file === 'apps/cart.yaml' ? `      - line: ${line}` : undefined),
    ...parts,
  };
}
