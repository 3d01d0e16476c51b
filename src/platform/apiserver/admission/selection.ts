/**
 * Whether a webhook is asked about a request (k8s.io/apiserver pkg/admission/plugin/webhook/generic/webhook.go,
 * ShouldCallHook).
 */
import { type JsonObject, type JsonValue, valueAt } from '../../../kubernetes/json.ts';
import { labelsFrom, selects, selectsEverything } from '../../../kubernetes/labelSelector.ts';
import type { Authorizer } from '../auth/user.ts';
import type { Resource, Resources } from '../resources/resource.ts';
import { notFound } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';
import type { AdmissionAttributes } from './admission.ts';
import { requestOf, type Seen, seenAs } from './review.ts';
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

export interface Known {
  readonly store: Reader;
  readonly authorizer: Authorizer | undefined;
  /** For other versions of the same resource, which `matchPolicy: Equivalent` asks for. */
  readonly resources: Resources | undefined;
}

/**
 * The request as the webhook is to see it, in the version that its rules name; undefined where it is not meant.
 *
 * @throws Failure 404 where the namespace that a selector asks for is not there, 403 where a condition fails
 */
export function seenBy(webhook: Webhook, attributes: AdmissionAttributes, known: Known): Seen | undefined {
  const as = versionFor(webhook, attributes, known.resources);
  if (as === undefined) return undefined;
  if (!isObjectSelected(webhook, attributes) || !isNamespaceSelected(webhook, attributes, known.store))
    return undefined;

  const seen = seenAs(attributes, as);
  if (webhook.conditions === undefined) return seen;
  const { object, old } = seen;
  const input = { object, oldObject: old, request: requestOf(seen), authorizer: known.authorizer, attributes };
  return webhook.conditions(input) ? seen : undefined;
}

/** The request's version where a rule names it, else another one by which the same objects are served. */
function versionFor(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  resources: Resources | undefined,
): Resource | undefined {
  const { resource } = attributes;
  if (webhook.rules.some((rule) => ruleMatches(rule, attributes, resource))) return resource;
  if (!webhook.takesEquivalents || resources === undefined) return undefined;

  const others = resources.all().filter((each) => each.storedAs === resource.storedAs && each !== resource);
  for (const rule of webhook.rules) {
    const found = others.find((other) => ruleMatches(rule, attributes, other));
    if (found !== undefined) return found;
  }
  return undefined;
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
