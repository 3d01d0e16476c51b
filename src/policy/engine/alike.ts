/**
 * Tells objects that are alike: that differ at most in texts which name them and what they run. Most rules look at
 * settings alone, and what such a rule said of one object it says of each that is alike (docs/adr/0018).
 *
 * Objects are compared token by token along a tree of what was seen before: the way of an object through it is its
 * content, whose end holds what is remembered. What an object is made of (its metadata, a container, a probe) has a way of
 * its own, the same one wherever it stands, and its end is one token to what holds it: a hundred Services that put a few
 * parts together in a hundred ways take little more room than the parts.
 */
import { isImageReference } from '../../knative/serving/imageReference.ts';
import { asObject, isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { configuration, knativeService } from '../../kubernetes/kinds.ts';
import { dns1035LabelErrors } from '../../kubernetes/names.ts';
import type { AppliedDefault } from './default.ts';
import type { Subject } from './subject.ts';

/** What a tree holds at most, with what is remembered at its ends; a state, or 64 characters, takes some hundred bytes. */
const MOST_STATES = 40_000;
/** Nobody writes the same text of four thousand characters twice. */
const MOST_ROOM = 64;
/** Of one object; what breaks rules by the hundred is seldom seen twice. */
const MOST_REMEMBERED = 1000;
/** Who nests deeper or writes more is judged afresh. */
const DEEPEST = 20;
const MOST_TOKENS = 1000;
/**
 * Objects that a full tree is asked about before it begins afresh in any case: what it was filled with first need not be
 * what comes later. To fill it again costs as much as to judge some hundred objects.
 */
const PATIENCE = 10_000;

type Token = JsonValue | symbol | Part | undefined;

const OPEN_OBJECT = Symbol('{');
const OPEN_ARRAY = Symbol('[');
const CLOSE = Symbol('end');
/** The end of the way of a part. */
type Part = State<unknown, unknown, unknown>;
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

/** Where the tokens so far lead; at the end of an object, what is remembered of those that are alike. */
export interface Place<Filled, Whole, Said> extends Likeness {
  /** What is filled into it. */
  readonly filled: Filled | undefined;
  /** What it comes to with that. */
  readonly whole: Whole | undefined;
  /** What is said of it then. */
  readonly said: Said | undefined;
  /**
   * Remembers what is filled into it, where there is room: one object can break rules a thousand times.
   *
   * @param own what of it is held for this object alone
   */
  keepFilled(filled: Filled, own: readonly unknown[]): void;
  /** The same of what it comes to. */
  keepWhole(whole: Whole, own: readonly unknown[]): void;
  /** The same of what is said of it. */
  keepSaid(said: Said, own: readonly unknown[]): void;
}

class State<Filled, Whole, Said> implements Place<Filled, Whole, Said> {
  filled: Filled | undefined = undefined;
  whole: Whole | undefined = undefined;
  said: Said | undefined = undefined;
  readonly #tree: Alike<Filled, Whole, Said>;
  /** The token that came here first, and where it leads: for most states the only one. */
  token: Token;
  next: State<Filled, Whole, Said> | undefined = undefined;
  others: Map<Token, State<Filled, Whole, Said>> | undefined = undefined;

  constructor(tree: Alike<Filled, Whole, Said>) {
    this.#tree = tree;
  }

  keepFilled(filled: Filled, own: readonly unknown[]): void {
    if (this.#tree.takesIn(own)) this.filled = filled;
  }

  keepWhole(whole: Whole, own: readonly unknown[]): void {
    if (this.#tree.takesIn(own)) this.whole = whole;
  }

  keepSaid(said: Said, own: readonly unknown[]): void {
    if (this.#tree.takesIn(own)) this.said = said;
  }
}

/** What was filled into objects and said of them, found again by objects that are alike. One for each policy and its rules. */
export class Alike<Filled, Whole, Said> {
  #root = new State<Filled, Whole, Said>(this);
  #size = 0;
  #isFull = false;
  #sinceFull = 0;
  #hits = 0;
  #misses = 0;
  /** Where the ways of all parts begin. */
  #parts = new State<Filled, Whole, Said>(this);
  /** Where the walk through an object is; undefined once it left what can be remembered. */
  #at: State<Filled, Whole, Said> | undefined;
  #tokens = 0;

  /** The place of an object as it was written; undefined where it is judged afresh. */
  placeOf({ key, object }: Subject): Place<Filled, Whole, Said> | undefined {
    // not where the object before ended
    this.#at = undefined;
    if (key !== knativeService.key && key !== configuration.key) return undefined;
    if (this.#isFull && (this.#hits > this.#misses || ++this.#sinceFull > PATIENCE)) this.#forget();

    const place = this.#walk(object);
    if (place?.filled === undefined) this.#misses++;
    else this.#hits++;
    return place;
  }

  /** The same place of an object that is not judged itself, and so leaves nothing there to be found. */
  likenessOf({ key, object }: Subject): Likeness | undefined {
    this.#at = undefined;
    return key === knativeService.key || key === configuration.key ? this.#walk(object) : undefined;
  }

  #walk(object: JsonObject): State<Filled, Whole, Said> | undefined {
    this.#at = this.#root;
    this.#tokens = 0;
    this.#object(object);
    this.#take(CLOSE);
    return this.#at;
  }

  /** The place of the same object with what is filled into it and hangs on more than on what is alike. */
  placeWith(fills: readonly AppliedDefault[]): Place<Filled, Whole, Said> | undefined {
    for (let index = 0; index < fills.length; index++) {
      const fill = fills[index];
      this.#take(fill?.path);
      this.#value(fill?.value, 0);
      this.#take(fill?.source);
    }
    this.#take(CLOSE);
    return this.#at;
  }

  /** The place of the same object with its containers named, where their names hang on more than on what is alike. */
  placeNamed({ template }: Subject): Place<Filled, Whole, Said> | undefined {
    if (template === undefined) return this.#at;
    for (const { name } of template.containers) this.#take(name);
    this.#take(CLOSE);
    return this.#at;
  }

  /** Whether there is room for what is to be remembered, which is then taken. */
  takesIn(remembered: readonly unknown[]): boolean {
    const room = remembered.length === 0 ? 0 : roomOf(JSON.stringify(remembered));
    return room <= MOST_REMEMBERED && this.#takesRoom(room);
  }

  #takesRoom(room: number): boolean {
    if (this.#size + room > MOST_STATES) {
      this.#isFull = true;
      return false;
    }
    this.#size += room;
    return true;
  }

  /** Afresh with what comes now. Where little was found again, the tree stays as it is for long, and takes no more time. */
  #forget(): void {
    this.#root = new State<Filled, Whole, Said>(this);
    this.#parts = new State<Filled, Whole, Said>(this);
    this.#size = 0;
    this.#isFull = false;
    this.#sinceFull = 0;
    this.#hits = 0;
    this.#misses = 0;
  }

  #object(object: JsonObject): void {
    for (const key in object) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = object[key];
      if (key === 'metadata' && isObject(value)) this.#metadata(value);
      else if (key === 'spec' && isObject(value)) this.#spec(value);
      // the controller's
      else if (key === 'status') this.#take(TEXT);
      else this.#value(value, 1);
    }
  }

  /** @param metadata of the object itself */
  #metadata(metadata: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in metadata) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = metadata[key];
      if (key === 'name' && isName(value)) this.#take(TEXT);
      else if (key === 'namespace' && isText(value)) this.#take(TEXT);
      else if (key === 'labels' && isObject(value)) this.#labels(value);
      else if (key === 'annotations' && isObject(value)) this.#annotations(value);
      else if (isServersOwn(key, value)) this.#take(TEXT);
      else this.#value(value, 2);
    }
    this.#leave(outer);
  }

  /** @param annotations of the object itself */
  #annotations(annotations: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in annotations) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = annotations[key];
      if (NAMING_ANNOTATIONS.has(key) && isText(value)) this.#take(TEXT);
      else this.#value(value, 3);
    }
    this.#leave(outer);
  }

  /** Labels of Knative's are settings; what the others say selects and names. */
  #labels(labels: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in labels) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = labels[key];
      if (isText(value) && !key.includes('knative.dev')) this.#take(TEXT);
      else this.#value(value, 3);
    }
    this.#leave(outer);
  }

  #spec(spec: JsonObject): void {
    this.#take(OPEN_OBJECT);
    for (const key in spec) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = spec[key];
      if (key === 'template' && isObject(value)) this.#template(value);
      else this.#value(value, 2);
    }
    this.#take(CLOSE);
  }

  #template(template: JsonObject): void {
    // a Revision with a name of its own has to be named after its Service
    const metadata = asObject(template.metadata);
    if (metadata?.name !== undefined || metadata?.generateName !== undefined) this.#at = undefined;

    this.#take(OPEN_OBJECT);
    for (const key in template) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = template[key];
      if (key === 'metadata' && isObject(value)) this.#templateMetadata(value);
      else if (key === 'spec' && isObject(value)) this.#podSpec(value);
      else this.#value(value, 3);
    }
    this.#take(CLOSE);
  }

  #templateMetadata(metadata: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in metadata) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = metadata[key];
      if (key === 'labels' && isObject(value)) this.#labels(value);
      else this.#value(value, 4);
    }
    this.#leave(outer);
  }

  #podSpec(spec: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in spec) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = spec[key];
      if (key === 'containers' && isArray(value)) this.#containers(value);
      else this.#value(value, 4);
    }
    this.#leave(outer);
  }

  #containers(containers: readonly JsonValue[]): void {
    const outer = this.#enter(OPEN_ARRAY);
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index];
      if (isObject(container)) this.#container(container);
      else this.#value(container, 5);
    }
    this.#leave(outer);
  }

  #container(container: JsonObject): void {
    const outer = this.#enter(OPEN_OBJECT);
    for (const key in container) {
      this.#take(key);
      if (this.#at === undefined) return;
      const value = container[key];
      if (key === 'image' && typeof value === 'string' && isImageReference(value)) this.#take(TEXT);
      else if (key === 'env' && isArray(value)) this.#variables(value);
      else if ((key === 'args' || key === 'command') && isArray(value) && value.every(isString)) this.#take(TEXT);
      else this.#value(value, 6);
    }
    this.#leave(outer);
  }

  /** Of well-formed variables only those count that are more than a name and a text. */
  #variables(variables: readonly JsonValue[]): void {
    this.#take(variables.length > 0 ? OPEN_ARRAY : CLOSE);
    const areNamed = haveOwnNames(variables);
    for (let index = 0; index < variables.length; index++) {
      const variable = variables[index];
      if (areNamed && isPlain(variable)) continue;
      this.#take(index);
      const source = areNamed ? referenceOf(variable) : undefined;
      if (source === undefined) this.#value(variable, 7);
      else this.#take(source);
    }
    this.#take(CLOSE);
  }

  #value(value: JsonValue | undefined, depth: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#take(value);
      return;
    }
    if (depth > DEEPEST) this.#at = undefined;
    if (this.#at === undefined) return;

    const outer = this.#enter(isArray(value) ? OPEN_ARRAY : OPEN_OBJECT);
    if (isArray(value)) {
      for (let index = 0; index < value.length; index++) this.#value(value[index], depth + 1);
    } else {
      for (const key in value) {
        this.#take(key);
        this.#value(value[key], depth + 1);
      }
    }
    this.#leave(outer);
  }

  /** Begins a part. Returns where the walk was, for the end of it. */
  #enter(open: symbol): State<Filled, Whole, Said> | undefined {
    const outer = this.#at;
    if (outer !== undefined) this.#at = this.#parts;
    this.#take(open);
    return outer;
  }

  /** What the part was is one token to what holds it. */
  #leave(outer: State<Filled, Whole, Said> | undefined): void {
    this.#take(CLOSE);
    const part = this.#at;
    if (part === undefined) return;
    this.#at = outer;
    this.#take(part);
  }

  #take(token: Token): void {
    const at = this.#at;
    if (at === undefined) return;
    if (at.next !== undefined && at.token === token) this.#at = at.next;
    else this.#at = at.others?.get(token) ?? this.#grow(at, token);
    if (++this.#tokens > MOST_TOKENS) this.#at = undefined;
  }

  #grow(at: State<Filled, Whole, Said>, token: Token): State<Filled, Whole, Said> | undefined {
    const room = typeof token === 'string' ? roomOf(token) : 1;
    if (room > MOST_ROOM || !this.#takesRoom(room)) return undefined;
    const next = new State<Filled, Whole, Said>(this);
    if (at.next === undefined) {
      at.token = token;
      at.next = next;
      return next;
    }
    at.others ??= new Map();
    at.others.set(token, next);
    return next;
  }
}

