/**
 * How large an object may be to be judged. All reviews share one thread: whoever may write a Service must not be able to
 * hold up everybody else's with one that has a hundred thousand containers, each with findings of its own.
 */
import { arrayAt, isArray, type JsonObject, type JsonValue, objectAt } from '../../src/kubernetes/json.ts';
import {
  clusterRole,
  clusterRoleBinding,
  keyOf,
  networkPolicy,
  role,
  roleBinding,
} from '../../src/kubernetes/kinds.ts';
import { writtenTemplateOf } from '../../src/kubernetes/podTemplate.ts';

/** As deep as `weir check` reads a manifest; Kubernetes' own objects have about 30 levels. A walk's stack ends somewhere. */
export const DEEPEST = 1000;

/** Values are texts, numbers, lists and objects. A Service of ten containers with thirty variables each has about 1,500. */
const MOST_VALUES = 20_000;

/** Kinds that are long lists by nature, and quick to judge. ConfigMaps and Secrets are none: each entry may be a finding. */
const MOST_VALUES_OF_LISTS = 100_000;
const LISTS = new Set([networkPolicy, role, clusterRole, roleBinding, clusterRoleBinding].map(({ key }) => key));

/** Each costs about a millisecond where everything is wrong with it. */
const MOST_CONTAINERS = 250;

/** Of the object and of its template, each: every one is compared with every name that it may be a misspelling of. */
const MOST_ANNOTATIONS = 1000;

/** Why the object is too large to be judged; undefined where it is not. */
export function tooLarge(object: JsonObject | undefined): string | undefined {
  if (object === undefined) return undefined;
  const most = LISTS.has(keyOf(object)) ? MOST_VALUES_OF_LISTS : MOST_VALUES;
  const left = rest(object, DEEPEST, most);
  if (left === TOO_DEEP) return `the object nests more than ${DEEPEST} levels, and Weir judges no deeper`;
  if (left < 0) return `the object has more than ${most} values, and Weir judges no larger one`;

  const template = writtenTemplateOf(object)?.template;
  for (const metadata of [object.metadata, template?.metadata]) {
    const annotations = Object.keys(objectAt(metadata, 'annotations') ?? {}).length;
    if (annotations <= MOST_ANNOTATIONS) continue;
    return `the object has ${annotations} annotations in one place, and Weir judges at most ${MOST_ANNOTATIONS}`;
  }

  const containers =
    arrayAt(template, 'spec', 'containers').length + arrayAt(template, 'spec', 'initContainers').length;
  if (containers <= MOST_CONTAINERS) return undefined;
  return `the object has ${containers} containers, and Weir judges at most ${MOST_CONTAINERS}`;
}

const TOO_DEEP = Number.NEGATIVE_INFINITY;

/** What is left of so many values after these; below zero where they are too many. It walks no deeper than that itself. */
function rest(value: JsonValue | undefined, levels: number, most: number): number {
  if (typeof value !== 'object' || value === null) return most - 1;
  if (levels === 0) return TOO_DEEP;
  let left = most - 1;
  if (isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index++) left = rest(value[index], levels - 1, left);
    return left;
  }
  // What JSON.parse made has no members but its own, `__proto__` included.
  for (const key in value) {
    left = rest(value[key], levels - 1, left);
    if (left < 0) return left;
  }
  return left;
}
