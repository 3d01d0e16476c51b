/** How an API server serves PolicyExceptions (overlays/base/policyexceptions.yaml); a Resource of src/kubernetes/client. */
export const policyExceptions = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'policyexceptions',
  kind: 'PolicyException',
  isNamespaced: true,
} as const;
