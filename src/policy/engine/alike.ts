/**
 * Tells objects that are alike: that differ at most in texts which name them and what they run. Most rules look at
 * settings alone, and what such a rule said of one object it says of each that is alike (docs/adr/0018).
 *
 * Objects are compared token by token along a tree of what was seen before (memory.ts).
 */
import { isImageReference } from '../../knative/serving/imageReference.ts';
import { asObject, isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { configuration, knativeService } from '../../kubernetes/kinds.ts';
import type { AppliedDefault } from './default.ts';
import { Memory, type Place, type State } from './memory.ts';
import {
  areTexts,
  haveOwnNames,
  isName,
  isOthersLabel,
  isPlain,
  isServersOwn,
  isText,
  NAMING_ANNOTATIONS,
  referenceOf,
} from './naming.ts';
import type { Subject } from './subject.ts';

/** Who nests deeper is judged afresh. */
const DEEPEST = 20;

const OPEN_OBJECT = Symbol('{');
const OPEN_ARRAY = Symbol('[');
const CLOSE = Symbol('end');
/** Stands for a text that only rules about texts look at. */
const TEXT = Symbol('text');
/** Stand for a variable that is taken from a key of either; which one only names it. */
const REFERENCES: ReadonlyMap<string, symbol> = new Map([
  ['secretKeyRef', Symbol('a key of a Secret')],
  ['configMapKeyRef', Symbol('a key of a ConfigMap')],
]);

/**
 * The same one for all objects that are alike, so that more can be remembered of them elsewhere: as the key of a WeakMap,
 * which forgets with the tree.
 */
export type Likeness = object;

/** What was filled into objects and said of them, found again by objects that are alike. One for each policy and its rules. */
export class Alike<Filled, Whole, Said> {
  readonly #memory = new Memory<Filled, Whole, Said>();
  /** Where the last object ended, or its fills and names; undefined where it left what can be remembered. */
  #end: At<Filled, Whole, Said>;

  /** The place of an object as it was written; undefined where it is judged afresh. */
  placeOf({ key, object }: Subject): Place<Filled, Whole, Said> | undefined {
    // not where the object before ended
    this.#end = undefined;
    if (!canBeAlike(key)) return undefined;
    this.#memory.forgetWhenFull();
    this.#end = this.#walk(object);
    this.#memory.met(this.#end?.filled !== undefined);
    return this.#end;
  }

  /** The same place of an object that is not judged itself, and so leaves nothing there to be found. */
  likenessOf({ key, object }: Subject): Likeness | undefined {
    this.#end = canBeAlike(key) ? this.#walk(object) : undefined;
    return this.#end;
  }

  /** The place of the same object with what is filled into it and hangs on more than on what is alike. */
  placeWith(fills: readonly AppliedDefault[]): Place<Filled, Whole, Said> | undefined {
    let at = this.#end;
    for (let index = 0; index < fills.length; index++) {
      const fill = fills[index];
      at = this.#memory.take(at, fill?.path);
      at = this.#value(at, fill?.value, 0);
      at = this.#memory.take(at, fill?.source);
    }
    this.#end = this.#memory.take(at, CLOSE);
    return this.#end;
  }

  /** The place of the same object with its containers named, where their names hang on more than on what is alike. */
  placeNamed({ template }: Subject): Place<Filled, Whole, Said> | undefined {
    if (template === undefined) return this.#end;
    let at = this.#end;
    for (const { name } of template.containers) at = this.#memory.take(at, name);
    this.#end = this.#memory.take(at, CLOSE);
    return this.#end;
  }

  #walk(object: JsonObject): At<Filled, Whole, Said> {
    let at: At<Filled, Whole, Said> = this.#memory.begin();
    for (const key in object) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = object[key];
      if (key === 'metadata' && isObject(value)) at = this.#metadata(at, value);
      else if (key === 'spec' && isObject(value)) at = this.#spec(at, value);
      // the controller's
      else if (key === 'status') at = this.#memory.take(at, TEXT);
      else at = this.#value(at, value, 1);
    }
    return this.#memory.take(at, CLOSE);
  }

  /** @param metadata of the object itself */
  #metadata(outer: At<Filled, Whole, Said>, metadata: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in metadata) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = metadata[key];
      if (key === 'name' && isName(value)) at = this.#memory.take(at, TEXT);
      else if (key === 'namespace' && isText(value)) at = this.#memory.take(at, TEXT);
      else if (key === 'labels' && isObject(value)) at = this.#labels(at, value);
      else if (key === 'annotations' && isObject(value)) at = this.#annotations(at, value);
      else if (isServersOwn(key, value)) at = this.#memory.take(at, TEXT);
      else at = this.#value(at, value, 2);
    }
    return this.#leave(outer, at);
  }

  /** @param annotations of the object itself */
  #annotations(outer: At<Filled, Whole, Said>, annotations: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in annotations) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = annotations[key];
      if (NAMING_ANNOTATIONS.has(key) && isText(value)) at = this.#memory.take(at, TEXT);
      else at = this.#value(at, value, 3);
    }
    return this.#leave(outer, at);
  }

  #labels(outer: At<Filled, Whole, Said>, labels: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in labels) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = labels[key];
      if (isText(value) && isOthersLabel(key)) at = this.#memory.take(at, TEXT);
      else at = this.#value(at, value, 3);
    }
    return this.#leave(outer, at);
  }

  #spec(start: At<Filled, Whole, Said>, spec: JsonObject): At<Filled, Whole, Said> {
    let at = this.#memory.take(start, OPEN_OBJECT);
    for (const key in spec) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = spec[key];
      if (key === 'template' && isObject(value)) at = this.#template(at, value);
      else at = this.#value(at, value, 2);
    }
    return this.#memory.take(at, CLOSE);
  }

  #template(start: At<Filled, Whole, Said>, template: JsonObject): At<Filled, Whole, Said> {
    // a Revision with a name of its own has to be named after its Service
    const metadata = asObject(template.metadata);
    if (metadata?.name !== undefined || metadata?.generateName !== undefined) return undefined;

    let at = this.#memory.take(start, OPEN_OBJECT);
    for (const key in template) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = template[key];
      if (key === 'metadata' && isObject(value)) at = this.#templateMetadata(at, value);
      else if (key === 'spec' && isObject(value)) at = this.#podSpec(at, value);
      else at = this.#value(at, value, 3);
    }
    return this.#memory.take(at, CLOSE);
  }

  #templateMetadata(outer: At<Filled, Whole, Said>, metadata: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in metadata) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = metadata[key];
      if (key === 'labels' && isObject(value)) at = this.#labels(at, value);
      else at = this.#value(at, value, 4);
    }
    return this.#leave(outer, at);
  }

  #podSpec(outer: At<Filled, Whole, Said>, spec: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in spec) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = spec[key];
      if (key === 'containers' && isArray(value)) at = this.#containers(at, value);
      else at = this.#value(at, value, 4);
    }
    return this.#leave(outer, at);
  }

  #containers(outer: At<Filled, Whole, Said>, containers: readonly JsonValue[]): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_ARRAY);
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index];
      at = isObject(container) ? this.#container(at, container) : this.#value(at, container, 5);
    }
    return this.#leave(outer, at);
  }

  #container(outer: At<Filled, Whole, Said>, container: JsonObject): At<Filled, Whole, Said> {
    let at = this.#enter(outer, OPEN_OBJECT);
    for (const key in container) {
      at = this.#memory.take(at, key);
      if (at === undefined) return undefined;
      const value = container[key];
      if (key === 'image' && typeof value === 'string' && isImageReference(value)) at = this.#memory.take(at, TEXT);
      else if (key === 'env' && isArray(value)) at = this.#variables(at, value);
      else if ((key === 'args' || key === 'command') && areTexts(value)) at = this.#memory.take(at, TEXT);
      else at = this.#value(at, value, 6);
    }
    return this.#leave(outer, at);
  }

  /** Of well-formed variables only those count that are more than a name and a text. */
  #variables(start: At<Filled, Whole, Said>, variables: readonly JsonValue[]): At<Filled, Whole, Said> {
    let at = this.#memory.take(start, variables.length > 0 ? OPEN_ARRAY : CLOSE);
    const areNamed = haveOwnNames(variables);
    for (let index = 0; index < variables.length; index++) {
      const variable = variables[index];
      if (areNamed && isPlain(variable)) continue;
      at = this.#memory.take(at, index);
      const token = REFERENCES.get((areNamed ? referenceOf(variable) : undefined) ?? '');
      at = token === undefined ? this.#value(at, variable, 7) : this.#memory.take(at, token);
    }
    return this.#memory.take(at, CLOSE);
  }

  #value(outer: At<Filled, Whole, Said>, value: JsonValue | undefined, depth: number): At<Filled, Whole, Said> {
    if (typeof value !== 'object' || value === null) return this.#memory.take(outer, value);
    if (depth > DEEPEST || outer === undefined) return undefined;

    let at = this.#enter(outer, isArray(value) ? OPEN_ARRAY : OPEN_OBJECT);
    if (isArray(value)) {
      for (let index = 0; index < value.length; index++) at = this.#value(at, value[index], depth + 1);
    } else {
      for (const key in value) at = this.#value(this.#memory.take(at, key), value[key], depth + 1);
    }
    return this.#leave(outer, at);
  }

  /** Begins a part. */
  #enter(outer: At<Filled, Whole, Said>, open: symbol): At<Filled, Whole, Said> {
    return outer === undefined ? undefined : this.#memory.take(this.#memory.parts, open);
  }

  /** What the part was, at whose last token the walk is, is one token to what holds it. */
  #leave(outer: At<Filled, Whole, Said>, last: At<Filled, Whole, Said>): At<Filled, Whole, Said> {
    const part = this.#memory.take(last, CLOSE);
    return part === undefined ? undefined : this.#memory.take(outer, part);
  }
}

/** Where a walk is; undefined once it left what can be remembered. */
type At<Filled, Whole, Said> = State<Filled, Whole, Said> | undefined;

function canBeAlike(key: string): boolean {
  return key === knativeService.key || key === configuration.key;
}
