/** Places that stay the same when a list gets another item. */
import { isArray, isObject, type JsonValue } from './json.ts';
import { pointer, resolve, steps } from './pointer.ts';

/** The pointer with named items of lists called by their name, so that a container put in front changes nothing. */
export function namedPath(object: JsonValue, at: string): string {
  let value: JsonValue | undefined = object;
  let result = '';
  for (const step of steps(at)) {
    const isItem = isArray(value);
    value = resolve(value, pointer(step));
    const name = isItem && isObject(value) ? value.name : undefined;
    result += typeof name === 'string' ? `[${name}]` : pointer(step);
  }
  return result;
}
