/** What a review comes to: the findings by what becomes of them. */

import type { Excused, Finding } from '../../src/policy/engine/judge.ts';
import type { Action } from '../../src/policy/model/spec.ts';

export interface Admission {
  readonly allowed: boolean;
  readonly denied: readonly Finding[];
  readonly warned: readonly Finding[];
  readonly audited: readonly Finding[];
  readonly excused: readonly Excused[];
  /** Rules that broke, each a sentence: what they would have found is not known. */
  readonly failures: readonly string[];
}

export const NOTHING_FOUND: Admission = {
  allowed: true,
  denied: [],
  warned: [],
  audited: [],
  excused: [],
  failures: [],
};

/** The finding with another action. */
export function acting(finding: Finding, action: Exclude<Action, 'off'>): Finding {
  return finding.action === action ? finding : { ...finding, action };
}
