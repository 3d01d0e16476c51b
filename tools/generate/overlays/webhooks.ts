/** The two webhook configurations as YAML: one entry an environment, since the API server itself then chooses by the namespace's label. */
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { ENVIRONMENT_LABEL } from '../../../src/policy/environmentLabel.ts';
import { LEFT_OUT } from '../../../src/policy/leftOut.ts';
import { type AdmissionRule, defaulted, judgedClusterWide, judgedIn } from './admitted.ts';

export const MUTATING = 'defaults.weir.dev';
export const VALIDATING = 'policy.weir.dev';

const LEFT_OUT_NAMES = Object.keys(LEFT_OUT);

/**
 * Environments in which a change gets in unjudged while Weir does not answer: in dev nobody should wait for it, and at
 * an edge site there is one replica, and perhaps no line over which to mend it. Everywhere else the change waits.
 */
const IGNORES_FAILURE: ReadonlySet<string> = new Set(['dev', 'edge']);

type FailurePolicy = 'Fail' | 'Ignore';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly failurePolicy: FailurePolicy;
  readonly environment?: string;
  readonly conditions: readonly string[];
  readonly rules: readonly AdmissionRule[];
  readonly comment?: string;
}

const NOT_BY_KUBERNETES = condition(
  'not-by-kubernetes',
  "!request.userInfo.username.startsWith('system:serviceaccount:kube-system:') &&",
  "!(request.userInfo.username in ['system:kube-controller-manager', 'system:apiserver'])",
);

/**
 * Controllers make objects out of others that were judged, often on the way up from zero pods: neither a verdict nor an
 * outage of Weir's may stop them. Told by the name of who asks, which nobody can forge as a label could be. Argo CD's
 * account is not among them: it applies what people wrote.
 */
const BY_CONTROLLERS: readonly string[] = [
  condition(
    'not-by-knative',
    "!request.userInfo.username.startsWith('system:serviceaccount:knative-serving:') &&",
    "!request.userInfo.username.startsWith('system:serviceaccount:knative-eventing:')",
  ),
  NOT_BY_KUBERNETES,
  condition('not-by-keda', "request.userInfo.username != 'system:serviceaccount:keda:keda-operator'"),
  // what it puts back may be older than the policy, and a window begins while the webhook is away
  condition('not-by-weir', "request.userInfo.username != 'system:serviceaccount:weir-system:weir-controller'"),
];

/** The environment that a Namespace is in, as CEL; empty where there is no Namespace (CREATE, DELETE), or no label. */
function environmentIn(variable: 'object' | 'oldObject'): string {
  const labels = `${variable}.metadata.labels`;
  const isThere = `${variable} != null && has(${labels}) && '${ENVIRONMENT_LABEL}' in ${labels}`;
  return `(${isThere} ? ${labels}['${ENVIRONMENT_LABEL}'] : '')`;
}

const NOT_LEFT_OUT = condition(
  'not-left-out',
  `!(request.name in [${LEFT_OUT_NAMES.map((name) => `'${name}'`).join(', ')}])`,
);

/** An empty label is there, too. */
const WITHOUT_LABEL = condition(
  'without-the-label',
  `!has(object.metadata.labels) || !('${ENVIRONMENT_LABEL}' in object.metadata.labels)`,
);

/** Calls for a Namespace only where its environment is in question: all else that happens to Namespaces goes by. */
const ABOUT_ENVIRONMENT: readonly string[] = [
  condition('about-its-environment', environmentIn('object'), `!= ${environmentIn('oldObject')}`),
  NOT_LEFT_OUT,
  NOT_BY_KUBERNETES,
];

const NAMESPACES: AdmissionRule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  // an update of the status, or of the finalizers, may change labels, too (kubernetes pkg/registry/core/namespace/strategy.go)
  resources: ['namespaces', 'namespaces/finalize', 'namespaces/status'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  scope: 'Cluster',
};

export function mutatingConfiguration(policies: readonly EffectivePolicy[]): string {
  const entries = policies.map(
    ({ name }): Entry => ({
      name: `${name}.${MUTATING}`,
      path: `/mutate/${name}`,
      failurePolicy: 'Ignore',
      environment: name,
      conditions: BY_CONTROLLERS,
      rules: defaulted(),
    }),
  );
  return `${HEAD}
# Fills in what the policy decides and the author left out. Configurations run in the order of their names: this one
# before Knative's own (webhook.serving.knative.dev). It fails open, since policy.weir.dev tells what was not filled in.
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: ${MUTATING}
webhooks:
${entries.map((entry) => printEntry(entry, 'reinvocationPolicy: IfNeeded')).join('')}`;
}

