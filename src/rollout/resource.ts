/** How an API server serves TrafficRollouts (overlays/base/trafficrollouts.yaml); a Resource of src/kubernetes/client. */
export const trafficRollouts = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'trafficrollouts',
  kind: 'TrafficRollout',
  isNamespaced: true,
} as const;
