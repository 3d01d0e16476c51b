import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/policy/engine/judge.ts';
import { denial, warnings } from '../../../webhooks/review/words.ts';

function aFinding(message: string, path = '/spec'): Finding {
  const resource = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'cart' };
  return { rule: 'images/tag', action: 'deny', environment: 'prod', resource, path, message };
}

const many = Array.from({ length: 300 }, (_, index) => aFinding(`image ${index} has no tag; name the version`));

describe('denial', () => {
  it('says rule, place, what would be right and where there is more, one finding a line', () => {
    expect(denial([aFinding('no tag'), aFinding('no name', '')])).toBe(
      'images/tag at /spec: no tag. More: weir explain images/tag\nimages/tag: no name. More: weir explain images/tag',
    );
  });

  it('stays within 8 KiB and counts what it leaves out', () => {
    const text = denial(many);
    const told = text.split('\n').length - 1;
    expect(text.length).toBeLessThanOrEqual(8 * 1024);
    expect(text.endsWith(`… and ${300 - told} more; run weir check on the manifest to see all`)).toBe(true);
  });
});

describe('warnings', () => {
  it('are one line each, whatever the message holds', () => {
    expect(warnings([aFinding('first\n  second')])).toEqual(['images/tag at /spec: first second']);
  });

  it('stay together under 4,096 characters and count what they leave out', () => {
    const told = warnings(many);
    expect(told.join('').length).toBeLessThanOrEqual(4096);
    expect(told.at(-1)).toBe(`… and ${300 - (told.length - 1)} more warnings; weir check tells all`);
  });

  it('are none where nothing is wrong', () => {
    expect(warnings([])).toEqual([]);
  });
});
