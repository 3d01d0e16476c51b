/** The types that an expression's parts have before it runs. `dyn` fits everything. */
import { splitTypes } from '../functions/signatures.ts';

export type Type =
  | { readonly kind: 'plain'; readonly name: string }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'optional'; readonly of: Type }
  /** What `type(value)` and the name of a type are of; undefined in the signature of `type` alone. */
  | { readonly kind: 'type'; readonly of: Type | undefined }
  /** A type that stands for itself wherever the same letter stands in a signature, or one that is not known yet. */
  | { readonly kind: 'letter'; readonly letter: string }
  | ObjectType;

/** An object whose fields are known. */
export interface ObjectType {
  readonly kind: 'object';
  /** Two objects with the same name are of one type. */
  readonly name: string;
  /** Their names, for those who misspell one. */
  readonly fields?: readonly string[];
  /** Undefined where there is no such field. */
  field(name: string): Type | undefined;
}

function plain(name: string): Type {
  return { kind: 'plain', name };
}

export const DYN = plain('dyn');
/** Of what is wrong, so that nothing more is said of it. */
export const ERROR = plain('!error!');
export const BOOL = plain('bool');
export const INT = plain('int');
export const STRING = plain('string');
export const NULL = plain('null_type');

const known = new Map<string, Type>([
  ['dyn', DYN],
  ['bool', BOOL],
  ['int', INT],
  ['string', STRING],
  ['null_type', NULL],
  ['type', { kind: 'type', of: undefined }],
]);

/** `list<string>`, `map<string, A>`, `optional<A>`, `kubernetes.Quantity`. */
export function typeOf(text: string): Type {
  const found = known.get(text);
  if (found !== undefined) return found;
  const type = parseType(text);
  known.set(text, type);
  return type;
}

function parseType(text: string): Type {
  const match = /^(list|map|optional|type)<(.*)>$/.exec(text);
  const [first = DYN, second = DYN] = splitTypes(match?.[2] ?? '').map(typeOf);
  switch (match?.[1]) {
    case 'list':
      return { kind: 'list', item: first };
    case 'map':
      return { kind: 'map', key: first, value: second };
    case 'optional':
      return { kind: 'optional', of: first };
    case 'type':
      return { kind: 'type', of: first };
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
    case 'type':
      return type.of === undefined ? 'type' : `type(${showType(type.of)})`;
    case 'letter':
      return type.letter;
    case 'object':
      return type.name;
    default:
      return type.name === 'null_type' ? 'null' : type.name;
  }
}

export function isDyn(type: Type): boolean {
  return type.kind === 'plain' && type.name === 'dyn';
}

export function isError(type: Type): boolean {
  return type.kind === 'plain' && type.name === '!error!';
}

export function isNull(type: Type): boolean {
  return type.kind === 'plain' && type.name === 'null_type';
}

/** What null may stand for: whatever may be missing, and no scalar. */
export function takesNull(type: Type): boolean {
  if (type.kind === 'object' || type.kind === 'optional' || isNull(type)) return true;
  return type.kind === 'plain' && (type.name.includes('.') || type.name === 'timestamp' || type.name === 'duration');
}

/** The types that a type is made of. */
export function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'list':
      return [type.item];
    case 'map':
      return [type.key, type.value];
    case 'optional':
      return [type.of];
    case 'type':
      return type.of === undefined ? [] : [type.of];
    default:
      return [];
  }
}

/** The same type of other parts. */
export function withParts(type: Type, change: (part: Type) => Type): Type {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', item: change(type.item) };
    case 'map':
      return { kind: 'map', key: change(type.key), value: change(type.value) };
    case 'optional':
      return { kind: 'optional', of: change(type.of) };
    case 'type':
      return type.of === undefined ? type : { kind: 'type', of: change(type.of) };
    default:
      return type;
  }
}

/** @param areLettersOne whether two letters are one type whatever they are */
export function isSameType(left: Type, right: Type, areLettersOne = false): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'plain' || left.kind === 'object') return right.kind === left.kind && left.name === right.name;
  if (left.kind === 'letter') return areLettersOne || (right.kind === 'letter' && left.letter === right.letter);
  const [parts, others] = [partsOf(left), partsOf(right)];
  if (parts.length !== others.length) return false;
  return parts.every((part, index) => isSameType(part, others[index] ?? ERROR, areLettersOne));
}
