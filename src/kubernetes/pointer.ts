/** JSON Pointer (RFC 6901): how Weir names a place inside an object. */
import { isArray, isObject, type JsonValue, ownMember, type Step } from './json.ts';

/** `['spec', 'containers', 0]` becomes `/spec/containers/0`; the root is the empty string. */
export function pointer(...steps: readonly Step[]): string {
  return write('', steps);
}

/** Appends steps to a pointer. */
export function join(base: string, ...steps: readonly Step[]): string {
  return write(base, steps);
}

/**
 * As `join` with one step, for the places that every object is asked about: the very same text each time, which is
 * compared, looked up and split without being put together and read again. For steps that the code itself names, and
 * for indexes: what an author may choose would fill the memory for nothing.
 */
export function placeIn(base: string, step: string | number): string {
  const known = places.get(base);
  const place = known?.get(step) ?? join(base, step);
  if (known === undefined) {
    if (places.size < REMEMBERED) places.set(base, new Map([[step, place]]));
  } else if (known.size < REMEMBERED) known.set(step, place);
  return place;
}

const places = new Map<string, Map<string | number, string>>();

function write(base: string, steps: readonly Step[]): string {
  let result = base;
  for (const step of steps) result += `/${typeof step === 'number' ? step : escapeStep(step)}`;
  return result;
}

/** The steps of a pointer as text; whether a number means an index is for the object to say. */
export function steps(path: string): readonly string[] {
  const known = splits.get(path);
  if (known !== undefined) return known;

  const split = splitSteps(path);
  if (splits.size < REMEMBERED && path.length <= 256) splits.set(path, split);
  return split;
}

/** Thousands of objects ask for the same few hundred pointers. */
const splits = new Map<string, readonly string[]>();
const REMEMBERED = 4096;

function splitSteps(path: string): string[] {
  if (path === '') return [];
  const parts = path.slice(1).split('/');
  return path.includes('~') ? parts.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : parts;
}

/** The pointer without its last step; the root's parent is the root. */
export function parent(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '' : path.slice(0, end);
}

/** The value that the pointer leads to, or undefined. */
export function resolve(root: JsonValue | undefined, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of steps(path)) {
    if (isArray(value)) value = INDEX.test(step) ? value[Number(step)] : undefined;
    else if (isObject(value)) value = ownMember(value, step);
    else return undefined;
  }
  return value;
}

const INDEX = /^(0|[1-9][0-9]*)$/;

/** The place as Kubernetes and Knative write it: `/spec/containers/0/name` is `spec.containers[0].name`. */
export function dotted(path: string): string {
  let result = '';
  for (const step of steps(path)) {
    if (INDEX.test(step)) result += `[${step}]`;
    else result += result === '' ? step : `.${step}`;
  }
  return result;
}

function escapeStep(step: string): string {
  return step.includes('~') || step.includes('/') ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
}
