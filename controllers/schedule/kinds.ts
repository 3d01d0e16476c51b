/** What the controller of ScalingSchedules follows and writes, in the versions that Weir and Knative serve. */
export { podAutoscalers, revisions, services } from '../../src/knative/resources.ts';
export {
  configMaps,
  customResourceDefinitions as definitions,
  namespaces,
} from '../../src/kubernetes/client/resources.ts';
export { scalingSchedules } from '../../src/schedule/resource.ts';
