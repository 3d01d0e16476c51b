/** What Knative Eventing's own controllers and adapters make of sources, for the manager to run. */
import { besideEventing } from '../eventing/aside.ts';
import type { MakeController } from '../manager/controller.ts';
import { apiServerSourceController } from './apiServer/controller.ts';
import { sinkBindingController } from './binding/controller.ts';
import { containerSourceController } from './container/controller.ts';
import { gitHubSourceController } from './github/controller.ts';
import { kafkaSinkController } from './kafka/sink/controller.ts';
import { kafkaSourceController } from './kafka/source/controller.ts';
import { pingSourceController } from './ping/controller.ts';
import type { SourceSurroundings } from './surroundings.ts';

export function makeSourceControllers(surroundings: SourceSurroundings): readonly MakeController[] {
  const controllers = [
    pingSourceController(surroundings),
    apiServerSourceController(surroundings),
    sinkBindingController(surroundings),
    containerSourceController,
    gitHubSourceController(surroundings),
    kafkaSourceController(surroundings),
    kafkaSinkController(surroundings),
  ];
  return besideEventing(controllers, 'sources');
}
