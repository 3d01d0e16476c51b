/**
 * What a field may hold, and what of it has owners of its own
 * (sigs.k8s.io/structured-merge-diff/v6 schema/elements.go).
 */
import { isArray, isObject, type JsonValue } from '../../../../kubernetes/json.ts';

/** One or several of a scalar, a list and a map; which of them the value says. */
export interface Type {
  readonly scalar?: Scalar;
  readonly list?: ListType;
  readonly map?: MapType;
}

export type Scalar = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListType {
  /** One field as a whole; else its items are fields. */
  readonly isAtomic: boolean;
  /** The members by which an item is known; none where the items are scalars. */
  readonly keys: readonly string[];
  /** Read when it is needed: a type may contain itself. */
  readonly items: () => Type;
}

export interface MapType {
  readonly isAtomic: boolean;
  /** A member that the type names. */
  readonly field: (name: string) => Type | undefined;
  readonly defaultOf: (name: string) => JsonValue | undefined;
  /** The type of other members; undefined where there may be none. */
  readonly others: () => Type | undefined;
  /** Names no member, and says nothing of what it holds. */
  readonly isDeduced: boolean;
}

/** The way that a value of several types goes. */
export type Shape = 'scalar' | 'list' | 'map';

/**
 * What a value is to its type: the value's own shape where the type has it, else the first that the type has.
 *
 * Of a type with several shapes, null and what is not there fit all: `isOpen`.
 */
export function shapeOf(type: Type, value: JsonValue | undefined): { readonly shape: Shape; readonly isOpen: boolean } {
  const own = ownShape(value);
  if (own !== undefined && type[own] !== undefined) return { shape: own, isOpen: false };
  const has = (['map', 'scalar', 'list'] as const).filter((shape) => type[shape] !== undefined);
  return { shape: has[0] ?? 'scalar', isOpen: has.length > 1 };
}

function ownShape(value: JsonValue | undefined): Shape | undefined {
  if (value === undefined || value === null) return undefined;
  if (isArray(value)) return 'list';
  return isObject(value) ? 'map' : 'scalar';
}

/** The type of a member, whether it is named or not. */
export function memberType(map: MapType, name: string): Type | undefined {
  return map.field(name) ?? map.others();
}

/** All that is below is one field. */
export const UNTYPED_ATOMIC: Type = {
  scalar: 'untyped',
  list: { isAtomic: true, keys: [], items: () => UNTYPED_ATOMIC },
  map: {
    isAtomic: true,
    field: () => undefined,
    defaultOf: () => undefined,
    others: () => UNTYPED_ATOMIC,
    isDeduced: false,
  },
};

/** What a value without a type is taken for: each member of an object is a field, a list is one as a whole. */
export const DEDUCED: Type = {
  scalar: 'untyped',
  list: { isAtomic: true, keys: [], items: () => UNTYPED_ATOMIC },
  map: {
    isAtomic: false,
    field: () => undefined,
    defaultOf: () => undefined,
    others: () => DEDUCED,
    isDeduced: true,
  },
};
