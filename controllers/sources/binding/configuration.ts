/** The MutatingWebhookConfiguration of SinkBindings, by the name that it has in a cluster (knative/eventing config/core/webhooks/sinkbindings.yaml). */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export const CONFIGURATION = 'sinkbindings.webhook.sources.knative.dev';
const SECONDS = 10;
/** Of a namespace or an object: it is not bound (knative/pkg apis/duck/const.go). */
const EXCLUDED = 'bindings.knative.dev/exclude';

/**
 * @param webhook where it answers; its authority as PEM
 * @param resources what is asked about: those that are some binding's subject, and no others
 */
export function bindingConfiguration(
  webhook: { readonly url: string; readonly authority: string },
  resources: readonly Resource[],
): JsonObject {
  const selector = { matchExpressions: [{ key: EXCLUDED, operator: 'NotIn', values: ['true'] }] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: CONFIGURATION },
    webhooks: [
      {
        name: CONFIGURATION,
        admissionReviewVersions: ['v1'],
        clientConfig: { url: webhook.url, caBundle: Buffer.from(webhook.authority, 'utf8').toString('base64') },
        // a Job that was made without it could not be given it later
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        timeoutSeconds: SECONDS,
        namespaceSelector: selector,
        objectSelector: selector,
        rules: rulesFor(resources),
      },
    ],
  };
}

function rulesFor(resources: readonly Resource[]): JsonObject[] {
  return resources
    .map(({ group, version, plural }) => ({
      apiGroups: [group],
      apiVersions: [version],
      operations: ['CREATE', 'UPDATE'],
      resources: [plural],
      scope: '*',
    }))
    .sort((left, right) => (String(left.resources) < String(right.resources) ? -1 : 1));
}
