/**
 * Nobody gives away by a role or a binding what they do not have themselves, unless they may `escalate` the role or
 * `bind` it (k8s.io/kubernetes pkg/registry/rbac, policybased/storage.go of each kind and escalation_check.go).
 */
import { arrayAt, equals, type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import { nameOf } from '../../../../kubernetes/object.ts';
import { type Failure, forbidden, notFound } from '../../status/failure.ts';
import { quoted } from '../denied.ts';
import { MASTERS } from '../identities.ts';
import { listed } from '../tokens/accountTokens.ts';
import type { User } from '../user.ts';
import { type RbacAuthorizer, together } from './authorizer.ts';
import { describeRule, missingRights } from './covers.ts';
import { bindingOf, RBAC_GROUP } from './roles.ts';
import { type PolicyRule, rulesOf } from './rule.ts';

/** What is about to be written. */
export interface RbacWrite {
  /** Of the group `rbac.authorization.k8s.io`. */
  readonly plural: string;
  readonly user: User;
  /** Empty for what has none. */
  readonly namespace: string;
  /** As the path names it: empty on a create. */
  readonly pathName: string;
  readonly object: JsonObject;
  /** Absent on a create. */
  readonly old?: JsonObject;
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
  { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
];

/**
 * Nothing where the write gives away nothing more than its user has, or is of no role and no binding. To be called
 * for creates and updates of the four kinds, before admission.
 *
 * @throws Failure 403 with the rights that are missing, 404 where a binding's role is not there
 */
export function confirmNoEscalation(write: RbacWrite, authorizer: RbacAuthorizer): void {
  const { plural, user, object, old } = write;
  if (user.groups.includes(MASTERS)) return;
  if (old !== undefined && differsInCareAlone(object, old)) return;

  if (plural === 'clusterroles' || plural === 'roles') confirmRole(write, authorizer);
  if (plural === 'clusterrolebindings' || plural === 'rolebindings') confirmBinding(write, authorizer);
}

function confirmRole(write: RbacWrite, authorizer: RbacAuthorizer): void {
  const { plural, user, namespace, pathName, object, old } = write;
  const resource = { group: RBAC_GROUP, version: '*', plural, subresource: '', namespace, name: pathName };
  if (authorizer.decide({ user, verb: 'escalate', resource }).allowed) return;

  const why = whyNot(write, namespace, rulesOf(object), authorizer);
  if (why !== undefined) throw refusal(write, why);

  // what an aggregation rule gathers is not known beforehand
  const isAggregated = plural === 'clusterroles' && (hasAggregation(object) || hasAggregation(old));
  if (isAggregated && whyNot(write, '', EVERYTHING, authorizer) !== undefined) {
    throw refusal(write, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

function confirmBinding(write: RbacWrite, authorizer: RbacAuthorizer): void {
  const { namespace, object } = write;
  const binding = bindingOf(nameOf(object), namespace, object);
  if (mayBind(write, authorizer)) return;

  const rules = authorizer.rulesBehind(binding);
  // as Kubernetes says it, though it is the role that is not there
  if ('error' in rules) throw notFound({ group: RBAC_GROUP, plural: write.plural }, binding.roleRef.name);
  const why = whyNot(write, namespace, rules, authorizer);
  if (why !== undefined) throw refusal(write, why);
}

function mayBind({ user, namespace, object }: RbacWrite, authorizer: RbacAuthorizer): boolean {
  const { kind, apiGroup, name } = bindingOf('', namespace, object).roleRef;
  if (kind !== 'ClusterRole' && kind !== 'Role') return false;
  const plural = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  const group = apiGroup === '' ? RBAC_GROUP : apiGroup;
  const resource = { group, version: '*', plural, subresource: '', namespace, name };
  return authorizer.decide({ user, verb: 'bind', resource }).allowed;
}

/** What the user grants without having it, as a sentence. */
function whyNot(
  { user, plural }: RbacWrite,
  namespace: string,
  granted: readonly PolicyRule[],
  authorizer: RbacAuthorizer,
): string | undefined {
  const { rules, errors } = authorizer.rulesFor(user, namespace);
  const missing = missingRights(rules, granted);
  if (missing.length === 0) return undefined;
  const list = [...new Set(missing.map(describeRule))].sort().join('\n');
  const who = `user ${quoted(user.name)} (groups=${listed(user.groups)})`;
  const rest =
    errors.length === 0 ? '' : `; resolution errors: [${together(errors.map((error) => named(error, plural)))}]`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${list}${rest}`;
}

/** Kubernetes names a role that is not there as if it were of the kind that is being written. */
function named(error: string, plural: string): string {
  return error.replace(/^(cluster)?role\./, `${plural}.`);
}

function refusal({ plural, object }: RbacWrite, why: string): Failure {
  return forbidden({ group: RBAC_GROUP, plural }, nameOf(object), why);
}

function hasAggregation(role: JsonObject | undefined): boolean {
  return arrayAt(role, 'aggregationRule', 'clusterRoleSelectors').length > 0;
}

/** Only fields that garbage collection needs: who may not grant the role must not keep it from going. */
function differsInCareAlone(object: JsonObject, old: JsonObject): boolean {
  const { ownerReferences, finalizers, managedFields } = objectAt(old, 'metadata') ?? {};
  const metadata = { ...objectAt(object, 'metadata'), ownerReferences, finalizers, managedFields };
  const isSet = ([, value]: [string, unknown]): boolean => value !== undefined;
  return equals({ ...object, metadata: Object.fromEntries(Object.entries(metadata).filter(isSet)) }, old);
}
