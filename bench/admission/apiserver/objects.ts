/** What is registered with the API server for the comparison: a kind, a namespace for each way to judge, and the ways. */
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';

const GROUP = 'serving.knative.dev';
const RULE = { apiGroups: [GROUP], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] };
/** In which of the ways a namespace's objects are judged. */
const LABEL = 'bench.weir.dev/way';

/** A kind of the name of Knative's Service that takes anything: what Knative costs is not measured here. */
export function serviceKind(): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `services.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Service', plural: 'services', singular: 'service', listKind: 'ServiceList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

export function namespaceOf(way: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `bench-${way}`, labels: { [LABEL]: way } } };
}

/** Where a Service is created for the sake of its verdict alone. */
export function dryRunPath(way: string): string {
  return `/apis/${GROUP}/v1/namespaces/bench-${way}/services?dryRun=All`;
}

export interface WebhookEntry {
  readonly way: string;
  readonly url: string;
  readonly ca: string;
}

/** Of both kinds of configuration: they differ by their kind alone. */
export function webhookConfiguration(
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration',
  { way, url, ca }: WebhookEntry,
): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: `${way}.bench.weir.dev` },
    webhooks: [
      {
        name: `${way}.bench.weir.dev`,
        clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
        rules: [RULE],
        namespaceSelector: { matchLabels: { [LABEL]: way } },
        sideEffects: 'NoneOnDryRun',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

const TEMPLATE = 'object.spec.template';
const AUTOSCALING = 'autoscaling.knative.dev';

/** A condition on the annotation as a number, on the template where it must be. */
function annotation(key: string, least: number, most: number): string {
  const annotations = `${TEMPLATE}.metadata.annotations`;
  const value = `int(${annotations}['${AUTOSCALING}/${key}'])`;
  return `'${AUTOSCALING}/${key}' in ${annotations} && ${value} >= ${least} && ${value} <= ${most}`;
}

function everyContainer(condition: string): string {
  return `${TEMPLATE}.spec.containers.all(container, ${condition})`;
}

function atMost(kind: 'limits' | 'requests', resource: 'cpu' | 'memory', most: string): string {
  const value = `container.resources.${kind}.${resource}`;
  return everyContainer(`!has(${value}) || quantity(string(${value})).compareTo(quantity('${most}')) <= 0`);
}

/** The ten checks of peers/admission.rego in CEL. */
const CHECKS: readonly (readonly [expression: string, message: string])[] = [
  [annotation('min-scale', 1, 20), 'prod allows a min-scale from 1 to 20'],
  [annotation('max-scale', 1, 50), 'prod allows a max-scale from 1 to 50'],
  [
    everyContainer(
      "container.image.startsWith('registry.example.com/') || container.image.startsWith('ghcr.io/knative/')",
    ),
    'images come from our registries',
  ],
  [everyContainer("!container.image.endsWith(':latest')"), 'the tag latest moves'],
  [atMost('limits', 'cpu', '4'), 'prod allows a CPU limit of 4'],
  [atMost('limits', 'memory', '8Gi'), 'prod allows a memory limit of 8Gi'],
  [atMost('requests', 'cpu', '2'), 'prod allows a CPU request of 2'],
  [`!has(${TEMPLATE}.spec.timeoutSeconds) || ${TEMPLATE}.spec.timeoutSeconds <= 300`, 'timeoutSeconds is above 300'],
  [
    everyContainer(
      'has(container.securityContext.allowPrivilegeEscalation) && !container.securityContext.allowPrivilegeEscalation',
    ),
    'privilege escalation is allowed',
  ],
  [everyContainer("'ALL' in container.securityContext.capabilities.drop"), 'capabilities are not dropped'],
];

export function nativePolicy(way: string): JsonObject[] {
  const name = `${way}.bench.weir.dev`;
  const validations: JsonValue = CHECKS.map(([expression, message]) => ({ expression, message }));
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: [RULE] }, validations },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { [LABEL]: way } } },
      },
    },
  ];
}
