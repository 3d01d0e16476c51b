import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import { printed } from './printed.ts';

/** Written by tools/cesql-reference/generate.ts: a text, and the tree that sdk-go makes of it, or null for a refusal. */
type GoldenCase = readonly [text: string, tree: string | null];

const golden: readonly GoldenCase[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'testdata/sdk-go.json'), 'utf8'),
);

describe('parseCesql beside sdk-go', () => {
  it('has sound expressions and others to look at', () => {
    const refused = golden.filter(([, tree]) => tree === null).length;
    expect(refused).toBeGreaterThan(500);
    expect(golden.length - refused).toBeGreaterThan(500);
  });

  it('makes the same trees, and refuses the same texts', () => {
    const ours = golden.map(([text]): GoldenCase => {
      const parsed = parseCesql(text);
      return [text, parsed.ok ? printed(parsed.expression) : null];
    });
    expect(ours).toEqual(golden);
  });
});
