/** How an API server serves ScalingSchedules (overlays/base/scalingschedules.yaml); a Resource of src/kubernetes/client. */
export const scalingSchedules = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'scalingschedules',
  kind: 'ScalingSchedule',
  isNamespaced: true,
} as const;
