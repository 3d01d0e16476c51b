/**
 * All that is wrong with a custom resource by its schema, in the order of Kubernetes (k8s.io/apiextensions-apiserver
 * pkg/registry/customresource/strategy.go): keywords, embedded objects, lists, and rules where the rest is sound enough.
 */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { invalidValue } from '../status/causes.ts';
import type { Cause } from '../status/failure.ts';
import { isCoreType } from './embedded.ts';
import { WHOLE } from './paths.ts';
import { ruleCauses } from './rules/evaluate.ts';
import { hasRules } from './rules/hasRules.ts';
import type { Schema } from './schema.ts';
import { Correlated } from './validate/correlation.ts';
import { embeddedCauses } from './validate/embedded.ts';
import { judgeRatcheting } from './validate/keywords.ts';
import { listCauses } from './validate/lists.ts';

/** What makes rules pointless: values that they may not be able to look at. */
const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/**
 * The metadata is not judged here, but by what its schema demands of names. Types of core kinds demand nothing: what
 * holds for those only Kubernetes' code knows.
 *
 * @param old on an update: what was wrong with it and has not changed may stay so
 */
export function validate(object: JsonObject, schema: Schema, old?: JsonObject): Cause[] {
  if (isCoreType(schema)) return [];
  const correlated = old === undefined ? undefined : new Correlated(object, old, schema);
  const causes = [...judgeRatcheting({ value: object, path: '', correlated }, schema).causes];
  causes.push(...embeddedCauses(object, schema, ''));
  // lists in which something stood twice before may stay so
  if (old === undefined || listCauses(old, schema, '').length === 0) causes.push(...listCauses(object, schema, ''));
  if (causes.some(({ reason }) => BLOCKING.has(reason))) {
    return hasRules(schema) ? [...causes, invalidValue(WHOLE, null, NOT_CHECKED)] : causes;
  }
  return [...causes, ...ruleCauses(object, wholeObject(schema), old, correlated)];
}

const wholes = new WeakMap<Schema, Schema>();

/** The same schema for the same one, since rules are compiled for it. */
function wholeObject(schema: Schema): Schema {
  const known = wholes.get(schema);
  if (known !== undefined) return known;
  const whole = { ...schema, 'x-kubernetes-embedded-resource': true };
  wholes.set(schema, whole);
  return whole;
}
