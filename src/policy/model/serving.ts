/** `spec.serving`: timeouts and traffic of services. */
import { integerBounds, type NumberBounds, section } from './bounds.ts';

export interface ServingPolicy {
  readonly timeoutSeconds?: NumberBounds;
  readonly responseStartTimeoutSeconds?: NumberBounds;
  readonly idleTimeoutSeconds?: NumberBounds;
  /** Percent of traffic that a Revision may get at once when it is new. */
  readonly traffic?: { readonly largestStep?: number };
}

export const servingSchema = section('Timeouts and traffic of services', {
  timeoutSeconds: integerBounds('timeoutSeconds: how long a request may take'),
  responseStartTimeoutSeconds: integerBounds('responseStartTimeoutSeconds: how long until the first byte'),
  idleTimeoutSeconds: integerBounds('idleTimeoutSeconds: how long a request may stand still'),
  traffic: section('How traffic moves', {
    largestStep: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      description: 'percent that a new Revision may get at once',
    },
  }),
});
