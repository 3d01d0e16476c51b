/** What Knative Serving itself refuses, area by area. The words are Knative's; see src/knative/serving. */
import { configuration, domainMapping, knativeService, revision, route } from '../../../kubernetes/kinds.ts';
import type { Rule } from '../../engine/rule.ts';
import { fixAutoscaling, fixMetadata, fixTraffic, fixType, fixUnknownField } from './fixes.ts';
import { refusalRule } from './refusal.ts';

const WHY_SYNC = 'The webhook denies it at the sync, when the commit has long been merged.';

export const schema: Rule = refusalRule({
  id: 'knative/schema',
  area: 'schema',
  title: "every value has the type that Knative's API gives it",
  why: `A number without quotes where Kubernetes wants text is the most common of all. ${WHY_SYNC}`,
  howToFix:
    'Write the value as the message says; values of annotations, labels and environment variables are texts and need quotes.',
  examples: {
    bad: service('annotations: {autoscaling.knative.dev/min-scale: 2}'),
    good: service('annotations: {autoscaling.knative.dev/min-scale: "2"}'),
  },
  fix: fixType,
});

export const unknownField: Rule = refusalRule({
  id: 'knative/unknown-field',
  area: 'unknown-field',
  title: "every field is one of Knative's API",
  why: 'kubectl and Argo CD refuse a field that the API does not have; whatever else applies it loses the setting without a word.',
  howToFix: 'Look for a misspelling, or for a field that stands one level too high or too low.',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    timeoutSeconds: 60
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      timeoutSeconds: 60
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },
  fix: fixUnknownField,
});

export const autoscaling: Rule = refusalRule({
  id: 'knative/autoscaling',
  area: 'autoscaling',
  title: 'autoscaling settings are those that Knative accepts',
  why: `Annotations of the autoscaler count on the template alone, and within Knative's own bounds. ${WHY_SYNC}`,
  howToFix: 'Put the annotation under `spec.template.metadata.annotations`, with a value as the message says.',
  kinds: [knativeService, configuration, route, revision],
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  annotations: {autoscaling.knative.dev/min-scale: "10"}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: service('annotations: {autoscaling.knative.dev/min-scale: "10"}'),
  },
  fix: fixAutoscaling,
});

export const metadata: Rule = refusalRule({
  id: 'knative/metadata',
  area: 'metadata',
  title: 'names, labels and annotations are those that Knative accepts',
  why: `Knative makes host names and Revisions of names. ${WHY_SYNC}`,
  howToFix:
    "Change the name or the annotation as the message says; a Revision's own name begins with that of its Service and a dash.",
  examples: { bad: service('name: v2'), good: service('name: cart-v2') },
  fix: fixMetadata,
});

export const timeouts: Rule = refusalRule({
  id: 'knative/timeouts',
  area: 'timeouts',
  title: 'timeouts are those that the cluster accepts',
  why: `config-defaults' max-revision-timeout-seconds bounds them for the whole cluster, since its activator and gateway wait as long. ${WHY_SYNC}`,
  howToFix:
    'Lower the timeout, or raise `max-revision-timeout-seconds` of the cluster and in `spec.knative.defaults` of the policy.',
  kinds: [knativeService, configuration, revision],
  examples: { bad: podSpec('timeoutSeconds: 1200'), good: podSpec('timeoutSeconds: 300') },
});

export const containers: Rule = refusalRule({
  id: 'knative/containers',
  area: 'containers',
  title: 'containers, probes and volumes are those that Knative accepts',
  why: `Knative runs a part of what Kubernetes can: one port, no host network, some volumes, unless a feature of the cluster allows more. ${WHY_SYNC}`,
  howToFix:
    'Change what the message names; where it is a feature that the cluster has switched on, say so in `spec.knative.features` of the policy.',
  kinds: [knativeService, configuration, revision],
  examples: { bad: podSpec('hostNetwork: true'), good: podSpec('timeoutSeconds: 300') },
  hint(error, subject) {
    const isBare = error.path === '/spec/template/spec/containers' && subject.template === undefined;
    return isBare
      ? 'there is no Service of traffic alone: write the template beside it, with the image that runs'
      : undefined;
  },
});

export const traffic: Rule = refusalRule({
  id: 'knative/traffic',
  area: 'traffic',
  title: 'traffic sums to 100 percent, and each target is one',
  why: `A target is a Revision by name or the latest, and a tag stands for one of them. ${WHY_SYNC}`,
  howToFix:
    'Make the percents sum to 100, give each target either a `revisionName` or `latestRevision: true`, and each tag once.',
  kinds: [knativeService, route],
  examples: {
    bad: traffics('{revisionName: cart-v1, percent: 80}', '{latestRevision: true, percent: 10}'),
    good: traffics('{revisionName: cart-v1, percent: 90}', '{latestRevision: true, percent: 10}'),
  },
  fix: fixTraffic,
});

export const mapping: Rule = refusalRule({
  id: 'knative/domain-mapping',
  area: 'domain-mapping',
  title: 'a DomainMapping leads to a Service of its own namespace',
  why: `A DomainMapping names what answers under its host name, in its own namespace. ${WHY_SYNC}`,
  howToFix: 'Set `spec.ref` to kind, name and apiVersion of a Knative Service in the same namespace.',
  kinds: [domainMapping],
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1beta1
kind: DomainMapping
metadata: {name: shop.example.com, namespace: shop}
spec:
  ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart, namespace: elsewhere}
`,
    good: `
apiVersion: serving.knative.dev/v1beta1
kind: DomainMapping
metadata: {name: shop.example.com, namespace: shop}
spec:
  ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart}
`,
  },
});

function service(templateMetadata: string): string {
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      ${templateMetadata}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}

function podSpec(field: string): string {
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      ${field}
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}

function traffics(...targets: readonly string[]): string {
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
  traffic:
${targets.map((target) => `  - ${target}`).join('\n')}
`;
}
