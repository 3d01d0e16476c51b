/** What Knative's own controllers would make of Services, for the manager to run. */
import { hpaController } from '../hpa/controller.ts';
import type { MakeController } from '../manager/controller.ts';
import { podAutoscalerController } from './autoscaler/controller.ts';
import { configurationController } from './configuration/controller.ts';
import { domainMappingController } from './domainMapping/controller.ts';
import { gcController } from './gc/controller.ts';
import type { ServingOptions, Shared } from './ground.ts';
import { instancesController } from './instances/controller.ts';
import type { InstancesOptions } from './instances/options.ts';
import { Running } from './instances/running.ts';
import { scaleTargetOf } from './instances/scaleTarget.ts';
import { labelerController } from './labeler/controller.ts';
import { revisionController } from './revision/controller.ts';
import { routeController } from './route/controller.ts';
import { readyAtOnce } from './runtime.ts';
import { serviceController } from './service/controller.ts';

export type { ServingOptions } from './ground.ts';
export { type Failure, type Instances, type Reach, type Runtime, readyAtOnce } from './runtime.ts';

/** Of this machine alone: every name below it leads to the loopback address. */
const DEFAULTS: ServingOptions = { runtime: readyAtOnce, domain: 'localhost' };

export interface MakeServingOptions extends Partial<ServingOptions> {
  /** What runs Pods and carries requests; it says then what Revisions have, in the place of a runtime. */
  readonly instances?: InstancesOptions;
}

/**
 * With `instances`, Revisions have Pods that somebody runs, and requests reach them. With a runtime, it says what they
 * have. With neither, every Revision is ready as soon as it is there.
 *
 * @example
 * startManager({ controllers: makeServingControllers({ instances: { plane } }), … });
 */
export function makeServingControllers({ instances, ...options }: MakeServingOptions = {}): readonly MakeController[] {
  const running = instances === undefined ? undefined : new Running(instances);
  const runtime = running === undefined ? {} : { runtime: running.runtime };
  const hpa = running === undefined ? undefined : hpaOf(running);
  const whole: Shared = {
    ...DEFAULTS,
    ...options,
    ...runtime,
    areHpasMade: hpa !== undefined,
    aside: { sign: undefined },
  };
  return [
    ...(running === undefined ? [] : [instancesController(whole, running)]),
    ...(hpa === undefined ? [] : [hpa]),
    serviceController(whole),
    configurationController(whole),
    revisionController(whole),
    podAutoscalerController(whole),
    routeController(whole),
    domainMappingController(whole),
    labelerController(whole),
    gcController(whole),
  ];
}

/** Undefined where nobody measures what Pods use. */
function hpaOf({ options: { pods }, fleet }: Running): MakeController | undefined {
  if (pods === undefined) return undefined;
  return hpaController({ pods, findOther: (autoscaler) => scaleTargetOf(autoscaler, fleet) });
}

/** With nothing that runs code: every Revision is ready as soon as it is there. */
export const servingControllers: readonly MakeController[] = makeServingControllers();
