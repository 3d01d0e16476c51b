/** All SinkBindings that hold now, so that admission finds those of a new object. */
import type { BoundEnvironment, Subject } from '../../../src/knative/eventing/sources/binding.ts';
import { isSubject } from '../../../src/knative/eventing/sources/binding.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';

export interface Bound {
  readonly subject: Subject;
  /** Undefined while its sink leads nowhere: its subjects then have none. */
  readonly environment: BoundEnvironment | undefined;
}

export class Bindings {
  readonly #all = new Map<string, Bound>();
  readonly #begun = Promise.withResolvers<void>();
  isBegun = false;

  /** Resolves once all there are have been told. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  begin(): void {
    this.isBegun = true;
    this.#begun.resolve();
  }

  set(key: string, bound: Bound): void {
    this.#all.set(key, bound);
  }

  remove(key: string): void {
    this.#all.delete(key);
  }

  /** Those of an object, the ones that name it first. */
  of(object: JsonObject): Bound[] {
    const { apiVersion, kind } = referenceTo(object);
    const group = groupOf(apiVersion);
    const found = [...this.#all.values()].filter(
      ({ subject }) => subject.group === group && subject.kind === kind && isSubject(subject, object),
    );
    return found.sort((left, right) => Number(left.subject.name === '') - Number(right.subject.name === ''));
  }

  /** The kinds of all subjects, each once. */
  kinds(): { readonly group: string; readonly kind: string }[] {
    const kinds = new Map<string, { readonly group: string; readonly kind: string }>();
    for (const { subject } of this.#all.values()) {
      kinds.set(`${subject.group}/${subject.kind}`, { group: subject.group, kind: subject.kind });
    }
    return [...kinds.values()];
  }
}
