/** What holds where the schedule holds nothing: what the author of the target wrote, and what the policy fills in beside it. */
import { findKey, MIN_SCALE } from '../../knative/autoscaling/annotations.ts';
import { autoscalerConfigOf, DEFAULT_AUTOSCALER_CONFIG } from '../../knative/autoscaling/config.ts';
import { effectiveMaxScale, effectiveMinScale } from '../../knative/autoscaling/effective.ts';
import { type JsonObject, objectAt } from '../../kubernetes/json.ts';
import { configuration, keyOf, knativeService } from '../../kubernetes/kinds.ts';
import { nameOf, referenceTo } from '../../kubernetes/object.ts';
import { catalogue } from '../../policy/catalogue.ts';
import type { Inventory } from '../../policy/engine/inventory.ts';
import type { JudgeContext } from '../../policy/engine/judge.ts';
import { render } from '../../policy/render/render.ts';
import { targetsOf } from '../../policy/rules/schedule/read.ts';
import type { Scale, ScalingSchedule } from '../../schedule/model.ts';
import type { Source } from './source.ts';

export interface Author {
  /** Of the target's template, as its Revisions get them. */
  readonly annotations: JsonObject;
  readonly scale: Scale;
  /** The environment whose policy sets the min-scale, where the author left that out. */
  readonly filledInBy: string | undefined;
}

/**
 * Undefined where the target is not in sight, or is several.
 *
 * @param context where the environment is known
 */
export function authorOf(
  { schedule, isFile }: Source,
  inventory: Inventory,
  context: JudgeContext | undefined,
): Author | undefined {
  const target = targetInSight(schedule, inventory);
  if (target === undefined) return undefined;
  const written = annotationsOf(target);
  // what stands in a cluster has been admitted: what it lacks its Revisions lack, too
  const annotations = context === undefined || !isFile ? written : annotationsOf(filledIn(target, context));
  const config =
    context === undefined ? DEFAULT_AUTOSCALER_CONFIG : autoscalerConfigOf(context.policy.knative.autoscaler);

  const source = { annotations, path: '', config };
  const min = effectiveMinScale(source);
  const max = effectiveMaxScale(source);
  return {
    annotations,
    scale: { minScale: min.value, maxScale: max.isUnlimited ? 0 : max.value },
    filledInBy: min.isSet && findKey(written, MIN_SCALE) === undefined ? context?.policy.name : undefined,
  };
}

/** Labels may select others, too, that are not in sight. */
function targetInSight(schedule: ScalingSchedule, inventory: Inventory): JsonObject | undefined {
  if ('selector' in schedule.target) return undefined;
  const [target] = targetsOf(schedule, inventory);
  return target === undefined || isOneOfSeveral(target, schedule, inventory) ? undefined : target;
}

/** A schedule that names no namespace may stand in that of any object of the name. */
function isOneOfSeveral(target: JsonObject, { namespace }: ScalingSchedule, inventory: Inventory): boolean {
  if (namespace !== '') return false;
  const kind = keyOf(target) === configuration.key ? configuration : knativeService;
  const alike = inventory.all(kind).filter((other) => nameOf(other) === nameOf(target));
  return new Set(alike.map((object) => referenceTo(object).namespace)).size > 1;
}

function filledIn(target: JsonObject, context: JudgeContext): JsonObject {
  return render(target, context, catalogue, { fix: false, knative: false }).object ?? target;
}

function annotationsOf(target: JsonObject): JsonObject {
  return objectAt(target, 'spec', 'template', 'metadata', 'annotations') ?? {};
}
