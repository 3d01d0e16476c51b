/** `spec.serving`: timeouts, traffic and visibility of services. */
import { integerBounds, type NumberBounds, section, textList } from './bounds.ts';

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

export interface NetworkRules {
  /** `cluster-local` fills in the visibility label; `public` leaves services reachable from outside. */
  readonly visibility?: { readonly default?: Visibility; readonly allowed?: readonly Visibility[] };
}

export type Visibility = 'cluster-local' | 'public';

const visibility = { enum: ['cluster-local', 'public'] };

export const networkSchema = section('Who reaches services', {
  visibility: section('networking.knative.dev/visibility', {
    default: { ...visibility, description: 'filled in where the author set nothing; public sets no label' },
    allowed: textList('visibilities that services may have', visibility),
  }),
});
