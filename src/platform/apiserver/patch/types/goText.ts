/** Values as Go prints them inside of upstream's sentences. */
import { isArray, isObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { compareText } from '../fields/order.ts';

/** `fmt.Sprintf("%v", …)` of JSON in Go: `map[a:1 b:[x y]]`. */
export function goText(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const names = Object.keys(value).sort(compareText);
  return `map[${names.map((name) => `${name}:${goText(value[name] ?? null)}`).join(' ')}]`;
}

/** `%v` of a value of structured-merge-diff, which is a pointer to it. */
export function goValue(value: JsonValue): string {
  return `&{${goText(value)}}`;
}

/** `%#v` of the same. */
export function goSyntax(value: JsonValue): string {
  return `&value.valueUnstructured{Value:${syntax(value)}}`;
}

function syntax(value: JsonValue): string {
  if (value === null) return 'interface {}(nil)';
  if (isArray(value)) return `[]interface {}{${value.map(syntax).join(', ')}}`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(compareText);
  const members = names.map((name) => `${JSON.stringify(name)}:${syntax(value[name] ?? null)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}
