/** What Weir judges by: every rule, every default, and Knative's own defaulting. */
import { defaulters } from './defaults/index.ts';
import type { Catalogue } from './engine/judge.ts';
import { rules } from './rules/index.ts';

export const catalogue: Catalogue = {
  rules,
  defaulters,
  knativeDefaults: (object) => object,
};
