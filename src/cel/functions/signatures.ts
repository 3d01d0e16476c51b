/** Signatures: how a function may be called, as a text that people read and the checker reads. */

/** One way to call a function: for a method, the first argument is what it is called on. */
export interface Overload {
  readonly isMethod: boolean;
  readonly args: readonly string[];
  readonly result: string;
}

/**
 * `string.contains(string): bool`, `optional.of(A): optional<A>` by the name of the function, which may have a dot.
 *
 * @throws where it is none: signatures stand in the code
 */
export function readSignature(signature: string, name: string): Overload {
  const match = /^(.*)\((.*)\): (.+)$/.exec(signature);
  const [, called = '', args = '', result = ''] = match ?? [];
  if (called === name) return { isMethod: false, args: splitTypes(args), result };
  if (!called.endsWith(`.${name}`)) throw new Error(`${signature} is no signature of ${name}`);
  return { isMethod: true, args: [called.slice(0, -name.length - 1), ...splitTypes(args)], result };
}

/** `map<K, V>, int` at the commas that stand in no brackets. */
export function splitTypes(text: string): string[] {
  const types: string[] = [];
  let depth = 0;
  let type = '';
  for (const char of text) {
    if (char === '<') depth++;
    if (char === '>') depth--;
    if (char === ',' && depth === 0) {
      types.push(type.trim());
      type = '';
    } else type += char;
  }
  if (type.trim() !== '') types.push(type.trim());
  return types;
}
