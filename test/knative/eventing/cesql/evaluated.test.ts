import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compileCesql } from '../../../../src/knative/eventing/cesql/compile.ts';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import type { Value } from '../../../../src/knative/eventing/cesql/value.ts';

/** What an expression comes to, and the kind of its error in sdk-go's words; null where sdk-go panics. */
type Result = { readonly value: Value; readonly error?: string } | null;

/** Written by tools/cesql-reference/generate.ts. */
const golden: readonly (readonly [expression: string, attributes: Readonly<Record<string, Value>>, result: Result])[] =
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'testdata/evaluated.json'), 'utf8'));

const KINDS = {
  math: 'math error',
  cast: 'cast error',
  missingAttribute: 'missing attribute error',
  missingFunction: 'missing function error',
  functionEvaluation: 'function evaluation error',
} as const;

describe('compileCesql beside sdk-go', () => {
  it('has every kind of error, and results without one, to look at', () => {
    const errors = golden.map(([, , result]) => result?.error);
    for (const kind of Object.values(KINDS)) expect(errors).toContain(kind);
    expect(errors.filter((error) => error === undefined).length).toBeGreaterThan(500);
  });

  it('comes to the same, with an error of the same kind', () => {
    const beside = golden.filter(([, , result]) => result !== null);
    const ours = beside.map(([expression, attributes]) => {
      const parsed = parseCesql(expression);
      if (!parsed.ok) return [expression, attributes, parsed.problem.message];
      const { value, failure } = compileCesql(parsed.expression)(new Map(Object.entries(attributes)));
      return [expression, attributes, failure === undefined ? { value } : { value, error: KINDS[failure.kind] }];
    });
    expect(ours).toEqual(beside);
  });

  it('takes what makes sdk-go panic for a failure', () => {
    const panics = golden.filter(([, , result]) => result === null);
    expect(panics.length).toBeGreaterThan(0);
    for (const [expression, attributes] of panics) {
      const parsed = parseCesql(expression);
      if (!parsed.ok) throw new Error(expression);
      const { failure } = compileCesql(parsed.expression)(new Map(Object.entries(attributes)));
      expect([expression, failure?.kind]).toEqual([expression, 'functionEvaluation']);
    }
  });
});
