/** DomainMappings (knative/serving pkg/apis/serving/v1beta1/domainmapping_validation.go, knative/pkg apis/duck/v1 KReference). */
import { asString, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../kubernetes/names.ts';
import { quote } from '../goStrings.ts';
import { report, reportDisallowed, reportMissing, type Scope } from './scope.ts';

/** The cluster's own domain; Knative reads it from its resolv.conf, and almost every cluster keeps this one. */
const CLUSTER_DOMAIN = 'cluster.local';

export function checkDomainMapping(scope: Scope, object: JsonObject): void {
  checkDomain(scope);
  checkReference(scope, objectAt(object, 'spec', 'ref') ?? {});
}

function checkDomain(scope: Scope): void {
  if ((asString(scope.metadata.generateName) ?? '') !== '') reportDisallowed(scope, '/metadata/generateName');

  const name = asString(scope.metadata.name) ?? '';
  const path = '/metadata/name';
  const reason = domainError(name);
  if (reason !== undefined) report(scope, path, `invalid name ${quote(name)}: name: ${reason}`);
  if (name.endsWith(`.${CLUSTER_DOMAIN}`)) {
    const rule = `must not be a subdomain of cluster local domain ${quote(CLUSTER_DOMAIN)}`;
    report(scope, path, `invalid name ${quote(name)}: ${rule}`);
  }
}

/** What k8s.io/apimachinery's IsFullyQualifiedDomainName says of a name, or nothing. */
function domainError(text: string): string | undefined {
  if (text === '') return 'Required value';
  const name = text.endsWith('.') ? text.slice(0, -1) : text;

  const errors = dns1123SubdomainErrors(name);
  if (errors.length > 0) return invalid(name, errors.join(','));
  const labels = name.split('.');
  if (labels.length < 2) return invalid(name, 'should be a domain with at least two segments separated by dots');
  for (const label of labels) {
    const labelErrors = dns1123LabelErrors(label);
    if (labelErrors.length > 0) return invalid(label, labelErrors.join(','));
  }
  return undefined;
}

function invalid(value: string, reason: string): string {
  return `Invalid value: ${quote(value)}: ${reason}`;
}

function checkReference(scope: Scope, reference: JsonObject): void {
  const path = '/spec/ref';
  for (const field of ['name', 'apiVersion', 'kind']) {
    if ((stringAt(reference, field) ?? '') === '') reportMissing(scope, `${path}/${field}`);
  }
  if ((asString(reference.group) ?? '') !== '') reportDisallowed(scope, `${path}/group`);

  const parent = asString(scope.metadata.namespace) ?? '';
  const namespace = asString(reference.namespace) ?? '';
  if (namespace === '' || parent === '' || namespace === parent) return;
  const details = `parent namespace: ${quote(parent)} does not match ref: ${quote(namespace)}`;
  report(scope, `${path}/namespace`, 'mismatched namespaces', details);
}
