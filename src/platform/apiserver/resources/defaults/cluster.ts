/**
 * Defaults of what governs a cluster: k8s.io/kubernetes pkg/apis/{rbac,admissionregistration,networking,discovery,
 * scheduling,storage}/v1 defaults.go, k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go.
 */
import { type Draft, draftAt, draftsAt, ensure, fill, fillEmpty } from '../draft.ts';

const RBAC = 'rbac.authorization.k8s.io';

export function defaultRoleBinding(binding: Draft): void {
  fillEmpty(ensure(binding, 'roleRef'), 'apiGroup', RBAC);
  for (const subject of draftsAt(binding, 'subjects')) {
    if (subject.kind === 'User' || subject.kind === 'Group') fillEmpty(subject, 'apiGroup', RBAC);
  }
}

/** @param isMutating a mutating webhook may ask to be called again */
export function defaultWebhooks(configuration: Draft, isMutating: boolean): void {
  for (const webhook of draftsAt(configuration, 'webhooks')) {
    fill(webhook, 'failurePolicy', 'Fail');
    fill(webhook, 'matchPolicy', 'Equivalent');
    fill(webhook, 'namespaceSelector', {});
    fill(webhook, 'objectSelector', {});
    fill(webhook, 'timeoutSeconds', 10);
    if (isMutating) fill(webhook, 'reinvocationPolicy', 'Never');
    for (const rule of draftsAt(webhook, 'rules')) fill(rule, 'scope', '*');
    fill(draftAt(webhook, 'clientConfig', 'service'), 'port', 443);
  }
}

export function defaultNetworkPolicy(policy: Draft): void {
  const spec = ensure(policy, 'spec');
  for (const rules of ['ingress', 'egress']) {
    for (const rule of draftsAt(spec, rules)) {
      for (const port of draftsAt(rule, 'ports')) fill(port, 'protocol', 'TCP');
    }
  }
  const types = spec.policyTypes;
  if (Array.isArray(types) && types.length > 0) return;
  spec.policyTypes = draftsAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

export function defaultIngressClass(ingressClass: Draft): void {
  fill(draftAt(ingressClass, 'spec', 'parameters'), 'scope', 'Cluster');
}

export function defaultEndpointSlice(slice: Draft): void {
  for (const port of draftsAt(slice, 'ports')) {
    fill(port, 'name', '');
    fill(port, 'protocol', 'TCP');
  }
}

export function defaultPriorityClass(priorityClass: Draft): void {
  fill(priorityClass, 'preemptionPolicy', 'PreemptLowerPriority');
}

export function defaultStorageClass(storageClass: Draft): void {
  fill(storageClass, 'reclaimPolicy', 'Delete');
  fill(storageClass, 'volumeBindingMode', 'Immediate');
}

export function defaultDefinition(definition: Draft): void {
  const spec = ensure(definition, 'spec');
  const names = ensure(spec, 'names');
  const kind = typeof names.kind === 'string' ? names.kind : '';
  fillEmpty(names, 'singular', kind.toLowerCase());
  if (kind !== '') fillEmpty(names, 'listKind', `${kind}List`);
  fill(spec, 'conversion', { strategy: 'None' });
  fill(draftAt(spec, 'conversion', 'webhook', 'clientConfig', 'service'), 'port', 443);
}
