/** What the author of the target wrote: it holds where the schedule holds nothing. */
import { DEFAULT_AUTOSCALER_CONFIG } from '../../knative/autoscaling/config.ts';
import { effectiveMaxScale, effectiveMinScale } from '../../knative/autoscaling/effective.ts';
import { objectAt } from '../../kubernetes/json.ts';
import { keyOf, knativeService } from '../../kubernetes/kinds.ts';
import { nameOf } from '../../kubernetes/object.ts';
import type { Scale } from '../../schedule/model.ts';
import type { Source } from './source.ts';

/** Undefined where the target is not in sight, or is several. */
export function authorsScale({ schedule, beside }: Source): Scale | undefined {
  const { target } = schedule;
  if ('selector' in target) return undefined;
  const service = beside.find((object) => keyOf(object) === knativeService.key && nameOf(object) === target.name);
  if (service === undefined) return undefined;
  const annotations = objectAt(service, 'spec', 'template', 'metadata', 'annotations');
  const source = { annotations, path: '', config: DEFAULT_AUTOSCALER_CONFIG };
  const max = effectiveMaxScale(source);
  return { minScale: effectiveMinScale(source).value, maxScale: max.isUnlimited ? 0 : max.value };
}
