/** `spec.serving`: timeouts and traffic of services. */
import { type DurationBounds, durationBounds, integerBounds, type NumberBounds, section } from './bounds.ts';

export interface ServingPolicy {
  readonly timeoutSeconds?: NumberBounds;
  readonly responseStartTimeoutSeconds?: NumberBounds;
  readonly idleTimeoutSeconds?: NumberBounds;
  /** serving.knative.dev/rollout-duration: how long traffic takes to move to the latest Revision. */
  readonly rolloutDuration?: DurationBounds;
  readonly traffic?: {
    /** Percent of traffic that a Revision may get at once when it is new. */
    readonly largestStep?: number;
  };
}

export const servingSchema = section('Timeouts and traffic of services', {
  timeoutSeconds: integerBounds('timeoutSeconds: how long a request may take', 1),
  responseStartTimeoutSeconds: integerBounds('responseStartTimeoutSeconds: how long until the first byte', 1),
  idleTimeoutSeconds: integerBounds('idleTimeoutSeconds: how long a request may stand still', 1),
  rolloutDuration: durationBounds(
    'serving.knative.dev/rollout-duration: how long traffic takes to move to the latest Revision',
  ),
  traffic: section('How traffic moves', {
    largestStep: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      description: 'percent that a new Revision may get at once while older ones share the traffic',
    },
  }),
});
