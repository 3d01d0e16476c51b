/** What Knative Eventing's own controllers would make of its objects, for the manager to run. */
import type { EventPlane } from '../../src/platform/eventing/start.ts';
import type { MakeController } from '../manager/controller.ts';
import { besideEventing } from './aside.ts';
import { brokerController } from './broker/controller.ts';
import { channelController, physicalChannelController } from './channel/controllers.ts';
import { deliveryController } from './delivery/controller.ts';
import { parallelController, sequenceController } from './flows/controllers.ts';
import { transformController } from './transform/controller.ts';

/** @param plane what brings events */
export function makeEventingControllers(plane: EventPlane): readonly MakeController[] {
  const controllers = [
    brokerController(plane),
    physicalChannelController(plane),
    channelController,
    deliveryController(plane),
    sequenceController,
    parallelController,
    transformController(plane),
  ];
  return besideEventing(controllers, 'Brokers, Triggers and Channels');
}
