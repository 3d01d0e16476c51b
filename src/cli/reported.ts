/** Parts of a CheckResult that `weir check` and `weir audit` make alike. */
import type { PolicyException } from '../policy/engine/exceptions.ts';
import type { ReportedExcuse, ReportedFinding, Summary } from '../report/result.ts';

export function countActions(findings: readonly ReportedFinding[]): Pick<Summary, 'deny' | 'warn' | 'audit'> {
  const counts = { deny: 0, warn: 0, audit: 0 };
  for (const { action } of findings) counts[action]++;
  return counts;
}

export function asExcuse(finding: ReportedFinding, exception: PolicyException): ReportedExcuse {
  const { name, namespace, reason, owner, until } = exception;
  return { ...finding, exception: { name, namespace, reason, owner, until: until.toISOString() } };
}
