/** One object under judgement, with what rules look at again and again worked out once. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { keyOf } from '../../kubernetes/kinds.ts';
import { type ObjectReference, referenceTo } from '../../kubernetes/object.ts';
import { type PodTemplate, podTemplateOf } from '../../kubernetes/podTemplate.ts';

export class Subject {
  /** The object after the policy's defaults and Knative's. */
  readonly object: JsonObject;
  /** `serving.knative.dev/Service`. */
  readonly key: string;
  readonly #author: Subject | undefined;
  #reference: ObjectReference | undefined;
  #template: PodTemplate | undefined | null = null;

  /** @param author the same object before anything was filled in */
  constructor(object: JsonObject, author?: Subject) {
    this.object = object;
    this.#author = author;
    this.key = keyOf(object);
  }

  /** The object as its author wrote it: tells what was filled in from what was meant. */
  get written(): JsonObject {
    return this.#author?.object ?? this.object;
  }

  /** The pod template as its author wrote it. */
  get writtenTemplate(): PodTemplate | undefined {
    return this.#author === undefined ? this.template : this.#author.template;
  }

  get reference(): ObjectReference {
    this.#reference ??= referenceTo(this.object);
    return this.#reference;
  }

  get namespace(): string {
    return this.reference.namespace;
  }

  get name(): string {
    return this.reference.name;
  }

  /** The pod template, where the kind has one and the manifest writes it. */
  get template(): PodTemplate | undefined {
    if (this.#template === null) this.#template = podTemplateOf(this.object);
    return this.#template;
  }
}