/** The component default-environment, for the environment that a new Namespace joins where its author names none. */
export function joiningConfiguration(environment: string): string {
  const entry: Entry = {
    name: `namespaces.${MUTATING}`,
    path: `/mutate/${environment}`,
    failurePolicy: 'Ignore',
    conditions: [WITHOUT_LABEL, NOT_LEFT_OUT, NOT_BY_KUBERNETES],
    rules: [{ ...NAMESPACES, resources: ['namespaces'], operations: ['CREATE'] }],
  };
  return `${HEAD}
# Writes the label ${ENVIRONMENT_LABEL} on a new Namespace that has none. Whether it may join is judged after that.
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: ${MUTATING}
webhooks:
${printEntry(entry, 'reinvocationPolicy: IfNeeded')}`;
}

/** @param extent `environments alone` leaves out the entries for what is in none: for a patch, which has no say in them */
export function validatingConfiguration(
  policies: readonly EffectivePolicy[],
  extent: 'whole' | 'environments alone' = 'whole',
): string {
  const entries = policies.map(
    (policy): Entry => ({
      name: `${policy.name}.${VALIDATING}`,
      path: `/validate/${policy.name}`,
      failurePolicy: IGNORES_FAILURE.has(policy.name) ? 'Ignore' : 'Fail',
      environment: policy.name,
      conditions: BY_CONTROLLERS,
      rules: judgedIn(policy),
    }),
  );
  if (extent === 'whole') entries.push(...entriesOfTheCluster(policies));
  return `${HEAD}
# Judges what would be stored. An entry that fails closed (failurePolicy: Fail) lets nothing in while Weir is away.
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: ${VALIDATING}
webhooks:
${entries.map((entry) => printEntry(entry)).join('')}`;
}

function entriesOfTheCluster(policies: readonly EffectivePolicy[]): Entry[] {
  return [
    {
      comment: "What stands in no namespace is judged by the cluster's grade, which each overlay sets.",
      name: `cluster.${VALIDATING}`,
      path: '/validate/prod',
      failurePolicy: 'Ignore',
      conditions: BY_CONTROLLERS,
      rules: judgedClusterWide(policies),
    },
    {
      comment: 'Who takes a Namespace out of its environment takes all that is in it out of every policy.',
      name: `namespaces.${VALIDATING}`,
      path: '/validate-namespace',
      failurePolicy: 'Fail',
      conditions: ABOUT_ENVIRONMENT,
      rules: [NAMESPACES],
    },
  ];
}

const HEAD = `# Written by tools/generate/overlays from the rule catalogue and the policies: npm run generate`;

function printEntry(entry: Entry, ...more: string[]): string {
  const { comment, environment, conditions, rules } = entry;
  const lines = [
    ...(comment === undefined ? [] : [`# ${comment}`]),
    `- name: ${entry.name}`,
    '  admissionReviewVersions: [v1]',
    '  clientConfig:',
    `    service: {namespace: weir-system, name: weir-webhook, path: ${entry.path}, port: 443}`,
    `  failurePolicy: ${entry.failurePolicy}`,
    '  matchPolicy: Equivalent',
    ...more.map((line) => `  ${line}`),
    '  sideEffects: NoneOnDryRun',
    '  timeoutSeconds: 5',
  ];
  if (environment !== undefined) {
    lines.push(
      '  namespaceSelector:',
      '    matchExpressions:',
      `    - {key: ${ENVIRONMENT_LABEL}, operator: In, values: [${environment}]}`,
      '    - key: kubernetes.io/metadata.name',
      '      operator: NotIn',
      `      values: [${LEFT_OUT_NAMES.join(', ')}]`,
    );
  }
  lines.push('  matchConditions:', ...conditions, '  rules:', ...rules.map(printRule));
  return `${lines.join('\n')}\n`;
}

function printRule({ apiGroups, apiVersions, resources, operations, scope }: AdmissionRule): string {
  const parts = [
    `apiGroups: ${list(apiGroups)}`,
    `apiVersions: ${list(apiVersions)}`,
    `resources: ${list(resources)}`,
    `operations: ${list(operations)}`,
    `scope: ${scope}`,
  ];
  return `  - ${parts.join('\n    ')}`;
}

/** The core group is the empty text, which YAML takes only in quotes. */
function list(values: readonly string[]): string {
  return `[${values.map((value) => (value === '' ? '""' : value)).join(', ')}]`;
}

function condition(name: string, ...lines: string[]): string {
  return [`  - name: ${name}`, '    expression: >-', ...lines.map((line) => `      ${line}`)].join('\n');
}
