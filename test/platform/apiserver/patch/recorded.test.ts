/** What a real API server has answered; recorded by test/cluster/platform/patch with WEIR_RECORD=1. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compare, type Recorded } from './sequences/compare.ts';
import type { Kind } from './sequences/kinds.ts';

const recorded: readonly (Recorded & { readonly kind: Kind })[] = JSON.parse(
  readFileSync('test/platform/apiserver/patch/recorded.generated.json', 'utf8'),
);

describe('recorded answers of kube-apiserver', () => {
  it('there are enough', () => {
    expect(recorded.length).toBeGreaterThan(60);
  });

  it.each(recorded.map((each, index) => [index, each.kind, each.step.type, each.status, each] as const))(
    '%d: %s %s %d',
    (_, kind, __, ___, each) => {
      expect(compare(kind, each)).toEqual({ is: 'same' });
    },
  );
});
