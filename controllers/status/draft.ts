import { type JsonObject, type JsonValue, objectAt } from '../../src/kubernetes/json.ts';
import { generationOf, isOfNow } from '../serving/read.ts';
import { Conditions } from './conditions.ts';

/** The status of an object while it is looked at: what stands there, and what is set anew. */
export class StatusDraft {
  readonly conditions: Conditions;
  readonly #object: JsonObject;
  readonly #fields: Record<string, JsonValue | undefined>;

  /** @param dependents the conditions that Ready follows from */
  constructor(object: JsonObject, dependents: readonly string[]) {
    this.#object = object;
    const { conditions: _, observedGeneration: __, ...fields } = objectAt(object, 'status') ?? {};
    this.#fields = fields;
    this.conditions = new Conditions(dependents, object, isOfNow(object));
  }

  get(field: string): JsonValue | undefined {
    return this.#fields[field];
  }

  text(field: string): string {
    const value = this.#fields[field];
    return typeof value === 'string' ? value : '';
  }

  /** An empty text is no field, as Go leaves it out. */
  set(field: string, value: JsonValue | undefined): void {
    if (value === undefined || value === '') delete this.#fields[field];
    else this.#fields[field] = value;
  }

  /** One that Go does not leave out: empty where it was never set. */
  fill(field: string): void {
    this.#fields[field] ??= '';
  }

  /** Takes the fields over as another object has them, also that it has them not. */
  copy(fields: readonly string[], from: JsonObject): void {
    for (const field of fields) this.set(field, objectAt(from, 'status')?.[field]);
  }

  /** Whole, of the object's present generation. */
  toJson(now: Date): JsonObject {
    return {
      ...this.#fields,
      observedGeneration: generationOf(this.#object),
      conditions: this.conditions.toJson(now),
    };
  }
}
