/** `POST /validate-namespace`: who changes the label by which a namespace has its policy, and who deletes it. */
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { keyOf, namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import { pointer } from '../../src/kubernetes/pointer.ts';
import { actionFor } from '../../src/policy/engine/action.ts';
import type { Edit } from '../../src/policy/engine/edit.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import { namespaceEnvironmentLabel } from '../../src/policy/rules/namespace/environmentLabel.ts';
import { didYouMean } from '../../src/text/nearest.ts';
import type { ClusterView, PolicyStore } from '../dependencies.ts';
import { type Admission, NOTHING_FOUND } from './admission.ts';
import type { AdmissionRequest } from './request.ts';

const LABEL = pointer('metadata', 'labels', ENVIRONMENT_LABEL);

/** The environment that a namespace is in; undefined without the label. */
export function environmentOf(object: JsonObject | undefined): string | undefined {
  const label = stringAt(object, 'metadata', 'labels', ENVIRONMENT_LABEL);
  return label === '' ? undefined : label;
}

/**
 * What brings a new Namespace into the environment, where its author says nothing of one: for clusters that ask for it
 * (overlays/components/default-environment). An empty label is a word of the author's as well: it is to be in none.
 */
export function joining({ operation, object }: AdmissionRequest, environment: string): readonly Edit[] {
  if (operation !== 'CREATE' || object === undefined) return [];
  const labels = objectAt(object, 'metadata', 'labels') ?? {};
  return Object.hasOwn(labels, ENVIRONMENT_LABEL) ? [] : [{ set: LABEL, value: environment }];
}

/**
 * The environment that is left decides who may take a namespace out of it; the one that is joined decides who may bring
 * one in. A namespace that joins what no policy is called is denied: nothing would be judged in it, and nobody would know.
 * So it is where there is a policy, and no installed entry of the webhook that selects the namespace.
 *
 * @param isSelected absent where nobody knows of the entries
 */
export function validateLabel(
  request: AdmissionRequest,
  policies: PolicyStore,
  isSelected?: ClusterView['isSelected'],
): Admission {
  const { operation, object, oldObject, user } = request;
  if (operation === 'DELETE' || object === undefined || keyOf(object) !== namespaceKind.key) return NOTHING_FOUND;
  const before = operation === 'CREATE' ? undefined : environmentOf(oldObject);
  const now = environmentOf(object);
  if (before === now) return NOTHING_FOUND;

  const findings: Finding[] = [];
  const { name } = referenceTo(object);
  const add = (action: Finding['action'] | 'off', environment: string, message: string) => {
    if (action === 'off') return;
    const { id } = namespaceEnvironmentLabel;
    findings.push({ rule: id, action, environment, resource: referenceTo(object), path: LABEL, message });
  };

  const joined = now === undefined ? undefined : policies.policyFor(now);
  // The one mistake there is: who may do it is asked about an environment that there is.
  const isUnknown = now !== undefined && joined === undefined;
  if (isUnknown) add('deny', now, unknownEnvironment(now, policies));

  if (joined !== undefined && isSelected?.(object) === false) {
    add(actionOf(joined), joined.name, withoutEntry(name, joined.name));
  }

  const left = isUnknown || before === undefined ? undefined : policies.policyFor(before);
  const leavers = left?.admission?.environmentLabel?.groups;
  if (left !== undefined && leavers !== undefined && !isIn(leavers, user.groups)) {
    const what = now === undefined ? 'taking it out' : `taking it to ${now}`;
    const message = `Namespace ${name} is in ${left.name}, and ${what} is for ${members(leavers, user.name)}`;
    add(actionOf(left), left.name, message);
  }

  const joiners = joined?.admission?.environmentLabel?.joinGroups;
  if (joined !== undefined && joiners !== undefined && !isIn(joiners, user.groups)) {
    const message = `bringing Namespace ${name} into ${joined.name} is for ${members(joiners, user.name)}`;
    add(actionOf(joined), joined.name, message);
  }

  const of = (action: Finding['action']) => findings.filter((finding) => finding.action === action);
  const denied = of('deny');
  return { ...NOTHING_FOUND, allowed: denied.length === 0, denied, warned: of('warn'), audited: of('audit') };
}

export function unknownEnvironment(name: string, policies: PolicyStore): string {
  const names = policies.environments();
  const known = names.length === 0 ? '; there is none at all' : `; there are ${names.join(', ')}`;
  return `there is no policy ${name}, so that nothing would be judged${didYouMean(name, names) || known}`;
}

function withoutEntry(namespace: string, environment: string): string {
  return `there is a policy ${environment}, and no entry of the webhook's configuration selects Namespace ${namespace}, so that nothing in it would be judged; install what npm run environment ${environment} prints, and apply again`;
}

function actionOf(policy: EffectivePolicy): Finding['action'] | 'off' {
  return actionFor(namespaceEnvironmentLabel, policy);
}

function isIn(groups: readonly string[], own: readonly string[]): boolean {
  return own.some((group) => groups.includes(group));
}

/** For whom it is, and that the user is none of them. */
function members(groups: readonly string[], user: string): string {
  if (groups.length === 0) return 'nobody';
  if (groups.length === 1) return `the group ${groups[0]}; ${user} is not in it`;
  return `the groups ${groups.join(', ')}; ${user} is in none of them`;
}
