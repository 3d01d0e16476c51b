/** Checks documents against a JSON Schema: unknown fields, types, formats, and default, min and max in order. */
import { Ajv, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import type { JsonSchema } from '../model/bounds.ts';
import { API_VERSION, environmentPolicySchema } from '../model/schema.ts';
import type { EnvironmentPolicySpec } from '../model/spec.ts';
import { FORMATS } from './formats.ts';
import { disorders, isOrder } from './order.ts';
import { type Fault, faultsOf } from './sentence.ts';

/** Every fault in a policy's shape and values, in the order of the schema; none where all is as it should be. */
export const validate = validatorOf(environmentPolicySchema);

/** True where the schema accepts the spec: from there on its fields can be trusted. */
export function isSpec(spec: JsonObject): spec is JsonObject & EnvironmentPolicySpec {
  return validate({ apiVersion: API_VERSION, kind: 'EnvironmentPolicy', metadata: { name: 'any' }, spec }).length === 0;
}

/** A check against the schema, which is compiled when it is first needed. */
export function validatorOf(schema: JsonSchema): (document: JsonObject) => Fault[] {
  let validator: ValidateFunction | undefined;
  return (document) => {
    validator ??= compile(schema);
    return validator(document) ? [] : faultsOf(validator.errors ?? []);
  };
}

function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    // with the value and the schema beside each error, from which the sentences are made
    verbose: true,
    // a quantity is a text or a number
    allowUnionTypes: true,
    // what a policy says must not become part of the schema
    $data: false,
    // the schema is compiled at each start of the program and run a few times: optimizing it takes longer than it saves
    code: { optimize: false },
    // likewise; that the schema is one is for its test to say
    meta: false,
    validateSchema: false,
  });
  ajv.addKeyword({ keyword: 'x-weir-order', type: 'object', schemaType: 'string', validate: inOrder });
  for (const [name, format] of Object.entries(FORMATS)) {
    ajv.addFormat(name, { type: 'string', validate: format.accepts });
  }
  return ajv.compile(schema);
}

/** The keyword `x-weir-order`: min is at most max, and the default lies between them. */
const inOrder: SchemaValidateFunction = (order: unknown, bounds: unknown): boolean => {
  if (!isOrder(order) || !isObject(bounds)) return true;
  const found = disorders(order, bounds);
  inOrder.errors = found.map((params) => ({ keyword: 'x-weir-order', params }));
  return found.length === 0;
};
