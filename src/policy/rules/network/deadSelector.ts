import { type KnativePods, knativePodsOf, SERVICE_LABEL } from '../../../knative/pods.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../../kubernetes/json.ts';
import { knativeService, networkPolicy } from '../../../kubernetes/kinds.ts';
import { labelsFrom, selects, selectsEverything } from '../../../kubernetes/labelSelector.ts';
import { restricts, selectsPods } from '../../../kubernetes/networkPolicy.ts';
import { labelsOf, referenceTo, titleOf } from '../../../kubernetes/object.ts';
import { podTemplateOf, workloads } from '../../../kubernetes/podTemplate.ts';
import { applyEdits, type Edit } from '../../engine/edit.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { letIn } from './cutsOffKnative.ts';
import { closedWays, policiesBeside } from './reach.ts';
import { waysIn } from './ways.ts';

/**
 * A NetworkPolicy for a Knative Service selects by labels that its pods carry.
 *
 * `app: cart` is how a Deployment's pods are selected. A Knative Service's pods have their Revision's name there, and
 * the Service's own labels stay off them (knative/serving pkg/reconciler/revision/resources/meta.go), so such a policy
 * selects nothing and protects nothing.
 */
export const networkDeadSelector = defineRule({
  id: 'network/dead-selector',
  title: 'a NetworkPolicy for a Knative Service selects its pods',
  why: 'A policy that selects nothing is accepted without a word, and everybody believes that the service is closed.',
  howToFix: 'Select by serving.knative.dev/service: <name of the Service>, or set the label on the template.',
  kinds: [networkPolicy],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart}
spec:
  podSelector: {matchLabels: {app: cart}}
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: knative-serving}}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kourier-system}}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart}
spec:
  podSelector: {matchLabels: {serving.knative.dev/service: cart}}
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: knative-serving}}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kourier-system}}
`,
  },

  judge(subject, context) {
    const meant = serviceMeantBy(subject.object, subject.namespace, context.inventory);
    if (meant === undefined) return [];
    const selector = { matchLabels: { [SERVICE_LABEL]: meant.name } };
    return [
      {
        path: '/spec/podSelector',
        message: `${titleOf(subject.reference)} selects no pod of ${meant.name}, whose pods do not carry these labels; select ${SERVICE_LABEL}: ${meant.name}`,
        fix: [{ set: '/spec/podSelector', value: selector }, ...waysToOpen(subject, selector, meant, context)],
      },
    ];
  },
});

/** Once it selects, the policy closes the service: what Knative needs is opened in the same stroke. */
function waysToOpen(subject: Subject, selector: JsonObject, pods: KnativePods, context: RuleContext): Edit[] {
  const mended = applyEdits(subject.object, [{ set: '/spec/podSelector', value: selector }]);
  if (!restricts(mended, 'Ingress')) return [];
  const [, ...others] = policiesBeside(subject, context.inventory);
  const ways = waysIn(pods.port, context.policy.knative, context.inventory);
  const closed = closedWays({ judged: mended, policies: [mended, ...others], direction: 'Ingress' }, pods, true, ways);
  return closed.length === 0 ? [] : letIn(mended, closed);
}

/** The Knative Service that the policy means to select and does not; undefined where it selects some pod in sight. */
export function serviceMeantBy(policy: JsonObject, namespace: string, inventory: Inventory): KnativePods | undefined {
  const selection = selectionOf(policy);
  if (selection === undefined) return undefined;
  let meant: KnativePods | undefined;
  for (const service of inventory.inNamespace(knativeService, namespace)) {
    const pods = meansBySelection(selection, service) ? knativePodsOf(service) : undefined;
    if (pods === undefined) continue;
    if (selectsPods(policy, pods.labels) !== 'no') return undefined;
    meant ??= pods;
  }
  return meant === undefined || selectsOther(policy, namespace, inventory) ? undefined : meant;
}

/** True where the policy's selector names the Service, or would select the Service's own labels. */
export function speaksOf(policy: JsonObject, service: JsonObject): boolean {
  const selection = selectionOf(policy);
  return selection !== undefined && meansBySelection(selection, service);
}

/** What a policy selects by, taken apart once: it is held against each service of its namespace. */
interface Selection {
  readonly selector: JsonObject;
  readonly labels: readonly (readonly [key: string, value: JsonValue | undefined])[];
}

/** Undefined where it selects every pod. */
function selectionOf(policy: JsonObject): Selection | undefined {
  const selector = objectAt(policy, 'spec', 'podSelector');
  if (selector === undefined || selectsEverything(selector)) return undefined;
  return { selector, labels: Object.entries(objectAt(selector, 'matchLabels') ?? {}) };
}

function meansBySelection({ selector, labels }: Selection, service: JsonObject): boolean {
  const { name } = referenceTo(service);
  const own = labelsOf(service);
  let mayMatch = true;
  for (const [key, value] of labels) {
    if (value === name) return true;
    // most fail at their first label
    if (typeof value === 'string' && own[key] !== value) mayMatch = false;
  }
  return mayMatch && selects(selector, labelsFrom(own)) === 'yes';
}

/** True where the policy selects the pods of a Deployment or another workload that is no Knative Service. */
function selectsOther(policy: JsonObject, namespace: string, inventory: Inventory): boolean {
  for (const kind of workloads) {
    for (const workload of inventory.inNamespace(kind, namespace)) {
      const pods = knativePodsOf(workload);
      const labels = pods?.labels ?? labelsFrom(podTemplateOf(workload)?.labels);
      if (selectsPods(policy, labels) !== 'no') return true;
    }
  }
  return false;
}
