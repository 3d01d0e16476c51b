/**
 * `spec.eventing.deadLetters`: a dead-letter sink that Weir keeps for the environment. What it is called follows from the
 * environment's name alone, so that the defaults, the controller that makes it and the command that asks it agree.
 */
import { type JsonSchema, section } from './bounds.ts';

export interface DeadLettersPolicy {
  /** Whether the environment has one. */
  readonly keep?: boolean;
  /** Of its volume. */
  readonly storage?: string | number;
  readonly storageClass?: string;
  /** A Go duration: older letters go. */
  readonly age?: string;
}

/** Weir's own namespace, in which the sinks of all environments stand. */
export const SINK_NAMESPACE = 'weir-system';
export const SINK_PREFIX = 'dead-letters-';
export const DEFAULT_STORAGE = '2Gi';
export const DEFAULT_AGE = '720h';

/** A Service has a DNS label for its name. */
export const LONGEST_ENVIRONMENT = 63 - SINK_PREFIX.length;

/** Of its Deployment, its Service, its volume and all else. */
export function sinkName(environment: string): string {
  return `${SINK_PREFIX}${environment}`;
}

/** As a Broker's delivery refers to it. */
export function sinkReference(environment: string) {
  return { apiVersion: 'v1', kind: 'Service', name: sinkName(environment), namespace: SINK_NAMESPACE } as const;
}

export const deadLettersSchema: JsonSchema = section("The environment's own dead-letter sink, which Weir keeps", {
  keep: {
    type: 'boolean',
    description:
      'true: Weir keeps the dead letters of what names no sink of its own. delivery.deadLetterSink.default, where it is there, is filled in instead',
  },
  storage: {
    type: ['string', 'number'],
    format: 'quantity',
    minimum: 0,
    description: `of its volume, a quarter of which letters may fill; ${DEFAULT_STORAGE} unless set`,
  },
  storageClass: {
    type: 'string',
    format: 'name',
    description: "of its volume; the cluster's default unless set, and never changed afterwards",
  },
  age: {
    type: 'string',
    format: 'duration-go',
    description: `letters that are older go; ${DEFAULT_AGE} unless set`,
  },
});