function roomOf(text: string): number {
  return 1 + (text.length >> 6);
}

/** In which clients repeat the object, or its name. */
const NAMING_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'argocd.argoproj.io/tracking-id',
]);

/** What the API server writes into the metadata of what it stores. */
function isServersOwn(key: string, value: JsonValue | undefined): boolean {
  if (key === 'uid' || key === 'resourceVersion' || key === 'creationTimestamp') return typeof value === 'string';
  if (key === 'generation') return Number.isSafeInteger(value);
  return key === 'managedFields' && isArray(value) && value.every(isObject);
}

/** Each a name that no other has, nor Knative itself sets (knative/serving pkg/apis/serving/k8s_validation.go). */
function haveOwnNames(variables: readonly JsonValue[]): boolean {
  const seen = new Set<string>();
  for (const variable of variables) {
    const name = isObject(variable) ? variable.name : undefined;
    if (typeof name !== 'string' || name === '' || name === 'PORT' || name.startsWith('K_') || seen.has(name)) {
      return false;
    }
    seen.add(name);
  }
  return true;
}

function isPlain(variable: JsonValue | undefined): boolean {
  for (const key in asObject(variable)) if (key !== 'name' && key !== 'value') return false;
  return isObject(variable) && (variable.value === undefined || typeof variable.value === 'string');
}

/** What stands for a variable that is nothing but a well-formed reference to a key; undefined for any other. */
function referenceOf(variable: JsonValue | undefined): symbol | undefined {
  for (const key in asObject(variable)) if (key !== 'name' && key !== 'valueFrom') return undefined;
  const from = asObject(asObject(variable)?.valueFrom) ?? {};
  const [source = '', ...others] = Object.keys(from);
  const token = REFERENCES.get(source);
  if (token === undefined || others.length > 0) return undefined;

  const reference = asObject(from[source]) ?? {};
  for (const key in reference) if (key !== 'name' && key !== 'key') return undefined;
  return isText(reference.name) && isText(reference.key) ? token : undefined;
}

function isString(value: JsonValue): boolean {
  return typeof value === 'string';
}

/** An empty text is none: to Kubernetes it is a value that nobody set. */
function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

/** What is no name is refused, with words that quote it. */
function isName(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '' && dns1035LabelErrors(value).length === 0;
}
