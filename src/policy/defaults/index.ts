/** Every default that a policy can fill in, family by family. */
import { type Defaulter, fillsBySettings } from '../engine/default.ts';
import { autoscalingDefaults } from './autoscaling.ts';
import { eventingDefaults } from './eventing.ts';
import { imagesDefaults } from './images.ts';
import { kedaDefaults } from './keda.ts';
import { networkDefaults } from './network.ts';
import { resourcesDefaults } from './resources.ts';
import { securityDefaults } from './security.ts';
import { servingDefaults } from './serving.ts';

export const defaulters: readonly Defaulter[] = [
  ...fillsBySettings(autoscalingDefaults),
  ...fillsBySettings(resourcesDefaults),
  ...imagesDefaults,
  ...fillsBySettings(servingDefaults),
  ...fillsBySettings(networkDefaults),
  ...fillsBySettings(securityDefaults),
  ...eventingDefaults,
  ...kedaDefaults,
];
