/**
 * Where Weir may fill something in, and where such a place went when a list changed around it.
 *
 * An annotation can claim anything; what it says of other places than these is not Weir's. A test holds the list against
 * every default of the catalogue.
 */
import { arrayAt, equals, isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';

const FILLABLE = new RegExp(
  `^(?:${[
    '/metadata/labels/networking\\.knative\\.dev~1visibility',
    '/metadata/annotations/serving\\.knative\\.dev~1rollout-duration',
    '/spec/template/metadata/annotations/autoscaling\\.knative\\.dev~1[A-Za-z-]{1,60}',
    '/spec/template/spec/(?:containerConcurrency|[A-Za-z]{0,40}[tT]imeoutSeconds|imagePullSecrets)',
    '/spec/template/spec/(?:containers|initContainers)/\\d{1,4}/resources/(?:requests|limits)/(?:cpu|memory)',
    '/spec/template/spec/(?:containers|initContainers)/\\d{1,4}/securityContext/(?:runAsNonRoot|allowPrivilegeEscalation|capabilities/drop|capabilities/add|seccompProfile)',
    '/spec(?:/(?:steps|branches)/\\d{1,4})?/delivery/(?:retry|backoffPolicy|backoffDelay|timeout|deadLetterSink)',
    '/spec/(?:pollingInterval|cooldownPeriod|minReplicaCount|maxReplicaCount)',
  ].join('|')})$`,
);

/** The place, where some default of Weir's goes there; undefined for any other. */
export function fillablePlace(path: string): string | undefined {
  if (path.length >= 256) return undefined;
  const known = places.get(path);
  if (known !== undefined) return known === '' ? undefined : known;
  const place = FILLABLE.test(path) ? path : '';
  if (places.size < REMEMBERED) places.set(path, place);
  return place === '' ? undefined : place;
}

/** Every object remembers the same few places: the same text, made once, is found fastest. */
const places = new Map<string, string>();
const REMEMBERED = 1024;

/** The places outside of what makes a Revision, whatever the kind. */
export const OUTSIDE: readonly string[] = [
  '/metadata/labels/networking.knative.dev~1visibility',
  '/metadata/annotations/serving.knative.dev~1rollout-duration',
];

const IN_LIST = /^(\/spec\/template\/spec\/(?:containers|initContainers)|\/spec\/(?:steps|branches))\/(\d{1,4})(\/.*)$/;

/**
 * The pointer to the same place in another state of the object: containers are known by their names. An item without a
 * name is the same while its list has as many items; a step or a branch also has to say the same but for its delivery.
 * Undefined where there is no such item any more.
 */
export function movedPath(path: string, from: JsonObject, to: JsonObject): string | undefined {
  const match = IN_LIST.exec(path);
  if (match === null) return path;

  const [, list = '', index = '', rest = ''] = match;
  const before = arrayAt(resolve(from, list));
  const after = arrayAt(resolve(to, list));
  const item = before[Number(index)];
  const found = indexOfSame(item, Number(index), before, after, list.endsWith('ontainers'));
  return found < 0 ? undefined : `${list}/${found}${rest}`;
}

function indexOfSame(
  item: JsonValue | undefined,
  index: number,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  areContainers: boolean,
): number {
  const name = stringAt(item, 'name');
  const named = name === undefined ? -1 : after.findIndex((other) => stringAt(other, 'name') === name);
  if (named >= 0) return named;

  const other = after[index];
  if (before.length !== after.length || !isObject(item) || !isObject(other)) return -1;
  if (name !== undefined && stringAt(other, 'name') !== undefined) return -1;
  if (areContainers) return index;
  return equals(withoutDelivery(item), withoutDelivery(other)) ? index : -1;
}

function withoutDelivery(item: JsonObject): JsonObject {
  const { delivery: _delivery, ...rest } = item;
  return rest;
}
