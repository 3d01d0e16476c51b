/** One number of a KEDA or HPA spec against the environment's bounds. */

import { isObject, valueAt } from '../../../kubernetes/json.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import type { Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import type { NumberBounds } from '../../model/bounds.ts';

export interface BoundedField {
  readonly field: string;
  /** What holds where the manifest leaves it out. */
  readonly absent: number;
  /** `, KEDA's own default`: said where it is left out. */
  readonly absentNote: string;
  /** Fields that have to follow so that the fix leaves the object consistent. */
  readonly alongWith?: (value: number) => readonly Edit[];
}

export function judgeBounds(
  subject: Subject,
  bounds: NumberBounds | undefined,
  environment: string,
  { field, absent, absentNote, alongWith }: BoundedField,
): Violation[] {
  if (bounds === undefined) return [];
  const spec = valueAt(subject.object, 'spec');
  if (spec !== undefined && !isObject(spec)) return []; // the API server refuses it by itself
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds;
  const written = valueAt(spec, field);
  if (written !== undefined && written !== null && typeof written !== 'number') return [];
  const value = written ?? absent;
  if (value >= min && value <= max) return [];

  const isLess = value < min;
  const right = isLess ? min : max;
  const path = pointer('spec', field);
  const given =
    typeof written === 'number' ? `has ${field} ${value}` : `leaves ${field} out, which is ${value}${absentNote}`;
  const wanted = isLess ? `${environment} asks for at least ${min}` : `${environment} allows at most ${max}`;
  return [
    {
      path: typeof written === 'number' ? path : spec === undefined ? '' : '/spec',
      message: `${titleOf(subject.reference)} ${given}; ${wanted}`,
      fix: [{ set: path, value: right }, ...(alongWith?.(right) ?? [])],
    },
  ];
}
