/** What the pipeline is given. */

import type { Clock } from '../../../kubernetes/clock.ts';
import type { Admission, AdmissionAttributes } from '../admission/admission.ts';
import type { Authorizer } from '../auth/user.ts';
import type { Resources } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import type { Chance } from './metadata/system.ts';
import type { Answer, Body, Target, WriteOptions } from './objects.ts';

/** Admission that is built in. @throws Failure where it refuses */
export type Guard = (attributes: AdmissionAttributes) => void;

/**
 * Creates what is no stored object: reviews, tokens.
 *
 * @returns undefined where the target is not one of these
 */
export type SpecialCreate = (target: Target, options: WriteOptions, body: Body) => Promise<Answer> | undefined;

export interface Dependencies {
  readonly store: Store;
  readonly resources: Resources;
  readonly admission: Admission;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly chance: Chance;
  /** In this order, after the webhooks that mutate have had their say and the object has been validated. */
  readonly guards: readonly Guard[];
  readonly special: readonly SpecialCreate[];
}
