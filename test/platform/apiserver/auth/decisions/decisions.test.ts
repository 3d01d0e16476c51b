import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Answers, ourAnswers } from './answers.ts';
import { IMPERSONATIONS, world } from './world.ts';

/** Of kube-apiserver 1.36; written by test/cluster/platform/auth. */
const GOLDEN: Answers = JSON.parse(readFileSync(path.join(import.meta.dirname, 'answers.golden.json'), 'utf8'));

describe('the answers of a real API server', () => {
  const made = world();
  const ours = ourAnswers(made);

  it.each(['questions', 'grants', 'impersonations'] as const)('are ours: %s', (what) => {
    const asked = { ...made, impersonations: IMPERSONATIONS }[what];
    const different = asked.flatMap((each, index) =>
      ours[what][index] === GOLDEN[what][index] ? [] : [{ each, ours: ours[what][index], real: GOLDEN[what][index] }],
    );
    expect(different).toEqual([]);
    expect(GOLDEN[what]).toHaveLength(asked.length);
  });

  it('are of all kinds', () => {
    const starting = (list: readonly string[], start: string): number =>
      list.filter((each) => each.startsWith(start)).length;
    expect(starting(GOLDEN.questions, 'allowed: RBAC: allowed by RoleBinding')).toBeGreaterThan(10);
    expect(starting(GOLDEN.questions, 'allowed: RBAC: allowed by ClusterRoleBinding')).toBeGreaterThan(10);
    expect(starting(GOLDEN.questions, 'denied: RBAC:')).toBeGreaterThan(5);
    expect(starting(GOLDEN.grants, '403')).toBeGreaterThan(30);
    expect(starting(GOLDEN.grants, '404')).toBeGreaterThan(3);
    expect(starting(GOLDEN.grants, 'granted')).toBeGreaterThan(10);
  });
});
