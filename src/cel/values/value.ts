/** The values that expressions work with. Whole numbers are bigint (`int`), all other numbers are `double`. */

export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** What `type(value)` gives, and names such as `int` are. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be missing: `object.?field`. */
export class Optional {
  readonly value: CelValue | undefined;

  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

/** A value of a type that CEL itself does not know: a quantity, an address, an authorizer. */
export abstract class Foreign {
  /** `kubernetes.Quantity`. */
  abstract readonly typeName: string;
  abstract equals(other: Foreign): boolean;
}

/** A list: its items are made when they are asked for. */
export interface CelList {
  readonly kind: 'list';
  readonly length: number;
  at(index: number): CelValue;
  /** `set` and `map` compare without order (k8s.io/apiserver pkg/cel/common/values.go). */
  readonly listType?: 'set' | 'map';
  readonly mapKeys?: readonly string[];
}

export type MapKey = string | bigint | boolean;

/** A map, or an object with fields. */
export interface CelMap {
  readonly kind: 'map';
  readonly size: number;
  get(key: MapKey): CelValue | undefined;
  has(key: MapKey): boolean;
  keys(): readonly MapKey[];
  /** True where a field that is asked for is unknown rather than missing: an object with a schema. */
  readonly isObject?: boolean;
}

export type CelValue =
  | null
  | boolean
  | string
  | bigint
  | number
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | Foreign
  | CelList
  | CelMap;

export function listOf(items: readonly CelValue[]): CelList {
  return { kind: 'list', length: items.length, at: (index) => items[index] ?? null };
}

export function mapOf(entries: ReadonlyMap<MapKey, CelValue>): CelMap {
  return {
    kind: 'map',
    size: entries.size,
    get: (key) => entries.get(key),
    has: (key) => entries.has(key),
    keys: () => [...entries.keys()],
  };
}

export function isList(value: CelValue): value is CelList {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'list';
}

export function isMap(value: CelValue): value is CelMap {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map';
}

export function itemsOf(list: CelList): CelValue[] {
  const items: CelValue[] = [];
  for (let index = 0; index < list.length; index++) items.push(list.at(index));
  return items;
}

/** A value that may be a map's key: a whole number of any type, a text, a truth. Undefined where it may not. */
export function keyOf(value: CelValue): MapKey | undefined {
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (value instanceof Uint) return value.value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** The name of a value's type in CEL. */
export function typeNameOf(value: CelValue): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
  }
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Foreign) return value.typeName;
  return value.kind;
}

/** A value as the position of an item. Undefined where it is no whole number. */
export function numberIndex(value: CelValue): number | undefined {
  const key = keyOf(value);
  return typeof key === 'bigint' ? Number(key) : undefined;
}
