/** Validation of this process's own that stands where a webhook would. */
import type { Admission, Validator } from './admission.ts';

/**
 * Asks the validators once all webhooks have let the object pass: whoever is refused by both is told one denial, and the
 * webhook's, which may know more.
 */
export function withValidators(admission: Admission, validators: readonly Validator[]): Admission {
  return {
    mutate: (attributes, finish, warn) => admission.mutate(attributes, finish, warn),
    async validate(attributes, warn) {
      await admission.validate(attributes, warn);
      for (const validator of validators) validator(attributes);
    },
  };
}
