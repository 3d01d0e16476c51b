/** `spec.serving`: timeouts and traffic of services. */
import {
  type DurationBounds,
  durationBounds,
  integerBounds,
  type JsonSchema,
  type NumberBounds,
  section,
  textList,
} from './bounds.ts';

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
  /** TrafficRollouts. */
  readonly progressive?: ProgressivePolicy;
}

export interface ProgressivePolicy {
  /** Which Services need a TrafficRollout; `labelled` are those with weir.dev/progressive: required. None where it is left out. */
  readonly required?: 'all' | 'labelled';
  /** The share in percent that the first step of one may give. */
  readonly largestFirstStep?: number;
  /** Who may let a new Revision on; whoever RBAC lets write TrafficRollouts where it is left out. */
  readonly promoters?: { readonly groups?: readonly string[] };
  readonly freeze?: FreezePolicy;
}

/** Times in which no rollout takes a step, in the words of a ScalingSchedule's windows. What they mean src/rollout reads. */
export type FreezePolicy = {
  readonly timeZone: string;
  readonly holidays?: readonly string[];
  readonly windows: readonly FreezeWindow[];
};

export type FreezeWindow = {
  readonly name: string;
  readonly start: string;
  readonly end?: string;
  readonly duration?: string;
  readonly holidays?: 'Skip' | 'Only' | 'Ignore';
  readonly except?: readonly string[];
  readonly only?: readonly string[];
};

const dates = (description: string): JsonSchema => ({ ...textList(description), maxItems: 366 });

const freezeSchema: JsonSchema = {
  ...section('Times in which no rollout takes a step; what fails is taken back all the same', {
    timeZone: { type: 'string', minLength: 1, description: 'of the tz database: Europe/Lisbon' },
    holidays: dates('dates as 2026-12-24, of which windows say what they do on them'),
    windows: {
      type: 'array',
      description: 'when no step is taken',
      minItems: 1,
      maxItems: 32,
      items: {
        ...section('', {
          name: { type: 'string', format: 'name' },
          start: { type: 'string', minLength: 1, description: 'a cron as "0 12 * * 5"' },
          end: { type: 'string', minLength: 1, description: 'a cron as "0 6 * * 1"; or duration' },
          duration: { type: 'string', minLength: 1, description: 'how long it lasts: 10h' },
          holidays: { enum: ['Skip', 'Only', 'Ignore'], description: 'what it does on holidays; Skip unless said' },
          except: dates('dates on which it does not hold'),
          only: dates('the only dates on which it holds'),
        }),
        required: ['name', 'start'],
      },
    },
  }),
  required: ['timeZone', 'windows'],
};

const progressiveSchema = section('TrafficRollouts: how a new Revision gets its traffic step by step', {
  required: {
    enum: ['all', 'labelled'],
    description:
      'which Services need a TrafficRollout: all, or those with the label weir.dev/progressive: required; none where it is left out',
  },
  largestFirstStep: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    description:
      'percent that the first step of a TrafficRollout may give; a blueGreen, which gives everything at once, is not judged by it',
  },
  promoters: section('Who may let a new Revision on: promote, resume and retry, by weir.dev/rollout-command', {
    groups: textList(
      'groups whose members may; whoever RBAC lets write TrafficRollouts, where it is left out. pause, abort and undo stay with those',
      { type: 'string', format: 'group' },
    ),
  }),
  freeze: freezeSchema,
});

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
  progressive: progressiveSchema,
});
