/** `POST /validate`: what the policy says of an object as it would be stored. Pure: request and context in, verdict out. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { namedPath } from '../../src/kubernetes/namedPath.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../../src/policy/engine/judge.ts';
import type { AdmissionRequest } from './request.ts';

export interface Admission {
  readonly allowed: boolean;
  readonly denied: readonly Finding[];
  readonly warned: readonly Finding[];
  readonly audited: readonly Finding[];
}

const NOTHING: Admission = { allowed: true, denied: [], warned: [], audited: [] };

/** The rule for a value that the policy fills in and that is not there: the mutating side failed, and was let fail. */
export const NOT_APPLIED = 'defaults/not-applied';

/**
 * Judges what would be stored; it never fills anything in. On UPDATE a denial that the old object would have met as
 * well warns instead, so that a new policy never stands in the way of an unrelated change.
 */
export function validate(request: AdmissionRequest, context: JudgeContext, catalogue: Catalogue): Admission {
  const { operation, object, oldObject, user } = request;
  if (operation === 'DELETE' || object === undefined) return NOTHING;

  const asked: JudgeContext = { ...context, user, ...(oldObject === undefined ? {} : { old: oldObject }) };
  const findings = findingsOf(object, asked, catalogue);
  const needsOthers = new Set(catalogue.rules.filter((rule) => rule.needsOthers === true).map(({ id }) => id));
  const known = operation === 'UPDATE' && oldObject !== undefined ? keysOf(oldObject, context, catalogue) : NO_KEYS;

  const denied: Finding[] = [];
  const warned: Finding[] = [];
  const audited: Finding[] = [];
  for (const finding of findings) {
    if (finding.action === 'audit') audited.push(finding);
    else if (finding.action === 'warn') warned.push(finding);
    // the order in which objects of one apply arrive is chance
    else if (needsOthers.has(finding.rule) || known.has(keyOf(finding, object)))
      warned.push({ ...finding, action: 'warn' });
    else denied.push(finding);
  }
  return { allowed: denied.length === 0, denied, warned, audited };
}

const NO_KEYS: ReadonlySet<string> = new Set();

function findingsOf(object: JsonObject, context: JudgeContext, catalogue: Catalogue): Finding[] {
  const verdict = judge(object, context, catalogue);
  const missing = verdict.defaults.map(
    ({ path, value }): Finding => ({
      rule: NOT_APPLIED,
      action: context.policy.enforcement === 'deny' ? 'deny' : 'warn',
      environment: context.policy.name,
      resource: referenceTo(object),
      path,
      message: `${context.policy.name} fills in ${JSON.stringify(value)} here, and that did not happen; try again, for Weir's mutating webhook did not answer`,
    }),
  );
  return [...verdict.findings, ...missing];
}

function keysOf(old: JsonObject, context: JudgeContext, catalogue: Catalogue): ReadonlySet<string> {
  return new Set(findingsOf(old, context, catalogue).map((finding) => keyOf(finding, old)));
}

/** A finding is the same when its rule, its place (containers by name) and the value there are. */
function keyOf({ rule, path, message }: Finding, object: JsonObject): string {
  return JSON.stringify([rule, namedPath(object, path), resolve(object, path) ?? message]);
}
