/** What is wrong with `spec.serving.progressive.freeze` beyond its shape, which the reader of rollouts knows. */
import { type JsonObject, objectAt } from '../../kubernetes/json.ts';
import { steps } from '../../kubernetes/pointer.ts';
import { problemsOfFreeze } from '../freezes.ts';
import type { Contradiction } from './sanity.ts';
import { isSpec } from './validate.ts';

const PROGRESSIVE = ['serving', 'progressive'];

export function malformedFreeze(spec: JsonObject): Contradiction[] {
  const freeze = objectAt(spec, ...PROGRESSIVE, 'freeze');
  // what the schema says of its shape is said once
  if (freeze === undefined || !isSpec({ serving: { progressive: { freeze } } })) return [];
  return problemsOfFreeze(freeze).map(({ path, message }) => {
    const place = [...PROGRESSIVE, ...steps(path)];
    return { left: place, right: place, message: `${place.join('.')}: ${message}` };
  });
}
