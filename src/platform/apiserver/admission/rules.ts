/** Which requests a webhook is registered for (k8s.io/apiserver pkg/admission/plugin/webhook/predicates/rules/rules.go). */
import { type JsonValue, stringAt, textsAt } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import type { AdmissionAttributes } from './admission.ts';

/** All of it must fit; `*` fits everything. */
export interface Rule {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  // pods, pods/status, pods/*, *, */scale, */*
  readonly resources: readonly string[];
  readonly scope: string;
}

export function readRule(rule: JsonValue): Rule {
  return {
    operations: textsAt(rule, 'operations'),
    groups: textsAt(rule, 'apiGroups'),
    versions: textsAt(rule, 'apiVersions'),
    resources: textsAt(rule, 'resources'),
    scope: stringAt(rule, 'scope') ?? '*',
  };
}

/** @param resource that is asked about, which may be another version than the request's */
export function ruleMatches(rule: Rule, attributes: AdmissionAttributes, resource: Resource): boolean {
  const { operation, subresource } = attributes;
  return (
    isInScope(rule.scope, attributes) &&
    contains(rule.operations, operation) &&
    contains(rule.groups, resource.group) &&
    contains(rule.versions, resource.version) &&
    rule.resources.some((each) => isResource(each, resource.plural, subresource))
  );
}

function contains(items: readonly string[], wanted: string): boolean {
  return items.includes('*') || items.includes(wanted);
}

/** A Namespace belongs to the cluster, although requests about it carry its name as their namespace. */
function isInScope(scope: string, { resource, namespace }: AdmissionAttributes): boolean {
  const isNamespaced = namespace !== '' && resource.storedAs !== 'namespaces';
  switch (scope) {
    case '*':
      return true;
    case 'Namespaced':
      return isNamespaced;
    case 'Cluster':
      return !isNamespaced;
    default:
      return false;
  }
}

/** `pods` is the resource alone; its subresources are named, or `pods/*`. */
function isResource(pattern: string, plural: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const resource = slash < 0 ? pattern : pattern.slice(0, slash);
  const part = slash < 0 ? '' : pattern.slice(slash + 1);
  return (resource === '*' || resource === plural) && (part === '*' || part === subresource);
}
