/** What Weir judges by: every rule, every default, and Knative's own defaulting. */
import { applyKnativeDefaults } from '../knative/serving/index.ts';
import { defaulters } from './defaults/index.ts';
import type { Catalogue } from './engine/judge.ts';
import { admission } from './rules/admission.ts';
import { rules } from './rules/index.ts';

export const catalogue: Catalogue = {
  rules,
  defaulters,
  admission,
  // Objects of other kinds come back as they are.
  knativeDefaults: (object, policy) => applyKnativeDefaults(object, policy.knative).object,
  // The names of containers may be made of the object's own, where config-defaults has a template for them.
  knativeLooksAtSettings: ({ knative }) => !NAMES.some((key) => knative.defaults[key]?.includes('{{')),
};

const NAMES = ['container-name-template', 'init-container-name-template'] as const;
