/** DELETE: what goes, judged by who still needs it. */
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../../src/policy/engine/judge.ts';
import { type Admission, NOTHING_FOUND } from './admission.ts';
import { admissionCatalogues } from './catalogues.ts';
import type { AdmissionRequest } from './request.ts';
import { isTerminating, placedIn } from './surroundings.ts';

/**
 * Who carries out what was decided elsewhere: the garbage collector and the emptying of namespaces. Without
 * `--use-service-account-credentials` the controller manager does both under its own name.
 */
const CARRIED_OUT_BY: ReadonlySet<string> = new Set([
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:serviceaccount:kube-system:namespace-controller',
  'system:kube-controller-manager',
]);

/** True where a DELETE is only the rest of another one. */
export function isCarriedOut({ user }: AdmissionRequest): boolean {
  return CARRIED_OUT_BY.has(user.name);
}

/** A DELETE without an object is the API server's question for a whole collection; it asks for each object again. */
export function validateDeletion(request: AdmissionRequest, context: JudgeContext, catalogue: Catalogue): Admission {
  const { oldObject, namespace, user } = request;
  if (oldObject === undefined || isBeingDeleted(oldObject) || isCarriedOut(request)) return NOTHING_FOUND;
  if (namespace !== '' && isTerminating(namespace, context.inventory)) return NOTHING_FOUND;

  const object = placedIn(namespace, oldObject);
  const { findings, excused, failures } = judge(object, { ...context, user }, admissionCatalogues(catalogue).deletions);
  const of = (action: Finding['action']) => findings.filter((finding) => finding.action === action);
  const denied = of('deny');
  return { allowed: denied.length === 0, denied, warned: of('warn'), audited: of('audit'), excused, failures };
}
