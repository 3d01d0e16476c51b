/** How events are delivered, and whether they arrive. What Knative itself refuses of Eventing's kinds is in ../knative. */
import type { Rule } from '../../engine/rule.ts';
import { annotationDelivery } from './annotationDelivery.ts';
import { brokerClass } from './brokerClass.ts';
import { brokerUrl } from './brokerUrl.ts';
import { channelKind } from './channelKind.ts';
import { deadLetter } from './deadLetter.ts';
import { deliveryBackoff } from './deliveryBackoff.ts';
import { deliveryRetry } from './deliveryRetry.ts';
import { deliveryTimeout } from './deliveryTimeout.ts';
import { eventTypeVersion } from './eventTypeVersion.ts';
import { filterCharacters } from './filterCharacters.ts';
import { filterPattern } from './filterPattern.ts';
import { inMemoryChannelRule } from './inMemoryChannel.ts';
import { removedApi } from './removedApi.ts';
import { scalingCronJobRule } from './scalingCronJob.ts';
import { subscriberRule } from './subscriber.ts';
import { triggerFilter } from './triggerFilter.ts';
import { triggerLoop } from './triggerLoop.ts';

export const eventingRules: readonly Rule[] = [
  removedApi,
  brokerClass,
  inMemoryChannelRule,
  channelKind,
  deliveryRetry,
  deliveryBackoff,
  deliveryTimeout,
  annotationDelivery,
  deadLetter,
  triggerFilter,
  triggerLoop,
  filterPattern,
  filterCharacters,
  eventTypeVersion,
  subscriberRule,
  brokerUrl,
  scalingCronJobRule,
];
