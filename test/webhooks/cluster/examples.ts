/** The examples of every rule as a cluster would hold them: each object in a namespace. */
import { loadAll } from 'js-yaml';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { keyOf } from '../../../src/kubernetes/kinds.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { admissionRules } from '../../../src/policy/rules/admission.ts';
import { rules } from '../../../src/policy/rules/index.ts';
import { FOLLOWED } from '../../../webhooks/cluster/kinds.ts';

export const judging: readonly Rule[] = [...rules, ...admissionRules];

const clusterScoped = new Set(FOLLOWED.filter(({ isNamespaced }) => !isNamespaced).map(({ kind }) => kind.key));

const SERVICE = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}}
---
`;
const TO_CART = '{ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart}}';

/** Each refers to the Service cart, which is about to be deleted. */
const REFERRING: readonly (readonly [apiVersion: string, kind: string, spec: string])[] = [
  ['sources.knative.dev/v1', 'PingSource', `{schedule: "* * * * *", sink: ${TO_CART}}`],
  ['sources.knative.dev/v1', 'KafkaSource', `{topics: [a], sink: ${TO_CART}}`],
  ['sources.knative.dev/v1', 'ApiServerSource', `{sink: ${TO_CART}}`],
  ['sources.knative.dev/v1', 'ContainerSource', `{sink: ${TO_CART}}`],
  ['sources.knative.dev/v1', 'SinkBinding', `{sink: ${TO_CART}}`],
  ['eventing.knative.dev/v1', 'Broker', `{delivery: {deadLetterSink: ${TO_CART}}}`],
  ['messaging.knative.dev/v1', 'Channel', `{delivery: {deadLetterSink: ${TO_CART}}}`],
  ['messaging.knative.dev/v1', 'InMemoryChannel', `{delivery: {deadLetterSink: ${TO_CART}}}`],
  ['messaging.knative.dev/v1beta1', 'KafkaChannel', `{delivery: {deadLetterSink: ${TO_CART}}}`],
  [
    'messaging.knative.dev/v1',
    'Subscription',
    `{channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: a}, subscriber: ${TO_CART}}`,
  ],
  ['flows.knative.dev/v1', 'Parallel', `{branches: [{subscriber: ${TO_CART}}]}`],
  [
    'serving.knative.dev/v1beta1',
    'DomainMapping',
    '{ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart}}',
  ],
];

/** Each is what a NetworkPolicy selects that otherwise seems to mean the Service cart. */
const SELECTED: readonly (readonly [apiVersion: string, kind: string, spec: string])[] = [
  ['apps/v1', 'Deployment', '{template: {metadata: {labels: {app: cart}}}}'],
  ['apps/v1', 'StatefulSet', '{template: {metadata: {labels: {app: cart}}}}'],
  ['batch/v1', 'Job', '{template: {metadata: {labels: {app: cart}}}}'],
  ['keda.sh/v1alpha1', 'ScaledJob', '{jobTargetRef: {template: {metadata: {labels: {app: cart}}}}}'],
];

/** What the rules' own examples leave out: for each kind one verdict that hangs on more than its name. */
const more: readonly (readonly [name: string, text: string])[] = [
  ...REFERRING.map(([apiVersion, kind, spec]) => manifest(apiVersion, kind, 'refers', spec, SERVICE)),
  ...SELECTED.map(([apiVersion, kind, spec]) =>
    manifest(
      apiVersion,
      kind,
      'selected',
      spec,
      `${SERVICE}${manifest('networking.k8s.io/v1', 'NetworkPolicy', 'cart', '{podSelector: {matchLabels: {app: cart}}}', '')[1]}---\n`,
    ),
  ),
  manifest('networking.k8s.io/v1', 'NetworkPolicy', 'other', '{podSelector: {matchLabels: {app: other}}}', SERVICE),
  [
    'a Configuration behind a closed NetworkPolicy',
    `${SERVICE.replace('kind: Service', 'kind: Configuration')}${manifest('networking.k8s.io/v1', 'NetworkPolicy', 'closed', '{podSelector: {}, policyTypes: [Ingress]}', '')[1]}`,
  ],
  [
    'a ServiceAccount with the pull secret',
    `${SERVICE}\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nimagePullSecrets: [{name: regcred}]\n`,
  ],
  [
    'a ClusterRole that writes exceptions, and who is bound to it',
    `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: exceptions}
rules: [{apiGroups: [weir.dev], resources: [policyexceptions], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: exceptions}
subjects: [{kind: Group, name: team-shop, apiGroup: rbac.authorization.k8s.io}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exceptions}
`,
  ],
  [
    'two ScaledObjects for one Deployment',
    [1, 2]
      .map(
        (index) =>
          manifest(
            'keda.sh/v1alpha1',
            'ScaledObject',
            `orders-${index}`,
            '{scaleTargetRef: {name: orders}, triggers: []}',
            '',
          )[1],
      )
      .join('---\n'),
  ],
];

function manifest(apiVersion: string, kind: string, name: string, spec: string, before: string): [string, string] {
  return [
    `${kind} ${name}`,
    `${before}apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`,
  ];
}

/** The objects of each example text. */
export const examples: readonly { readonly name: string; readonly objects: readonly JsonObject[] }[] = [
  ...judging.flatMap(({ id, examples: { bad, good } }) => [
    { name: `${id}, bad`, objects: placed(bad) },
    { name: `${id}, good`, objects: placed(good) },
  ]),
  ...more.map(([name, text]) => ({ name, objects: placed(text) })),
];

function placed(text: string): JsonObject[] {
  return loadAll(text)
    .filter((document) => isObject(document))
    .map((object) => {
      if (clusterScoped.has(keyOf(object)) || stringAt(object, 'metadata', 'namespace') !== undefined) return object;
      return { ...object, metadata: { ...objectAt(object, 'metadata'), namespace: 'shop' } };
    });
}
