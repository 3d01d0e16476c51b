/** Checks documents against a JSON Schema: unknown fields, types, formats, and default, min and max in order. */
import type { ValidateFunction } from 'ajv';
import type { JsonObject } from '../../kubernetes/json.ts';
import { API_VERSION } from '../model/schema.ts';
import type { EnvironmentPolicySpec } from '../model/spec.ts';
import { policyValidator } from './policyValidator.ts';
import { type Fault, faultsOf } from './sentence.ts';

/** Every fault in a policy's shape and values, in the order of the schema; none where all is as it should be. */
export const validate = faultsBy(policyValidator);

/** True where the schema accepts the spec: from there on its fields can be trusted. */
export function isSpec(spec: JsonObject): spec is JsonObject & EnvironmentPolicySpec {
  return validate({ apiVersion: API_VERSION, kind: 'EnvironmentPolicy', metadata: { name: 'any' }, spec }).length === 0;
}

/** A check by a schema, which is made when it is first needed. */
export function faultsBy(make: () => ValidateFunction): (document: JsonObject) => Fault[] {
  let validator: ValidateFunction | undefined;
  return (document) => {
    validator ??= make();
    return validator(document) ? [] : faultsOf(validator.errors ?? []);
  };
}
