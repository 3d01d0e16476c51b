/**
 * What goes wrong before Knative's webhook can validate at all.
 *
 * Types: the webhook decodes into Go structs and refuses the whole object at the first value that does not fit
 * (knative/pkg webhook/resourcesemantics/defaulting: `cannot decode incoming new object`). All of them are reported.
 *
 * Unknown fields: the webhook itself ignores them (`disallowUnknownFields` is false in cmd/webhook), and the API server
 * prunes what the CRD's schema does not have. But kubectl and Argo CD ask it for strict field validation, and then it
 * refuses: `strict decoding error: unknown field "spec.template.spec.containers[0].imagePullSecrets"`. That is what is
 * reported here, since without it the setting would be lost in silence. Where the schema preserves unknown fields
 * (template metadata, init containers, the pod's securityContext, …) nobody complains, and neither does this.
 */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join, steps } from '../../kubernetes/pointer.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import type { FieldError } from '../fieldError.ts';
import type { Scalar, Struct, Type } from './shape.ts';

export interface Decoded {
  /** Values of the wrong type; where there are some, nothing else can be judged. */
  readonly mistyped: readonly FieldError[];
  readonly unknown: readonly FieldError[];
}

interface Findings {
  readonly mistyped: FieldError[];
  readonly unknown: FieldError[];
}

export function decode(object: JsonObject, shape: Struct): Decoded {
  const findings: Findings = { mistyped: [], unknown: [] };
  decodeStruct(object, shape, '', findings);
  return findings;
}

function decodeValue(value: JsonValue | undefined, type: Type, path: string, findings: Findings): void {
  if (value === undefined || value === null) return;
  if (typeof type === 'string') decodeScalar(value, type, path, findings);
  else if (type.type === 'pointer') decodeValue(value, type.to, path, findings);
  else if (type.type === 'list') {
    if (isArray(value)) decodeList(value, type.of, path, findings);
    else reportType(findings, path, 'a list', value);
  } else if (!isObject(value)) reportType(findings, path, 'an object', value);
  else if (type.type === 'struct') decodeStruct(value, type, path, findings);
  else for (const key of Object.keys(value)) decodeValue(value[key], type.of, join(path, key), findings);
}

function decodeList(values: JsonArray, type: Type, path: string, findings: Findings): void {
  for (let index = 0; index < values.length; index++) decodeValue(values[index], type, `${path}/${index}`, findings);
}

function decodeStruct(object: JsonObject, shape: Struct, path: string, findings: Findings): void {
  // Where unknown fields are kept they are kept all the way down.
  const inside = shape.open ? { mistyped: findings.mistyped, unknown: [] } : findings;
  for (const key of Object.keys(object)) {
    const type = shape.fields.get(key);
    if (type !== undefined) decodeValue(object[key], type, `${path}/${key}`, inside);
    else inside.unknown.push(unknownField(join(path, key)));
  }
}

function unknownField(path: string): FieldError {
  return {
    path,
    message: `unknown field "${dotted(path)}"`,
    details: 'strict clients such as kubectl and Argo CD refuse it, and any other loses the setting',
  };
}

/** The API server's own way to write a path: `spec.containers[0].name`. */
function dotted(path: string): string {
  let result = '';
  for (const step of steps(path)) {
    if (/^[0-9]+$/.test(step)) result += `[${step}]`;
    else result += result === '' ? step : `.${step}`;
  }
  return result;
}

function decodeScalar(value: JsonValue, type: Scalar, path: string, findings: Findings): void {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') reportType(findings, path, 'a text', value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') reportType(findings, path, 'true or false', value);
      return;
    case 'int32':
      if (!isInteger(value, 2 ** 31)) reportType(findings, path, 'a 32-bit whole number', value);
      return;
    case 'int64':
      if (!isInteger(value, 2 ** 63)) reportType(findings, path, 'a whole number', value);
      return;
    case 'intOrString':
      if (typeof value !== 'string' && !isInteger(value, 2 ** 31)) {
        reportType(findings, path, 'a whole number or a text', value);
      }
      return;
    case 'quantity':
      if (!isQuantity(value)) reportType(findings, path, 'a quantity such as 250m or 512Mi', value);
      return;
    case 'object':
      if (!isObject(value)) reportType(findings, path, 'an object', value);
      return;
    case 'anything':
      return;
  }
}

function isInteger(value: JsonValue, limit: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;
}

/** Stricter than Kubernetes in one thing: to it a text without a digit, such as `m`, is a quantity of nought. */
function isQuantity(value: JsonValue): boolean {
  if (typeof value === 'number') return parseQuantity(value) !== undefined;
  return typeof value === 'string' && parseQuantity(value.trim()) !== undefined;
}

function reportType(findings: Findings, path: string, wanted: string, value: JsonValue): void {
  findings.mistyped.push({
    path,
    message: `cannot decode incoming new object: expected ${wanted}, got ${found(value, wanted, path)}`,
  });
}

const LONGEST_SHOWN = 40;
const VARIABLE = /\/env\/[0-9]+\/value$/;

/** Quotes what is no secret: not a variable's value, nor a text that stands where a whole structure belongs. */
function found(value: JsonValue, wanted: string, path: string): string {
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const wantsText = wanted === 'a text' && value !== null;
  if (wantsText && VARIABLE.test(path))
    return `a ${typeof value === 'number' ? 'number' : 'truth value'}; put quotes around it`;
  if (typeof value !== 'string') return wantsText ? `${value}; write "${value}"` : `${value}`;
  if (wanted === 'an object' || wanted === 'a list') return 'a text';
  return `the text ${JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value)}`;
}
