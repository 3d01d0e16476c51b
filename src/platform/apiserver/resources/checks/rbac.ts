/** Roles and bindings: k8s.io/kubernetes pkg/apis/rbac/validation/validation.go. */
import { arrayAt, equals, isObject, type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123SubdomainErrors, pathSegmentErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { textOf } from './common.ts';
import { checkSelector } from './selectors.ts';

const GROUP = 'rbac.authorization.k8s.io';

export function checkRole(role: JsonObject, problems: Problems): void {
  checkRules(role, true, problems);
}

export function checkClusterRole(role: JsonObject, problems: Problems): void {
  checkRules(role, false, problems);
  const rule = objectAt(role, 'aggregationRule');
  if (rule === undefined) return;
  const selectors = arrayAt(rule, 'clusterRoleSelectors');
  const path = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0) {
    problems.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  }
  for (const [index, selector] of selectors.entries()) {
    if (isObject(selector)) checkSelector(selector, `${path}[${index}]`, problems);
  }
}

function checkRules(role: JsonObject, isNamespaced: boolean, problems: Problems): void {
  for (const [index, rule] of arrayAt(role, 'rules').entries()) {
    if (isObject(rule)) checkRule(rule, `rules[${index}]`, isNamespaced, problems);
  }
}

function checkRule(rule: JsonObject, path: string, isNamespaced: boolean, problems: Problems): void {
  if (arrayAt(rule, 'verbs').length === 0) problems.required(`${path}.verbs`, 'verbs must contain at least one value');
  const urls = arrayAt(rule, 'nonResourceURLs');
  const fields = ['apiGroups', 'resources', 'resourceNames'];
  if (urls.length > 0) {
    if (isNamespaced) {
      problems.invalid(`${path}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs');
    }
    if (fields.some((field) => arrayAt(rule, field).length > 0)) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      problems.invalid(`${path}.nonResourceURLs`, urls, why);
    }
    return;
  }
  if (arrayAt(rule, 'apiGroups').length === 0) {
    problems.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
  }
  if (arrayAt(rule, 'resources').length === 0) {
    problems.required(`${path}.resources`, 'resource rules must supply at least one resource');
  }
}

/** @param kinds of roles that may be named */
export function checkBinding(binding: JsonObject, problems: Problems, kinds: readonly string[]): void {
  const role = objectAt(binding, 'roleRef');
  const group = textOf(role, 'apiGroup');
  if (group !== GROUP) problems.notSupported('roleRef.apiGroup', group, [GROUP]);
  const kind = textOf(role, 'kind');
  if (!kinds.includes(kind)) problems.notSupported('roleRef.kind', kind, kinds);
  const name = textOf(role, 'name');
  if (name === '') problems.required('roleRef.name');
  else problems.invalidBy('roleRef.name', name, pathSegmentErrors(name));
  for (const [index, subject] of arrayAt(binding, 'subjects').entries()) {
    if (isObject(subject)) checkSubject(subject, `subjects[${index}]`, kinds.length > 1, problems);
  }
}

function checkSubject(subject: JsonObject, path: string, isNamespaced: boolean, problems: Problems): void {
  const name = textOf(subject, 'name');
  if (name === '') problems.required(`${path}.name`);
  const group = textOf(subject, 'apiGroup');
  switch (textOf(subject, 'kind')) {
    case 'ServiceAccount':
      if (name !== '') problems.invalidBy(`${path}.name`, name, dns1123SubdomainErrors(name));
      if (group !== '') problems.notSupported(`${path}.apiGroup`, group, ['']);
      if (!isNamespaced && textOf(subject, 'namespace') === '') problems.required(`${path}.namespace`);
      break;
    case 'User':
    case 'Group':
      if (group !== GROUP) problems.notSupported(`${path}.apiGroup`, group, [GROUP]);
      break;
    default:
      problems.notSupported(`${path}.kind`, textOf(subject, 'kind'), ['ServiceAccount', 'User', 'Group']);
  }
}

export function checkBindingUpdate(binding: JsonObject, old: JsonObject, problems: Problems): void {
  if (equals(binding.roleRef, old.roleRef)) return;
  // Kubernetes prints its internal type
  const role = objectAt(binding, 'roleRef');
  const shown = { APIGroup: textOf(role, 'apiGroup'), Kind: textOf(role, 'kind'), Name: textOf(role, 'name') };
  problems.invalidStruct('roleRef', shown, 'cannot change roleRef');
}
