/** The types that an expression's parts have before it runs. `dyn` fits everything. */
import { splitTypes } from '../functions/function.ts';

export type Type =
  | { readonly kind: 'plain'; readonly name: string }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'optional'; readonly of: Type }
  /** A type that stands for itself wherever the same letter stands in a signature. */
  | { readonly kind: 'letter'; readonly letter: string }
  | ObjectType;

/** An object whose fields are known. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  /** Undefined where there is no such field. */
  field(name: string): Type | undefined;
}

function plain(name: string): Type {
  return { kind: 'plain', name };
}

export const DYN = plain('dyn');
export const BOOL = plain('bool');
export const INT = plain('int');
export const STRING = plain('string');
export const NULL = plain('null_type');

const known = new Map<string, Type>();

/** `list<string>`, `map<string, A>`, `optional<A>`, `kubernetes.Quantity`. */
export function typeOf(text: string): Type {
  const found = known.get(text);
  if (found !== undefined) return found;
  const type = parseType(text);
  known.set(text, type);
  return type;
}

function parseType(text: string): Type {
  const match = /^(list|map|optional)<(.*)>$/.exec(text);
  const [first = DYN, second = DYN] = splitTypes(match?.[2] ?? '').map(typeOf);
  switch (match?.[1]) {
    case 'list':
      return { kind: 'list', item: first };
    case 'map':
      return { kind: 'map', key: first, value: second };
    case 'optional':
      return { kind: 'optional', of: first };
    default:
      return /^[A-Z]$/.test(text) ? { kind: 'letter', letter: text } : plain(text);
  }
}

/** As cel-go writes a type in its sentences. */
export function showType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${showType(type.item)})`;
    case 'map':
      return `map(${showType(type.key)}, ${showType(type.value)})`;
    case 'optional':
      return `optional_type(${showType(type.of)})`;
    case 'letter':
      return type.letter;
    case 'object':
      return type.name;
    default:
      return type.name === 'null_type' ? 'null' : (LONG_NAMES[type.name] ?? type.name);
  }
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  timestamp: 'timestamp',
  duration: 'duration',
};

export function isDyn(type: Type): boolean {
  return type.kind === 'plain' && type.name === 'dyn';
}

/** What null may stand for: whatever may be missing, and no scalar. */
function takesNull(type: Type): boolean {
  if (type.kind === 'object') return true;
  return type.kind === 'plain' && (type.name.includes('.') || type.name === 'timestamp' || type.name === 'duration');
}

/**
 * Whether a value of the type can stand where the signature has the other one.
 *
 * @param letters what each letter of the signature stands for; takes those that are new
 */
export function fits(type: Type, wanted: Type, letters: Map<string, Type>): boolean {
  if (wanted.kind === 'letter') {
    const bound = letters.get(wanted.letter);
    if (bound === undefined || isDyn(bound)) {
      letters.set(wanted.letter, type);
      return true;
    }
    return fits(type, bound, letters) || fits(bound, type, new Map());
  }
  if (isDyn(type) || isDyn(wanted) || type.kind === 'letter') return true;
  if (type === NULL) return wanted === NULL || takesNull(wanted);
  if (wanted === NULL) return takesNull(type);
  if (type.kind === 'list') return wanted.kind === 'list' && fits(type.item, wanted.item, letters);
  if (type.kind === 'optional') return wanted.kind === 'optional' && fits(type.of, wanted.of, letters);
  if (type.kind === 'map') {
    return wanted.kind === 'map' && fits(type.key, wanted.key, letters) && fits(type.value, wanted.value, letters);
  }
  return type.kind === wanted.kind && type.name === wanted.name;
}

/** The type with what its letters stand for. */
export function bound(type: Type, letters: ReadonlyMap<string, Type>): Type {
  switch (type.kind) {
    case 'letter':
      return letters.get(type.letter) ?? DYN;
    case 'list':
      return { kind: 'list', item: bound(type.item, letters) };
    case 'map':
      return { kind: 'map', key: bound(type.key, letters), value: bound(type.value, letters) };
    case 'optional':
      return { kind: 'optional', of: bound(type.of, letters) };
    default:
      return type;
  }
}
