/** When a policy lets no rollout take a step, in the time language of schedules. */
import type { JsonObject } from '../kubernetes/json.ts';
import type { Freeze } from '../rollout/model.ts';
import { readFreeze } from '../rollout/readFreeze.ts';
import type { Problem } from '../schedule/model.ts';
import { Problems } from '../schedule/problems.ts';
import type { EffectivePolicy } from './engine/policy.ts';
import type { FreezePolicy } from './model/serving.ts';

const known = new WeakMap<FreezePolicy, readonly Freeze[]>();

/** None, or one; read once for each policy. */
export function freezesOf({ name, serving }: EffectivePolicy): readonly Freeze[] {
  const written = serving?.progressive?.freeze;
  if (written === undefined) return [];
  const before = known.get(written);
  if (before !== undefined) return before;
  const freeze = readFreeze({ object: { freeze: written }, path: '' }, new Problems(), `the freeze of ${name}`);
  const freezes = freeze === undefined ? [] : [freeze];
  known.set(written, freezes);
  return freezes;
}

/** What is wrong with one beyond its shape: a zone that is not there, a cron that never comes. Paths begin with `/freeze`. */
export function problemsOfFreeze(written: JsonObject): readonly Problem[] {
  const problems = new Problems();
  readFreeze({ object: { freeze: written }, path: '' }, problems);
  return problems.list;
}
