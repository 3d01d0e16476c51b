/** ScalingSchedules as the rules of this folder look at them: each is read once, however many rules ask. */
import { type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import { configuration, keyOf, knativeService, scalingSchedule } from '../../../kubernetes/kinds.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import type { ReadResult, Scale, ScalingSchedule, Target } from '../../../schedule/model.ts';
import { readSchedule } from '../../../schedule/read.ts';
import type { Inventory } from '../../engine/inventory.ts';

const known = new WeakMap<JsonObject, ReadResult>();

export function readOnce(object: JsonObject): ReadResult {
  const before = known.get(object);
  if (before !== undefined) return before;
  const result = readSchedule(object);
  known.set(object, result);
  return result;
}

/** Undefined for what is no ScalingSchedule, or none that can be read: schedule/invalid says so. */
export function scheduleOf(object: JsonObject): ScalingSchedule | undefined {
  return keyOf(object) === scalingSchedule.key ? readOnce(object).schedule : undefined;
}

/** A scale that the document sets, and where. */
export interface PlacedScale {
  /** `window weekdays`, `the default`. */
  readonly title: string;
  readonly path: string;
  readonly scale: Scale;
}

export function scalesOf({ windows, fallback, override }: ScalingSchedule): PlacedScale[] {
  const scales: PlacedScale[] = windows.map(({ name, scale }, index) => {
    return { title: `window ${name}`, path: pointer('spec', 'windows', index), scale };
  });
  if (fallback !== undefined) scales.push({ title: 'the default', path: '/spec/default', scale: fallback });
  if (override !== undefined) scales.push({ title: 'the override', path: '/spec/override', scale: override.scale });
  return scales;
}

/** The Services and Configurations in sight that the schedule is about. A Revision's own schedule has none. */
export function targetsOf({ target, namespace }: ScalingSchedule, inventory: Inventory): JsonObject[] {
  if ('selector' in target) {
    const services = inventory.inNamespace(knativeService, namespace);
    return services.filter(
      (service) => selects(target.selector, labelsFrom(objectAt(service, 'metadata', 'labels'))) === 'yes',
    );
  }
  const { name } = target;
  const found: (JsonObject | undefined)[] = [];
  if (target.kind === 'Configuration') found.push(inventory.find(configuration, namespace, name));
  // a Service's Configuration is called like it
  if (target.kind !== 'Revision') found.push(inventory.find(knativeService, namespace, name));
  return found.filter((object) => object !== undefined);
}

/** `Service cart`, `what app=shop selects`. */
export function titleOfTarget(target: Target): string {
  return 'selector' in target ? 'what the selector selects' : `${target.kind} ${target.name}`;
}
