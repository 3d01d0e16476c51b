/** What the language itself calls, without a function that is written down elsewhere: operators and parts of macros. */
import { type Overload, readSignature } from '../functions/signatures.ts';
import type { Expr } from '../syntax/expr.ts';

const COMPARED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  '_?_:_': ['_?_:_(bool, A, A): A'],
  '_[_]': [
    '_[_](list<A>, int): A',
    '_[_](map<A, B>, A): B',
    '_[_](optional<list<V>>, int): optional<V>',
    '_[_](optional<map<K, V>>, K): optional<V>',
  ],
  '_[?_]': [
    '_[?_](list<V>, int): optional<V>',
    '_[?_](optional<list<V>>, int): optional<V>',
    '_[?_](map<K, V>, K): optional<V>',
    '_[?_](optional<map<K, V>>, K): optional<V>',
  ],
  '@not_strictly_false': ['@not_strictly_false(bool): bool'],
  'cel.@mapInsert': ['cel.@mapInsert(map<K, V>, K, V): map<K, V>', 'cel.@mapInsert(map<K, V>, map<K, V>): map<K, V>'],
  '@sortByAssociatedKeys': COMPARED.map((type) => `list<T>.@sortByAssociatedKeys(list<${type}>): list<T>`),
};

export const CORE_OVERLOADS: ReadonlyMap<string, readonly Overload[]> = new Map(
  Object.entries(SIGNATURES).map(([name, signatures]) => [
    name,
    signatures.map((signature) => readSignature(signature, name)),
  ]),
);

/** Types that expressions can name: `type(value) == google.protobuf.Timestamp`. */
export const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ...'bool bytes double int null_type string uint'.split(' ').map((name): [string, string] => [name, name]),
  ['list', 'list<A>'],
  ['map', 'map<A, B>'],
  ['type', 'type'],
  ['optional_type', 'optional<A>'],
  ['google.protobuf.Timestamp', 'timestamp'],
  ['google.protobuf.Duration', 'duration'],
  ['net.IP', 'net.IP'],
  ['net.CIDR', 'net.CIDR'],
]);

/** `google.protobuf.Timestamp` of a chain of fields; undefined where it begins with something else than a name. */
export function dottedName(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind !== 'select' || expr.isTest || expr.isOptional) return undefined;
  const owner = dottedName(expr.operand);
  return owner === undefined ? undefined : `${owner}.${expr.field}`;
}
