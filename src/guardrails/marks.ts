/** The names, labels and annotations by which guard rails are known. */

export { OPT_OUT } from '../policy/environmentLabel.ts';

export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const WEIR = 'weir';
/** On each guard rail: which section of the policy it is of, by its name there. */
export const GUARD_RAIL_LABEL = 'weir.dev/guard-rail';
/** On each guard rail: a hash of what Weir applied, so that a change by somebody else is told from one of the policy. */
export const APPLIED = 'weir.dev/applied';
/** On an object that was there before: Weir added to it what did not contradict it, and never deletes it. */
export const ADOPTED = 'weir.dev/adopted';
/** On the copy of a pull secret: the ServiceAccounts that Weir wrote its name into, with commas between them. */
export const JOINED = 'weir.dev/joined-service-accounts';

/** By which Argo CD knows what is its own: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ */
export const ARGO_LABEL = 'app.kubernetes.io/instance';
export const ARGO_ANNOTATION = 'argocd.argoproj.io/tracking-id';

export const NAMES = {
  defaultDeny: 'weir-default-deny',
  ingress: 'weir-knative-ingress',
  egress: 'weir-knative-egress',
  from: 'weir-from-',
  to: 'weir-to-',
  role: 'knative-deployer',
  quota: 'weir-quota',
  limits: 'weir-limits',
} as const;
