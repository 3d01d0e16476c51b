import { describe, expect, it } from '@jest/globals';
import type { ObjectReference } from '../../src/kubernetes/object.ts';
import { json } from '../../src/report/json.ts';
import type { CheckResult, ReportedDefaults, ReportedExcuse, ReportedFinding } from '../../src/report/result.ts';

const resource = (name: string): ObjectReference => {
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name };
};
const shared = resource('cart "quoted" \u2028');

/** With every field that one can have. */
const whole: Required<ReportedFinding> = {
  rule: 'custom/a-"name"',
  action: 'deny',
  environment: 'prod\n',
  resource: shared,
  path: '/spec/a~1b\\c',
  message: 'what is wrong: "ü" \u0000 \ud800',
  file: 'a "file".yaml',
  line: 12,
  column: 5,
  fix: [{ op: 'add', path: '/spec/x', value: { a: [1, null, 'x'] } }],
  since: 'main',
};
const { file, line, column, fix, since, ...bare } = whole;
const exception = {
  name: 'one',
  namespace: 'shop',
  reason: 'a "reason"',
  owner: 'team',
  until: '2026-12-01T23:59:59.999Z',
};
const value = {
  path: '/spec/x',
  value: 'a "text"',
  source: 'policies/prod.yaml:14 overrides policies/base.yaml:9',
};

const findings: readonly ReportedFinding[] = [
  whole,
  bare,
  { ...bare, resource: resource('other') },
  { ...bare, file },
  { ...bare, file, line, column },
  { ...bare, fix },
  { ...bare, since },
  { ...whole, path: `/${'long'.repeat(100)}` },
];
const several = [value, { ...value, value: 0 }, { ...value, value: false }, { ...value, value: null }];
const defaults: readonly ReportedDefaults[] = [
  { environment: 'prod', resource: shared, values: several, file: 'a "file".yaml' },
  { environment: 'prod', resource: shared, values: [value] },
  {
    environment: 'dev\n',
    resource: resource('other'),
    values: [...several, { ...value, value: [{ name: 'regcred' }] }, { ...value, path: `/${'long'.repeat(200)}` }],
    file: 'other.yaml',
  },
];
/** Each by itself, as the output tells them. */
const told = defaults.flatMap(({ environment, resource: of, values, file: from }) =>
  values.map((each) => ({ environment, resource: of, ...each, ...(from === undefined ? {} : { file: from }) })),
);
const excused: readonly ReportedExcuse[] = findings.map((finding) => ({ ...finding, exception }));
const errors = [{ message: 'a "message"' }, { message: 'm', file, line, column }];
const result: CheckResult = {
  kind: 'CheckResult',
  summary: { resources: 3, judged: 2, deny: 1, warn: 0, audit: 0, untouched: 1, unassigned: 0 },
  findings,
  defaults,
  errors,
  excused,
};

describe('-o json', () => {
  it('says what JSON.stringify says of each finding, default, error and excuse, each on a line', () => {
    const lines = [...json(result)].join('').split('\n');
    for (const item of [...findings, ...told, ...errors, ...excused]) {
      expect(lines.map((text) => text.replace(/,$/, ''))).toContain(JSON.stringify(item));
    }
  });

  it('is the result as a whole', () => {
    expect(JSON.parse([...json(result)].join(''))).toEqual(JSON.parse(JSON.stringify({ ...result, defaults: told })));
  });

  it('is the same in several pieces', () => {
    const many = {
      ...result,
      findings: Array.from({ length: 250 }, (_each, index) => findings[index % findings.length] ?? bare),
    };
    expect(JSON.parse([...json(many)].join(''))).toEqual(JSON.parse(JSON.stringify({ ...many, defaults: told })));
  });
});
