/** Knative Serving's resources, in the versions of 1.23; each is a Resource of src/kubernetes/client. */

interface KnativeResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: true;
}

export const services = serving('Service', 'services');
export const configurations = serving('Configuration', 'configurations');
export const revisions = serving('Revision', 'revisions');
export const routes = serving('Route', 'routes');

export const domainMappings: KnativeResource = { ...serving('DomainMapping', 'domainmappings'), version: 'v1beta1' };
export const clusterDomainClaims = {
  group: 'networking.internal.knative.dev',
  version: 'v1alpha1',
  plural: 'clusterdomainclaims',
  kind: 'ClusterDomainClaim',
  isNamespaced: false,
} as const;

export const podAutoscalers: KnativeResource = {
  group: 'autoscaling.internal.knative.dev',
  version: 'v1alpha1',
  plural: 'podautoscalers',
  kind: 'PodAutoscaler',
  isNamespaced: true,
};

function serving(kind: string, plural: string): KnativeResource {
  return { group: 'serving.knative.dev', version: 'v1', plural, kind, isNamespaced: true };
}
