/** What admission is asked about one request, and what it says. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { User } from '../auth/user.ts';
import type { Resource } from '../resources/resource.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One request after defaulting; for a DELETE `object` is undefined, for a CREATE `old` is. */
export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject | undefined;
  readonly old: JsonObject | undefined;
  /** `CreateOptions`, `UpdateOptions`, `PatchOptions` or `DeleteOptions` of meta.k8s.io/v1, as sent. */
  readonly options: JsonObject;
  readonly dryRun: boolean;
  readonly user: User;
}

export interface Admission {
  /**
   * Lets the mutating webhooks change the object, each once in the order of their configurations' names, and those
   * that ask for it a second time where a later one changed something. The result has passed nothing else yet.
   *
   * @param finish fills in defaults and prunes after each change, as the API server does between webhooks
   * @param warn takes sentences for the `Warning` header
   * @throws Failure where a webhook denies, or fails and its policy is `Fail`
   */
  mutate(
    attributes: AdmissionAttributes,
    finish: (object: JsonObject) => JsonObject,
    warn: (sentence: string) => void,
  ): Promise<JsonObject | undefined>;
  /** Asks all validating webhooks side by side. @throws Failure of the first that denies */
  validate(attributes: AdmissionAttributes, warn: (sentence: string) => void): Promise<void>;
}

/** Validation of this process's own, where a cluster has a webhook. @throws Failure where it refuses */
export type Validator = (attributes: AdmissionAttributes) => void;
