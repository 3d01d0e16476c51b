/** What the API server writes into its audit log beside the request, under `<webhook>/<key>`. */
import type { Excused, Finding } from '../../src/policy/engine/judge.ts';
import { oneLine } from '../../src/report/safeText.ts';
import { cut } from './words.ts';

/** An audit event is read by machines that have bounds of their own. */
const LONGEST_VALUE = 1024;

export interface AuditFacts {
  readonly policy: string;
  /** Over all policies that the server has. */
  readonly hash: string;
  readonly excused: readonly Excused[];
  /** Findings whose action is `audit`: this is where they are told. */
  readonly audited: readonly Finding[];
  readonly breakGlass?: { readonly group: string; readonly rules: readonly string[] };
}

/** Keys are the second half of a qualified name, so that they hold no slash (k8s.io/apiserver pkg/admission/attributes.go). */
export function auditAnnotations(facts: AuditFacts): Readonly<Record<string, string>> {
  const { policy, hash, excused, audited, breakGlass } = facts;
  const annotations: Record<string, string> = { policy: bounded(policy), 'policy-hash': bounded(hash) };
  if (excused.length > 0) {
    annotations.exceptions = joined(
      excused.map(({ finding, exception }) => `${exception.name} excuses ${finding.rule}`),
    );
  }
  if (audited.length > 0) annotations.audited = joined(audited.map(({ rule, path }) => `${rule} at ${path || '/'}`));
  if (breakGlass !== undefined) {
    annotations['break-glass'] = bounded(`${breakGlass.group} passed ${breakGlass.rules.join(', ')}`);
  }
  return annotations;
}

function joined(items: readonly string[]): string {
  return bounded([...new Set(items)].join('; '));
}

function bounded(text: string): string {
  return cut(oneLine(text.toWellFormed()), LONGEST_VALUE);
}
