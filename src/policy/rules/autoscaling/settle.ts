/**
 * What the fixes of the rules about scales write: the one value into its bounds, and the others only where Knative would
 * refuse them beside it (max-scale below min-scale, activation-scale outside of both).
 */
import {
  ACTIVATION_SCALE,
  type AnnotationKeys,
  INITIAL_SCALE,
  MAX_SCALE,
  MIN_SCALE,
} from '../../../knative/autoscaling/annotations.ts';
import { effectiveMaxScale, effectiveMinScale } from '../../../knative/autoscaling/effective.ts';
import type { Edit } from '../../engine/edit.ts';
import { find, integerAt, placeOf, type Scaling } from './scaling.ts';

export type ScaleField = 'min' | 'max' | 'initial' | 'activation';

/** Sets one scale and keeps the others consistent with it. */
export function settleScale(scaling: Scaling, field: ScaleField, value: number): Edit[] {
  if (field === 'initial') return [edit(scaling, INITIAL_SCALE, value)];
  if (field === 'activation') return [activationEdit(scaling, value)];

  const edits: Edit[] = [edit(scaling, field === 'min' ? MIN_SCALE : MAX_SCALE, value)];
  const min = field === 'min' ? value : effectiveMinScale(scaling).value;
  const max = field === 'max' ? value : effectiveMaxScale(scaling).value;
  if (min > max) edits.push(edit(scaling, field === 'min' ? MAX_SCALE : MIN_SCALE, value));

  const activation = integerAt(scaling, ACTIVATION_SCALE);
  if (activation !== undefined && (activation < min || activation > max)) {
    edits.push(activationEdit(scaling, activation, min, max));
  }
  return edits;
}

/** Between min-scale and max-scale, and 2 at least; where that leaves nothing, the annotation means nothing and goes. */
function activationEdit(
  scaling: Scaling,
  value: number,
  min = effectiveMinScale(scaling).value,
  max = effectiveMaxScale(scaling).value,
): Edit {
  const within = Math.min(value, max);
  return within < 2 || within <= min
    ? { remove: placeOf(scaling, ACTIVATION_SCALE) }
    : edit(scaling, ACTIVATION_SCALE, within);
}

/** The annotation in the author's spelling, or in Knative's own where it is new. */
export function edit(scaling: Scaling, annotation: AnnotationKeys, value: number | string): Edit {
  return { set: find(scaling, annotation)?.path ?? placeOf(scaling, annotation), value: `${value}` };
}
