/** `POST /validate`: what the policy says of an object as it would be stored. Pure: request and context in, verdict out. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../../src/policy/engine/judge.ts';
import { type Admission, acting, NOTHING_FOUND } from './admission.ts';
import { admissionCatalogues } from './catalogues.ts';
import { notApplied } from './notApplied.ts';
import { Ratchet } from './ratchet.ts';
import type { AdmissionRequest } from './request.ts';
import { placedIn, withObject } from './surroundings.ts';

/**
 * Judges what would be stored; it never fills anything in. On UPDATE a denial that the old object would have met as
 * well warns instead, so that a new policy never stands in the way of an unrelated change.
 */
export function validate(request: AdmissionRequest, context: JudgeContext, catalogue: Catalogue): Admission {
  const { operation, namespace, user } = request;
  if (operation === 'DELETE' || request.object === undefined) return NOTHING_FOUND;

  const object = placedIn(namespace, request.object);
  const old = operation === 'UPDATE' && request.oldObject ? placedIn(namespace, request.oldObject) : undefined;
  const asked: JudgeContext = { ...context, user, ...(old === undefined ? {} : { old }) };
  const { changes, needsOthers, asksWho } = admissionCatalogues(catalogue);
  const now: JudgeContext = { ...asked, inventory: withObject(context.inventory, object) };
  const verdict = judge(object, now, changes);
  const missing = notApplied(object, old, now, changes, verdict);

  const denied: Finding[] = [];
  const warned: Finding[] = [];
  const audited: Finding[] = [];
  for (const finding of [...verdict.findings, ...missing.findings]) {
    if (finding.action === 'audit') audited.push(finding);
    else if (finding.action === 'warn') warned.push(finding);
    // the order in which the objects of one apply arrive is chance
    else if (needsOthers(finding.rule, context.policy)) warned.push(acting(finding, 'warn'));
    else denied.push(finding);
  }
  const before = old === undefined || isClean(denied, verdict.failures) ? undefined : beforeOf(old, asked, catalogue);
  const mayHold = ({ rule }: Finding) => !asksWho(rule, context.policy);
  const stillDenied = before === undefined ? denied : ratcheted(object, denied, warned, { ...before, mayHold });
  const failures = verdict.failures.filter((failure) => before?.failures.includes(failure) !== true);
  return {
    allowed: stillDenied.length === 0 && (failures.length === 0 || context.policy.enforcement !== 'deny'),
    denied: stillDenied,
    warned,
    audited,
    excused: [...verdict.excused, ...missing.excused],
    failures,
  };
}

function isClean(denied: readonly Finding[], failures: readonly string[]): boolean {
  return denied.length === 0 && failures.length === 0;
}

interface Before {
  readonly ratchet: Ratchet;
  readonly failures: readonly string[];
}

/**
 * What would be found if the old object were sent again as it is, by the policy and the user of now. Rules about the change
 * itself have no part in it: that somebody may not write an object is no property of the object, and writing it once more
 * would excuse it.
 */
function beforeOf(old: JsonObject, asked: JudgeContext, catalogue: Catalogue): Before {
  const { findings, failures } = judge(old, asked, catalogue);
  return { ratchet: new Ratchet(old, findings), failures };
}

/** The denials that are left; the others are added to the warnings. */
function ratcheted(
  object: JsonObject,
  denied: readonly Finding[],
  warned: Finding[],
  { ratchet, mayHold }: { readonly ratchet: Ratchet; readonly mayHold: (finding: Finding) => boolean },
): Finding[] {
  const left: Finding[] = [];
  for (const finding of denied) {
    if (mayHold(finding) && ratchet.holds(finding, object)) warned.push(acting(finding, 'warn'));
    else left.push(finding);
  }
  return left;
}
