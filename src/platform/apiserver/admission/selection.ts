/**
 * Whether a webhook is asked about a request (k8s.io/apiserver pkg/admission/plugin/webhook/generic/webhook.go,
 * ShouldCallHook).
 */
import { type JsonObject, type JsonValue, valueAt } from '../../../kubernetes/json.ts';
import { labelsFrom, selects, selectsEverything } from '../../../kubernetes/labelSelector.ts';
import type { Authorizer } from '../auth/user.ts';
import { notFound } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';
import type { AdmissionAttributes } from './admission.ts';
import { requestOf } from './review.ts';
import { ruleMatches } from './rules.ts';
import type { Webhook } from './webhook.ts';

const REGISTRATION = 'admissionregistration.k8s.io';
/** Asking webhooks about these could lock everybody out for good. */
const EXEMPT_KINDS: readonly string[] = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

export function isExempt({ resource }: AdmissionAttributes): boolean {
  return resource.group === REGISTRATION && EXEMPT_KINDS.includes(resource.kind);
}

/** @throws Failure 404 where the namespace that a selector asks for is not there, 403 where a condition fails */
export function isAsked(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  store: Reader,
  authorizer: Authorizer | undefined,
): boolean {
  const { version } = attributes.resource; // one shape for all versions: matchPolicy has nothing to convert
  if (!webhook.rules.some((rule) => ruleMatches(rule, attributes, version))) return false;
  if (!isObjectSelected(webhook, attributes) || !isNamespaceSelected(webhook, attributes, store)) return false;
  if (webhook.conditions === undefined) return true;

  const { object, old } = attributes;
  return webhook.conditions({ object, oldObject: old, request: requestOf(attributes), authorizer, attributes });
}

/** By the labels before or after the change. */
function isObjectSelected({ objectSelector }: Webhook, { object, old }: AdmissionAttributes): boolean {
  if (selectsEverything(objectSelector)) return true;
  return hasSelectedLabels(objectSelector, object) || hasSelectedLabels(objectSelector, old);
}

function hasSelectedLabels(selector: JsonObject | undefined, object: JsonObject | undefined): boolean {
  return object !== undefined && isSelected(selector, valueAt(object, 'metadata', 'labels'));
}

/** What belongs to the whole cluster is always meant. */
function isNamespaceSelected({ namespaceSelector }: Webhook, attributes: AdmissionAttributes, store: Reader): boolean {
  if (attributes.namespace === '' || selectsEverything(namespaceSelector)) return true;
  return isSelected(namespaceSelector, namespaceLabels(attributes, store));
}

function namespaceLabels(
  { operation, resource, subresource, namespace, object }: AdmissionAttributes,
  store: Reader,
): JsonValue | undefined {
  const isWritten = resource.storedAs === 'namespaces' && subresource === '' && operation !== 'DELETE';
  if (isWritten) return valueAt(object, 'metadata', 'labels');

  const stored = store.get({ resource: 'namespaces', namespace: '', name: namespace });
  if (stored === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  return stored.labels;
}

function isSelected(selector: JsonObject | undefined, labels: JsonValue | undefined): boolean {
  return selects(selector, labelsFrom(labels)) === 'yes';
}
