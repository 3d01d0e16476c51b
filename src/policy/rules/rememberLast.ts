/**
 * Remembers the answer for the last thing that was asked about. Rules look at one object after the other, each of them
 * at the same parts of it: one place for the last answer serves them all, and costs less than a WeakMap, whose entries
 * the garbage collector has to visit one by one.
 *
 * @param make must depend on the key alone, or on what is the same whenever the key is
 */
export function rememberLast<Key extends object, Value, Context = void>(
  make: (key: Key, context: Context) => Value,
): (key: Key, context: Context) => Value {
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key, context) => {
    if (last?.key === key) return last.value;
    const value = make(key, context);
    last = { key, value };
    return value;
  };
}
