/** What a value breaks, and how much of a schema it keeps, which says which of several alternatives was meant. */
import type { JsonValue } from '../../../../kubernetes/json.ts';
import { invalidValue, notSupportedValue, requiredValue, tooLongValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { WHOLE } from '../paths.ts';

export class Result {
  readonly #causes: Cause[] = [];
  /** Demands that were looked at (k8s.io/kube-openapi pkg/validation/validate/result.go, MatchCount). */
  matches = 0;

  get causes(): readonly Cause[] {
    return this.#causes;
  }

  get isValid(): boolean {
    return this.#causes.length === 0;
  }

  /** The same thing is told once. */
  add(cause: Cause): void {
    const isKnown = this.#causes.some(({ field, message }) => field === cause.field && message === cause.message);
    if (!isKnown) this.#causes.push(cause);
  }

  merge(other: Result): void {
    for (const cause of other.causes) this.add(cause);
    this.matches += other.matches;
  }

  required(path: string): void {
    this.add(requiredValue(fieldOf(path)));
  }

  /** @param typeName of the schema @param found the type of the value, or what a text should have been of */
  wrongType(path: string, typeName: string, found: string): void {
    const message = `Invalid value: ${JSON.stringify(found)}: ${path} in body must be of type ${typeName}: ${JSON.stringify(found)}`;
    this.add({ reason: 'FieldValueTypeInvalid', field: fieldOf(path), message });
  }

  invalid(path: string, value: JsonValue, demand: string): void {
    this.add(invalidValue(fieldOf(path), value, `${path} in body ${demand}`));
  }

  /** A member that no schema allows. */
  forbidden(path: string, key: string): void {
    this.add(invalidValue(fieldOf(path), key, `${path}.${key} in body is a forbidden property`));
  }

  /** Of the whole object, whatever the path: a sentence that says where by itself. */
  composite(message: string): void {
    this.add(invalidValue(WHOLE, '', message));
  }

  notSupported(path: string, value: JsonValue, supported: readonly string[]): void {
    this.add(notSupportedValue(fieldOf(path), value, supported));
  }

  tooLong(path: string, most: number): void {
    this.add(tooLongValue(fieldOf(path), most));
  }

  tooMany(path: string, count: number, most: number): void {
    const message = `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`;
    this.add({ reason: 'FieldValueTooMany', field: fieldOf(path), message });
  }
}

function fieldOf(path: string): string {
  const field = path.replace(/^\./, '');
  return field === '' ? WHOLE : field;
}
