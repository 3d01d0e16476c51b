/** `defaults/not-applied`: what the mutating side would still write into an object that is about to be stored. */
import { isKnativesOwn } from '../../src/knative/ownership.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { actionFor } from '../../src/policy/engine/action.ts';
import { exceptionFor } from '../../src/policy/engine/exceptions.ts';
import type { Catalogue, Excused, Finding, JudgeContext, Verdict } from '../../src/policy/engine/judge.ts';
import { defaultsNotApplied } from '../../src/policy/rules/defaults/notApplied.ts';
import { movedPath } from './places.ts';
import { DEFAULTS_ANNOTATION, DEFAULTS_PATH } from './remembered.ts';
import { wantedIn } from './wanted.ts';

export interface NotApplied {
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
}

/**
 * The same question that the mutating side answers, so that it finds nothing where that side did its work. What the old
 * object lacked as well only warns.
 *
 * @param judged the verdict on the object in the same context
 */
export function notApplied(
  object: JsonObject,
  old: JsonObject | undefined,
  context: JudgeContext,
  catalogue: Catalogue,
  judged: Verdict,
): NotApplied {
  const { policy, exceptions, now } = context;
  const findings: Finding[] = [];
  const excused: Excused[] = [];
  const action = actionFor(defaultsNotApplied, policy);
  if (action === 'off') return { findings, excused };

  const add = (path: string, message: string, isOld: boolean) => {
    const finding: Finding = {
      rule: defaultsNotApplied.id,
      action: action === 'deny' && isOld ? 'warn' : action,
      environment: policy.name,
      resource: referenceTo(object),
      path,
      message,
    };
    const exception = exceptionFor(finding, keyOf(object), exceptions, now);
    if (exception === undefined) findings.push(finding);
    else excused.push({ finding, exception });
  };

  const { missing, annotation } = wantedIn(object, old, context, catalogue, {
    defaults: judged.judged ? judged.defaults : undefined,
    likeness: judged.likeness,
  });
  const why = isKnativesOwn(object)
    ? "its ownerReferences say that an object of Knative's owns it, and Weir leaves those alone; take that reference out"
    : "Weir's mutating webhook did not answer; try again";
  for (const [path, value] of missing) {
    const isThere = (resolve(object, path) ?? null) !== null;
    const what = isThere
      ? `${policy.name} now has ${JSON.stringify(value)} here`
      : `${policy.name} fills in ${JSON.stringify(value)} here`;
    add(
      path,
      `${what}, and that did not happen: ${why}`,
      old !== undefined && !isThere && wasAbsent(path, object, old),
    );
  }

  const written = resolve(object, DEFAULTS_PATH);
  if (missing.size === 0 && written !== annotation && !isKnativesOwn(object)) {
    const isOld = old !== undefined && resolve(old, DEFAULTS_PATH) === written;
    add(
      DEFAULTS_PATH,
      `the annotation ${DEFAULTS_ANNOTATION} does not say what ${policy.name} filled in: ${why}`,
      isOld,
    );
  }
  return { findings, excused };
}

function wasAbsent(path: string, object: JsonObject, old: JsonObject): boolean {
  const before = movedPath(path, object, old);
  const value: JsonValue | undefined = before === undefined ? 'a new container' : resolve(old, before);
  return value === undefined || value === null;
}
