/** Bounds of the environment that do not count for a Revision, by PolicyExceptions for the Service that it is of. */
import { configurationOf, serviceOf } from '../../src/knative/serving/revisions.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { configuration, knativeService, revision as revisionKind } from '../../src/kubernetes/kinds.ts';
import type { PolicyException } from '../../src/policy/engine/exceptions.ts';
import { liftingException, type Scaled } from '../../src/policy/rules/schedule/lifted.ts';
import { RULE_OF_BOUND } from '../../src/policy/scaling/bounds.ts';

/** Each of these has a bound that holds back what a schedule asks for. */
const RULES = Object.values(RULE_OF_BOUND);

/** The exception that lifts each rule: `autoscaling/min-scale`, … */
export type Lifted = ReadonlyMap<string, PolicyException>;

const NOTHING: Lifted = new Map();

/** @param exceptions of the namespace, the one that lasts longest first */
export function liftedFor(revision: JsonObject, exceptions: readonly PolicyException[], now: Date): Lifted {
  if (exceptions.length === 0) return NOTHING;
  const scaled = scaledOf(revision);
  const lifted = new Map<string, PolicyException>();
  for (const rule of RULES) {
    const exception = liftingException(rule, scaled, exceptions, now);
    if (exception !== undefined) lifted.set(rule, exception);
  }
  return lifted;
}

/**
 * Those without which the value would be another: who is excused from a bound that holds nothing back is excused from
 * nothing, and the end of such an exception changes nothing.
 *
 * @param isAsFree whether these rules alone lifted come to the same as all of them
 */
export function neededOf(lifted: Lifted, isAsFree: (rules: ReadonlySet<string>) => boolean): Lifted {
  const needed = new Map(lifted);
  for (const [rule, exception] of lifted) {
    needed.delete(rule);
    if (!isAsFree(new Set(needed.keys()))) needed.set(rule, exception);
  }
  return needed;
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
