/** What Knative's own controllers would make of Services, for the manager to run. */
import type { MakeController } from '../manager/controller.ts';
import { podAutoscalerController } from './autoscaler/controller.ts';
import { configurationController } from './configuration/controller.ts';
import { gcController } from './gc/controller.ts';
import type { ServingOptions, Shared } from './ground.ts';
import { labelerController } from './labeler/controller.ts';
import { revisionController } from './revision/controller.ts';
import { routeController } from './route/controller.ts';
import { readyAtOnce } from './runtime.ts';
import { serviceController } from './service/controller.ts';

export type { ServingOptions } from './ground.ts';
export { type Failure, type Instances, type Reach, type Runtime, readyAtOnce } from './runtime.ts';

/** Of this machine alone: every name below it leads to the loopback address. */
const DEFAULTS: ServingOptions = { runtime: readyAtOnce, domain: 'localhost' };

/**
 * @example
 * startManager({ controllers: makeServingControllers({ runtime: processes }), … });
 */
export function makeServingControllers(options: Partial<ServingOptions> = {}): readonly MakeController[] {
  const whole: Shared = { ...DEFAULTS, ...options, aside: { sign: undefined } };
  return [
    serviceController(whole),
    configurationController(whole),
    revisionController(whole),
    podAutoscalerController(whole),
    routeController(whole),
    labelerController(whole),
    gcController(whole),
  ];
}

/** With nothing that runs code: every Revision is ready as soon as it is there. */
export const servingControllers: readonly MakeController[] = makeServingControllers();
