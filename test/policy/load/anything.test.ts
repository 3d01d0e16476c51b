import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diffPolicies } from '../../../src/policy/diff.ts';
import { resolvePolicies } from '../../../src/policy/load/resolve.ts';
import { showPolicy } from '../../../src/policy/show.ts';
import { RULE_IDS, resolveFiles } from './files.ts';

const SHIPPED = readdirSync('policies')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ file: `policies/${name}`, text: readFileSync(`policies/${name}`, 'utf8') }));

/** What breaks files: lines that go, come twice, or get something that does not belong. */
const damage = fc.record({
  file: fc.nat(SHIPPED.length - 1),
  line: fc.nat(100),
  how: fc.constantFrom('drop', 'double', 'indent', 'insert'),
  text: fc.constantFrom(
    '[',
    '}',
    ': ',
    '  - ',
    'null',
    '<<: *a',
    '&a',
    '---',
    '%',
    '\t',
    '"',
    '1e999',
    'extends: prod',
    '__proto__: {}',
    '\u0000',
  ),
});

function damaged(harms: readonly { file: number; line: number; how: string; text: string }[]) {
  const files = SHIPPED.map(({ file, text }) => ({ file, lines: text.split('\n') }));
  for (const { file, line, how, text } of harms) {
    const lines = files[file]?.lines ?? [];
    const at = line % Math.max(1, lines.length);
    const old = lines[at] ?? '';
    if (how === 'drop') lines.splice(at, 1);
    if (how === 'double') lines.splice(at, 0, old);
    if (how === 'indent') lines[at] = ` ${old}`;
    if (how === 'insert') lines[at] = `${old}${text}`;
  }
  return files.map(({ file, lines }) => ({ file, text: lines.join('\n') }));
}

describe('any policy folder', () => {
  it('gives policies or errors, whatever happened to the files', () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (harms) => {
        const set = resolvePolicies(damaged(harms), { ruleIds: RULE_IDS });
        for (const { file, message } of set.errors) {
          expect(file).toMatch(/^policies\//);
          expect(message).not.toBe('');
        }
        for (const name of set.policies.keys()) expect(set.broken).not.toContain(name);
      }),
      { numRuns: 50 },
    );
  });

  it('takes any value anywhere in a spec', () => {
    const field = fc.constantFrom(
      'extends',
      'autoscaling',
      'resources',
      'images',
      'rules',
      'custom',
      'knative',
      'eventing',
      'abstract',
      'x',
    );
    const inner = fc.dictionary(
      fc.constantFrom(
        'minScale',
        'limits',
        'registries',
        'default',
        'name',
        'match',
        'expression',
        'kinds',
        '__proto__',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.dictionary(field, fc.oneof(fc.jsonValue(), inner, fc.array(inner))), (spec) => {
        const document = {
          apiVersion: 'weir.dev/v1alpha1',
          kind: 'EnvironmentPolicy',
          metadata: { name: 'prod' },
          spec,
        };
        const { policies, specs } = resolveFiles({ prod: JSON.stringify(document) });
        const policy = policies.get('prod');
        const effective = specs.get('prod');
        if (policy === undefined || effective === undefined) return;
        expect(showPolicy(policy, effective)).toMatch(/^apiVersion: /);
        expect(diffPolicies({ policy, spec: effective }, { policy, spec: effective })).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
