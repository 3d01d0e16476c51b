/** A rule of a role: which it allows, as k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go decides it. */
import { arrayAt, isObject, type JsonObject, textsAt } from '../../../../kubernetes/json.ts';
import type { Attributes } from '../user.ts';

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  /** `pods`, `pods/log`, `*`, or `*` with a subresource. */
  readonly resources: readonly string[];
  /** Empty: any name, and none. */
  readonly resourceNames: readonly string[];
  /** `/healthz`, `/healthz/*`, `*`. */
  readonly nonResourceURLs: readonly string[];
}

/** The rules of a Role or ClusterRole; what is no rule is passed over. */
export function rulesOf(role: JsonObject): PolicyRule[] {
  return arrayAt(role, 'rules').filter(isObject).map(ruleOf);
}

export function ruleOf(rule: JsonObject): PolicyRule {
  return {
    verbs: textsAt(rule, 'verbs'),
    apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  };
}

export function allows(rule: PolicyRule, { verb, resource, path = '' }: Attributes): boolean {
  if (!hasOrAll(rule.verbs, verb)) return false;
  if (resource === undefined) return rule.nonResourceURLs.some((url) => coversPath(url, path));

  return (
    hasOrAll(rule.apiGroups, resource.group) &&
    allowsResource(rule.resources, resource.plural, resource.subresource) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(resource.name))
  );
}

/** A star is everything; a star with a subresource is that subresource of everything. */
function allowsResource(resources: readonly string[], plural: string, subresource: string): boolean {
  const asked = subresource === '' ? plural : `${plural}/${subresource}`;
  if (hasOrAll(resources, asked)) return true;
  return subresource !== '' && resources.includes(`*/${subresource}`);
}

/** A rule's URL covers itself, and with stars at its end all that begins like it. */
export function coversPath(url: string, path: string): boolean {
  if (url === path) return true;
  return url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''));
}

function hasOrAll(list: readonly string[], asked: string): boolean {
  return list.includes('*') || list.includes(asked);
}
