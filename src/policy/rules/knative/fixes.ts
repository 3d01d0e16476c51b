/** What puts Knative's refusals right, where what was meant is beyond doubt. */
import { AUTOSCALING_ANNOTATIONS, annotationOfKey } from '../../../knative/autoscaling/annotations.ts';
import { suggestAutoscalingKey } from '../../../knative/autoscaling/misspellings.ts';
import type { FieldError } from '../../../knative/fieldError.ts';
import { arrayAt, isObject, type JsonValue, numberAt, objectAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService, revision } from '../../../kubernetes/kinds.ts';
import { join, parent, pointer, resolve, steps } from '../../../kubernetes/pointer.ts';
import { nearest } from '../../../text/nearest.ts';
import type { Edit } from '../../engine/edit.ts';
import type { Subject } from '../../engine/subject.ts';

const OWN_ANNOTATIONS = '/metadata/annotations';
const TEMPLATE_ANNOTATIONS = '/spec/template/metadata/annotations';

/** An autoscaling annotation on the object itself goes to the template, unless the template has its own. */
export function fixAutoscaling(error: FieldError, subject: Subject): Edit[] | undefined {
  if (parent(error.path) === OWN_ANNOTATIONS && subject.key !== revision.key)
    return moveToTemplate(error.path, subject);
  // Knative wants more than 1, and 1 is what holds without the annotation.
  if (error.message === 'activation-scale=1 must be greater than 1') return [{ remove: error.path }];
  return undefined;
}

function moveToTemplate(path: string, subject: Subject): Edit[] | undefined {
  const isTemplated = subject.key === knativeService.key || subject.key === configuration.key;
  const key = steps(path).at(-1) ?? '';
  const value = stringAt(subject.object, 'metadata', 'annotations', key);
  if (!isTemplated || value === undefined) return undefined;

  const target = annotationOfKey(key) === undefined ? suggestAutoscalingKey(key, nearest)?.replacement : key;
  if (target === undefined) return undefined;
  const there = objectAt(subject.written, 'spec', 'template', 'metadata', 'annotations');
  const spellings = AUTOSCALING_ANNOTATIONS.find((annotation) => annotation.includes(target)) ?? [target];
  const isThere = there !== undefined && spellings.some((spelling) => Object.hasOwn(there, spelling));
  return isThere ? [{ remove: path }] : [{ remove: path }, { set: join(TEMPLATE_ANNOTATIONS, target), value }];
}

/** A number or a truth value where Kubernetes wants text gets quotes, and a number in quotes loses them. */
export function fixType(error: FieldError, subject: Subject): Edit[] | undefined {
  const value = resolve(subject.object, error.path);
  const wantsText = error.message.includes('expected a text,');
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean'))
    return [{ set: error.path, value: `${value}` }];
  if (typeof value !== 'string') return undefined;
  if (/expected a (32-bit )?whole number,/.test(error.message) && /^-?[0-9]{1,9}$/.test(value)) {
    return [{ set: error.path, value: Number(value) }];
  }
  const isTruth = error.message.includes('expected true or false,') && (value === 'true' || value === 'false');
  return isTruth ? [{ set: error.path, value: value === 'true' }] : undefined;
}

const POD_SPEC = '/spec/template/spec';
/** Fields of the pod spec that stand in a container, in the template or beside it by mistake. */
const POD_FIELDS = new Set([
  'containerConcurrency',
  'timeoutSeconds',
  'responseStartTimeoutSeconds',
  'idleTimeoutSeconds',
  'serviceAccountName',
  'volumes',
]);
/** Fields of a container that stand in the pod spec by mistake. */
const CONTAINER_FIELDS = new Set(['image', 'env', 'envFrom', 'resources', 'ports', 'livenessProbe', 'readinessProbe']);
const AROUND_POD_SPEC = /^(\/spec|\/spec\/template|\/spec(\/template\/spec)?\/containers\/[0-9]+)$/;

/** A field that stands one level off goes where it belongs, if that place is free. */
export function fixUnknownField(error: FieldError, subject: Subject): Edit[] | undefined {
  const field = steps(error.path).at(-1) ?? '';
  const value = resolve(subject.object, error.path);
  if (value === undefined) return undefined;

  const place = placeOf(field, parent(error.path), subject);
  if (place === undefined || isTaken(resolve(subject.object, place))) return undefined;
  return [{ remove: error.path }, { set: place, value }];
}

function placeOf(field: string, holder: string, subject: Subject): string | undefined {
  const podSpec = subject.template?.specPath ?? POD_SPEC;
  if (POD_FIELDS.has(field) && AROUND_POD_SPEC.test(holder)) return join(podSpec, field);
  const isOnly = arrayAt(resolve(subject.object, podSpec), 'containers').length === 1;
  return CONTAINER_FIELDS.has(field) && holder === podSpec && isOnly
    ? join(podSpec, 'containers', 0, field)
    : undefined;
}

/** What Knative's own defaults wrote into the place leaves it free. */
function isTaken(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  return !(isObject(value) && Object.keys(value).length === 0);
}

/** An entry that names nothing and gets nothing goes; the only entry gets all. */
export function fixTraffic(error: FieldError, subject: Subject): Edit[] | undefined {
  const targets = arrayAt(subject.object, 'spec', 'traffic');
  if (error.path === '/spec/traffic' && error.message.startsWith('Traffic targets sum to ')) {
    return targets.length === 1 ? [{ set: '/spec/traffic/0/percent', value: 100 }] : undefined;
  }

  const path = parent(error.path);
  const target = resolve(subject.object, path);
  if (!error.message.startsWith('may not set revisionName "" ') || !isObject(target)) return undefined;
  const isEmpty = numberAt(target, 'percent') === 0 && stringAt(target, 'tag') === undefined;
  return isEmpty && targets.length > 1 ? [{ remove: path }] : undefined;
}

const NAME = '/spec/template/metadata/name';
/** What a name can be (DNS-1035, as in k8s.io/apimachinery pkg/util/validation): any other would be refused again. */
const DNS_LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A Revision's name without its Service's in front gets it, and traffic that names it goes along. */
export function fixMetadata(error: FieldError, subject: Subject): Edit[] | undefined {
  if (error.path !== NAME || !error.message.includes(' must have prefix ')) return undefined;
  const service = stringAt(subject.object, 'metadata', 'name') ?? '';
  const name = stringAt(subject.object, 'spec', 'template', 'metadata', 'name') ?? '';
  const prefixed = `${service}-${name}`;
  if (!DNS_LABEL.test(prefixed)) return undefined;

  const edits: Edit[] = [{ set: NAME, value: prefixed }];
  for (const [index, target] of arrayAt(subject.object, 'spec', 'traffic').entries()) {
    if (valueAt(target, 'revisionName') !== name) continue;
    edits.push({ set: pointer('spec', 'traffic', index, 'revisionName'), value: prefixed });
  }
  return edits;
}
