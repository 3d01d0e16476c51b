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
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  type Step,
} from '../../kubernetes/json.ts';
import { dotted, pointer } from '../../kubernetes/pointer.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import type { FieldError } from '../fieldError.ts';
import type { Scalar, Struct, Type } from './shape.ts';

export interface Decoded {
  /** Values of the wrong type; where there are some, nothing else can be judged. */
  readonly mistyped: readonly FieldError[];
  readonly unknown: readonly FieldError[];
}

/** Nearly every object fits its shape: where a value stands is worked out for one that does not. */
export function decode(object: JsonObject, shape: Struct): Decoded {
  if (fits(object, shape, false)) return FITTING;
  const decoder = new Decoder();
  decoder.decode(object, shape);
  return decoder;
}

const FITTING: Decoded = { mistyped: [], unknown: [] };

/** True where no value is of a wrong type and no field unknown; an open shape's fields may be, all the way down. */
function fits(value: JsonValue | undefined, type: Type, isOpen: boolean): boolean {
  if (value === undefined || value === null) return true;
  // most of what stands in a manifest
  if (type === 'string') return typeof value === 'string';
  if (typeof type === 'string') return wantedOf(value, type) === undefined;
  if (type.type === 'pointer') return fits(value, type.to, isOpen);
  if (type.type === 'list') return isArray(value) && allFit(value, type.of, isOpen);
  if (!isObject(value)) return false;

  const isStruct = type.type === 'struct';
  const isOpenInside = isOpen || (isStruct && type.open);
  for (const key in value) {
    const inner = isStruct ? type.fields.get(key) : type.of;
    if (inner === undefined ? !isOpenInside : !fits(value[key], inner, isOpenInside)) return false;
  }
  return true;
}

function allFit(values: JsonArray, type: Type, isOpen: boolean): boolean {
  for (let index = 0; index < values.length; index++) {
    if (!fits(values[index], type, isOpen)) return false;
  }
  return true;
}

class Decoder implements Decoded {
  readonly mistyped: FieldError[] = [];
  readonly unknown: FieldError[] = [];
  /** Where the value stands that is looked at: becomes a pointer only where something is wrong with it. */
  readonly #way: Step[] = [];
  /** Set inside of what keeps unknown fields: it keeps them all the way down. */
  #isOpen = false;

  decode(value: JsonValue | undefined, type: Type): void {
    if (value === undefined || value === null) return;
    if (typeof type === 'string') {
      const wanted = wantedOf(value, type);
      if (wanted !== undefined) this.#reportType(wanted, value);
    } else if (type.type === 'pointer') this.decode(value, type.to);
    else if (type.type === 'list') {
      if (isArray(value)) this.#list(value, type.of);
      else this.#reportType('a list', value);
    } else if (!isObject(value)) this.#reportType('an object', value);
    else if (type.type === 'struct') this.#struct(value, type);
    else for (const key of Object.keys(value)) this.#inside(key, value[key], type.of);
  }

  #inside(step: Step, value: JsonValue | undefined, type: Type): void {
    this.#way.push(step);
    this.decode(value, type);
    this.#way.pop();
  }

  #list(values: JsonArray, type: Type): void {
    for (let index = 0; index < values.length; index++) this.#inside(index, values[index], type);
  }

  #struct(object: JsonObject, shape: Struct): void {
    const isOuterOpen = this.#isOpen;
    this.#isOpen ||= shape.open;
    for (const key of Object.keys(object)) {
      const type = shape.fields.get(key);
      if (type !== undefined) this.#inside(key, object[key], type);
      else if (!this.#isOpen) this.unknown.push(unknownField(pointer(...this.#way, key)));
    }
    this.#isOpen = isOuterOpen;
  }

  #reportType(wanted: string, value: JsonValue): void {
    const path = pointer(...this.#way);
    const message = `cannot decode incoming new object: expected ${wanted}, got ${found(value, wanted, path)}`;
    this.mistyped.push({ path, message });
  }
}

function unknownField(path: string): FieldError {
  return {
    path,
    message: `unknown field "${dotted(path)}"`,
    details: 'strict clients such as kubectl and Argo CD refuse it, and any other loses the setting',
  };
}

/** What belongs there, where the value is something else. */
function wantedOf(value: JsonValue, type: Scalar): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'a text';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'int32':
      return isInteger(value, 2 ** 31) ? undefined : 'a 32-bit whole number';
    case 'int64':
      return isInteger(value, 2 ** 63) ? undefined : 'a whole number';
    case 'intOrString':
      return typeof value === 'string' || isInteger(value, 2 ** 31) ? undefined : 'a whole number or a text';
    case 'quantity':
      return isQuantity(value) ? undefined : 'a quantity such as 250m or 512Mi';
    case 'object':
      return isObject(value) ? undefined : 'an object';
    case 'anything':
      return undefined;
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
