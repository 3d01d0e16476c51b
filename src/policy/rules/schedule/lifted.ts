/** PolicyExceptions that let a schedule go beyond a bound of its environment: those for the Service that it scales. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { configuration, type Kind, knativeService, policyException, revision } from '../../../kubernetes/kinds.ts';
import { isBeingDeleted, nameOf } from '../../../kubernetes/object.ts';
import type { ScalingSchedule } from '../../../schedule/model.ts';
import { exceptionFor, type PolicyException, readException } from '../../engine/exceptions.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { targetsOf } from './read.ts';

/** What an exception names: the Service, or the Configuration of one that nobody made by a Service. */
export interface Scaled {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** The exceptions that the policy takes, whether they are in force still or not; the one that lasts longest first. */
export function exceptionsOf(objects: readonly JsonObject[], policy: EffectivePolicy): PolicyException[] {
  return objects
    .flatMap((object) => (isBeingDeleted(object) ? [] : (readException(object, policy) ?? [])))
    .sort((left, right) => right.until.getTime() - left.until.getTime());
}

/**
 * The exception that lets the object break the rule at the moment, the one that lasts longest of several.
 *
 * @param exceptions as `exceptionsOf` gives them
 */
export function liftingException(
  rule: string,
  { kind, namespace, name }: Scaled,
  exceptions: readonly PolicyException[],
  now: Date,
): PolicyException | undefined {
  const resource = { apiVersion: '', kind: kind.kind, namespace, name };
  const finding = { rule, action: 'deny', environment: '', resource, path: '', message: '' } as const;
  return exceptionFor(finding, kind.key, exceptions, now);
}

/** What the schedule scales, by name: it need not be in sight. */
export function scaledBy(schedule: ScalingSchedule, inventory: Inventory): Scaled[] {
  const { target, namespace } = schedule;
  if ('selector' in target) {
    return targetsOf(schedule, inventory).map((object) => ({ kind: knativeService, namespace, name: nameOf(object) }));
  }
  const kind = [configuration, revision].find((each) => each.kind === target.kind) ?? knativeService;
  return [{ kind, namespace, name: target.name }];
}

/** The first exception of those by which everything that the schedule scales may break the rule; undefined where one may not. */
export function liftingAll(
  rule: string,
  schedule: ScalingSchedule,
  policy: EffectivePolicy,
  inventory: Inventory,
  now: Date,
): PolicyException | undefined {
  const exceptions = exceptionsOf(inventory.inNamespace(policyException, schedule.namespace), policy);
  if (exceptions.length === 0) return undefined;
  let first: PolicyException | undefined;
  for (const scaled of scaledBy(schedule, inventory)) {
    const lifting = liftingException(rule, scaled, exceptions, now);
    if (lifting === undefined) return undefined;
    if (first === undefined || lifting.until < first.until) first = lifting;
  }
  return first;
}
