/** Checks a policy document against its JSON Schema: unknown fields, types, formats, and default, min and max in order. */
import { Ajv, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { API_VERSION, environmentPolicySchema } from '../model/schema.ts';
import type { EnvironmentPolicySpec } from '../model/spec.ts';
import { FORMATS } from './formats.ts';
import { disorders, isOrder } from './order.ts';
import { type Fault, faultsOf } from './sentence.ts';

let validator: ValidateFunction | undefined;

/** Every fault in the document's shape and values, in the order of the schema; none where all is as it should be. */
export function validate(document: JsonObject): Fault[] {
  validator ??= compile();
  return validator(document) ? [] : faultsOf(validator.errors ?? []);
}

/** True where the schema accepts the spec: from there on its fields can be trusted. */
export function isSpec(spec: unknown): spec is EnvironmentPolicySpec {
  validator ??= compile();
  return validator({ apiVersion: API_VERSION, kind: 'EnvironmentPolicy', metadata: { name: 'any' }, spec });
}

function compile(): ValidateFunction {
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
  });
  ajv.addKeyword({ keyword: 'x-weir-order', type: 'object', schemaType: 'string', validate: inOrder });
  for (const [name, format] of Object.entries(FORMATS)) {
    ajv.addFormat(name, { type: 'string', validate: format.accepts });
  }
  return ajv.compile(environmentPolicySchema);
}

/** The keyword `x-weir-order`: min is at most max, and the default lies between them. */
const inOrder: SchemaValidateFunction = (order: unknown, bounds: unknown): boolean => {
  if (!isOrder(order) || !isObject(bounds)) return true;
  const found = disorders(order, bounds);
  inOrder.errors = found.map((params) => ({ keyword: 'x-weir-order', params }));
  return found.length === 0;
};
