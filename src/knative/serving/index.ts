/** Knative Serving's own defaults and validation. What Weir's policies add to them does not belong here. */
export { type Added, applyKnativeDefaults, type Defaulted } from './defaults.ts';
export { type ValidateOptions, validate, validateChange } from './validate.ts';
