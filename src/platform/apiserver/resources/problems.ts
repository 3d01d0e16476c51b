/** What is wrong with an object, collected while it is walked. The sentences are those of status/causes.ts. */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import {
  duplicateValue,
  forbiddenValue,
  goStruct,
  invalidValue,
  notFoundValue,
  notSupportedValue,
  requiredValue,
  tooLongValue,
} from '../status/causes.ts';
import type { Cause } from '../status/failure.ts';

/** Each method takes the field's path first: `spec.ports[0].port`. */
export class Problems {
  readonly #causes: Cause[] = [];

  get causes(): readonly Cause[] {
    return this.#causes;
  }

  add(...causes: readonly Cause[]): void {
    this.#causes.push(...causes);
  }

  required(field: string, detail = ''): void {
    this.add(requiredValue(field, detail));
  }

  invalid(field: string, value: JsonValue | undefined, detail: string): void {
    this.add(invalidValue(field, value, detail));
  }

  /** As `invalid`, of a value that Go keeps in a struct: its fields stay in their order. */
  invalidStruct(field: string, value: JsonValue, detail: string): void {
    this.add({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${detail}`, field });
  }

  duplicateStruct(field: string, value: JsonObject): void {
    this.add({ reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(value)}`, field });
  }

  /** One cause a sentence. */
  invalidBy(field: string, value: JsonValue | undefined, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }

  notSupported(field: string, value: JsonValue | undefined, supported: readonly string[]): void {
    this.add(notSupportedValue(field, value, supported));
  }

  notSupportedStruct(field: string, value: JsonObject, supported: readonly string[]): void {
    const { reason, message } = notSupportedValue(field, null, supported);
    this.add({ reason, message: message.replace('null', () => goStruct(value)), field });
  }

  duplicate(field: string, value: JsonValue | undefined): void {
    this.add(duplicateValue(field, value));
  }

  notFound(field: string, value: JsonValue | undefined): void {
    this.add(notFoundValue(field, value));
  }

  forbidden(field: string, detail: string): void {
    this.add(forbiddenValue(field, detail));
  }

  tooLong(field: string, most: number): void {
    this.add(tooLongValue(field, most));
  }

  tooMany(field: string, count: number, most: number): void {
    const message = `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`;
    this.add({ reason: 'FieldValueTooMany', message, field });
  }
}
