const CORE = 'config/core';
const RESOURCES = ['configuration', 'domain-mapping', 'metric', 'podautoscaler', 'revision', 'route', 'service'];
const ROLES = ['clusterrole', 'clusterrole-namespaced', 'addressable-resolvers-clusterrole'];
const CONFIG_MAPS = [
  'autoscaler',
  'certmanager',
  'defaults',
  'deployment',
  'domain',
  'features',
  'gc',
  'leader-election',
  'logging',
  'observability',
  'tracing',
];
const WEBHOOKS = ['configmap-validation', 'defaulting', 'resource-validation', 'secret'];

/**
 * What Knative Serving is installed from, by Go module, in the order in which it is created. The activator is left
 * out: no request ever reaches a pod here. In serving's own folder, networking's and caching's CRDs are links, which
 * do not survive in a Go module.
 */
export const CONFIG_FILES: readonly { readonly module: string; readonly files: readonly string[] }[] = [
  {
    module: 'knative.dev/serving',
    files: [
      `${CORE}/100-namespace.yaml`,
      `${CORE}/200-serviceaccount.yaml`,
      ...ROLES.map((name) => `${CORE}/200-roles/${name}.yaml`),
      ...RESOURCES.map((name) => `${CORE}/300-resources/${name}.yaml`),
      ...CONFIG_MAPS.map((name) => `${CORE}/configmaps/${name}.yaml`),
    ],
  },
  {
    module: 'knative.dev/networking',
    files: ['certificate', 'domain-claim', 'ingress', 'serverlessservice', 'config-network'].map(
      (name) => `config/${name}.yaml`,
    ),
  },
  { module: 'knative.dev/caching', files: ['config/image.yaml'] },
  // Last: from now on the API server asks Knative's webhook.
  { module: 'knative.dev/serving', files: WEBHOOKS.map((name) => `${CORE}/webhooks/${name}.yaml`) },
];
