/** Bounds of the environment that do not count for a Revision, by PolicyExceptions for the Service that it is of. */
import { configurationOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { configuration, knativeService, revision as revisionKind } from '../../src/kubernetes/kinds.ts';
import type { PolicyException } from '../../src/policy/engine/exceptions.ts';
import { liftingException, type Scaled } from '../../src/policy/rules/schedule/lifted.ts';

/** Each of these has a bound that holds back what a schedule asks for. */
const RULES = ['autoscaling/min-scale', 'autoscaling/max-scale', 'autoscaling/target', 'autoscaling/rps-target'];

export interface Lifted {
  readonly rules: ReadonlySet<string>;
  /** Those that lift them. */
  readonly exceptions: ReadonlySet<PolicyException>;
}

const NOTHING: Lifted = { rules: new Set(), exceptions: new Set() };

/** @param exceptions of the namespace, the one that lasts longest first */
export function liftedFor(revision: JsonObject, exceptions: readonly PolicyException[], now: Date): Lifted {
  if (exceptions.length === 0) return NOTHING;
  const scaled = scaledOf(revision);
  const found = RULES.flatMap((rule) => {
    const exception = liftingException(rule, scaled, exceptions, now);
    return exception === undefined ? [] : [{ rule, exception }];
  });
  return {
    rules: new Set(found.map(({ rule }) => rule)),
    exceptions: new Set(found.map(({ exception }) => exception)),
  };
}

/** The moment from which the first of them excuses no more; undefined where there are none. */
export function endOf(exceptions: Iterable<PolicyException>): Date | undefined {
  const ends = [...exceptions].map(({ until }) => until.getTime());
  return ends.length === 0 ? undefined : new Date(Math.min(...ends) + 1);
}

/** Who wrote an exception knows the Service: its Revisions have names that Knative made. */
function scaledOf(revision: JsonObject): Scaled {
  const namespace = stringAt(revision, 'metadata', 'namespace') ?? '';
  const service = serviceOf(revision);
  if (service !== undefined) return { kind: knativeService, namespace, name: service };
  const owner = configurationOf(revision);
  if (owner !== undefined) return { kind: configuration, namespace, name: owner };
  return { kind: revisionKind, namespace, name: stringAt(revision, 'metadata', 'name') ?? '' };
}
