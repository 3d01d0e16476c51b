/** knative/eventing pkg/apis/sources/v1 and the KafkaSource of knative-extensions/eventing-kafka-broker. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../kubernetes/json.ts';
import { join, pointer } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { parseCron } from './cron.ts';
import { isFilled, validateDestination } from './destination.ts';
import { type EventingFeatures, isEnabled } from './features.ts';
import { both, generic, invalid, invalidKey, missing, neither } from './fieldErrors.ts';
import { validateFilters } from './filters.ts';
import { identifierFault, labelFault, qualifiedNameFault } from './names.ts';

/** Sink and ceOverrides, which every source has (knative/pkg apis/duck/v1/source_types.go). */
function validateSource(source: JsonObject): FieldError[] {
  const errors = validateDestination(valueAt(source, 'spec', 'sink'), '/spec/sink');
  const extensions = objectAt(source, 'spec', 'ceOverrides', 'extensions') ?? {};
  for (const name of Object.keys(extensions)) {
    if (/^[A-Za-z0-9]+$/.test(name)) continue;
    const details = name === '' ? 'keys MUST NOT be empty' : 'keys are expected to be alphanumeric';
    errors.push(invalidKey(pointer('spec', 'ceOverrides', 'extensions', name), name, details));
  }
  return errors;
}

export function validatePingSource(source: JsonObject): FieldError[] {
  const spec = objectAt(source, 'spec') ?? {};
  return [...validateSchedule(spec), ...validateSource(source), ...validateData(spec)];
}

/** A schedule that is left out becomes `* * * * *`. */
function validateSchedule(spec: JsonObject): FieldError[] {
  const schedule = stringAt(spec, 'schedule') || '* * * * *';
  const zone = stringAt(spec, 'timezone') ?? '';
  if (schedule.includes('@every')) return [invalid('/spec/schedule', 'unsupported descriptor @every')];

  const cron = parseCron(zone === '' ? schedule : `CRON_TZ=${zone} ${schedule}`, 'optional');
  if (cron.ok) return [];
  const isZone = zone !== '' && cron.reason.startsWith('provided bad location');
  return [invalid(isZone ? '/spec/timezone' : '/spec/schedule', cron.reason)];
}

function validateData(spec: JsonObject): FieldError[] {
  const data = stringAt(spec, 'data') ?? '';
  const encoded = stringAt(spec, 'dataBase64') ?? '';
  if (data !== '' && encoded !== '') return [both('/spec/dataBase64', 'data, dataBase64')];

  const isJson = spec.contentType === 'application/json';
  if (encoded !== '') {
    const bad = firstBadByte(encoded);
    if (bad >= 0) return [invalid('/spec/dataBase64', `illegal base64 data at input byte ${bad}`)];
    const decoded = Buffer.from(encoded, 'base64').toString();
    return isJson ? validateJson(decoded, '/spec/dataBase64') : [];
  }
  return isJson && data !== '' ? validateJson(data, '/spec/data') : [];
}

/** Knative reads the data into a map: a list, a number or a text is refused as much as broken JSON. */
function validateJson(text: string, path: string): FieldError[] {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || isObject(value)) return [];
    const kind = Array.isArray(value) ? 'array' : goNameOf(value);
    return [invalid(path, `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`)];
  } catch {
    return [invalid(path, 'the contentType is application/json, and this is no JSON')];
  }
}

function goNameOf(value: unknown): string {
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The offset at which Go's standard base64 gives up, or -1; line breaks are skipped, padding is required. */
function firstBadByte(text: string): number {
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '\n' || char === '\r') continue;
    if (char === '=') return paddingIsRight(text.slice(index), digits % 4) ? -1 : index;
    if (!/[A-Za-z0-9+/]/.test(char)) return index;
    digits++;
  }
  return digits % 4 === 0 ? -1 : text.length;
}

function paddingIsRight(rest: string, digits: number): boolean {
  const padding = rest.replaceAll('\n', '').replaceAll('\r', '');
  return (digits === 2 && padding === '==') || (digits === 3 && padding === '=');
}

const MODES = new Set(['', 'Reference', 'Resource']);

export function validateApiServerSource(source: JsonObject, features: EventingFeatures): FieldError[] {
  const errors: FieldError[] = [];
  const mode = stringAt(source, 'spec', 'mode') ?? '';
  if (!MODES.has(mode)) errors.push(invalid('/spec/mode', mode));
  errors.push(...validateSource(source));

  const resources = arrayAt(source, 'spec', 'resources');
  if (resources.length === 0) errors.push(missing('/spec/resources'));
  for (const [index, resource] of resources.entries()) {
    errors.push(...validateResource(resource, pointer('spec', 'resources', index)));
  }
  const owner = objectAt(source, 'spec', 'owner');
  if (owner !== undefined) errors.push(...validateResource(owner, '/spec/owner'));

  const filters = arrayAt(source, 'spec', 'filters');
  if (isEnabled(features, 'new-apiserversource-filters')) errors.push(...validateFilters(filters, '/spec/filters'));
  else if (filters.length > 0) {
    errors.push(generic('/spec/filters', 'Filters is not empty but the NewAPIServerFilters feature is disabled.'));
  }
  return errors;
}

function validateResource(resource: JsonValue, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const apiVersion = stringAt(resource, 'apiVersion') ?? '';
  if (apiVersion.split('/').length > 2) errors.push(invalid(join(path, 'apiVersion'), apiVersion));
  if ((stringAt(resource, 'kind') ?? '').trim() === '') errors.push(missing(join(path, 'kind')));
  return errors;
}

/** Containers without a name get one from Knative. */
export function validateContainerSource(source: JsonObject): FieldError[] {
  const errors = validateSource(source);
  const way = ['spec', 'template', 'spec', 'containers'] as const;
  const containers = arrayAt(source, ...way);
  if (containers.length === 0) errors.push(missing(pointer(...way)));
  for (const [index, container] of containers.entries()) {
    if (!isFilled(valueAt(container, 'image'))) errors.push(missing(pointer(...way, index, 'image')));
  }
  return errors;
}

/** The subject is a tracker.Reference (knative/pkg tracker/interface.go): by name or by selector. */
export function validateSinkBinding(binding: JsonObject): FieldError[] {
  const subject = objectAt(binding, 'spec', 'subject') ?? {};
  const errors: FieldError[] = [];
  errors.push(...named(subject, 'apiVersion', qualifiedNameFault), ...named(subject, 'kind', identifierFault));

  const own = stringAt(binding, 'metadata', 'namespace');
  const { namespace } = subject;
  if (own !== undefined && isFilled(namespace) && namespace !== own) {
    errors.push(invalid('/spec/subject/namespace', namespace));
  }

  const hasSelector = isObject(subject.selector);
  const hasName = isFilled(subject.name);
  if (hasSelector && hasName) errors.push(both('/spec/subject', 'name, selector'));
  else if (!hasSelector && !hasName) errors.push(neither('/spec/subject', 'name, selector'));
  else if (hasName) errors.push(...named(subject, 'name', labelFault));
  else errors.push(...validateSelector(subject.selector));
  return [...errors, ...validateSource(binding)];
}

function named(
  subject: JsonObject,
  field: 'apiVersion' | 'kind' | 'name',
  faultOf: (text: string) => string | undefined,
): FieldError[] {
  const path = pointer('spec', 'subject', field);
  const text = stringAt(subject, field) ?? '';
  if (text === '') return [missing(path)];
  const fault = faultOf(text);
  return fault === undefined ? [] : [invalid(path, fault)];
}

const OPERATORS = new Set<JsonValue | undefined>(['In', 'NotIn', 'Exists', 'DoesNotExist']);

function validateSelector(selector: JsonValue | undefined): FieldError[] {
  for (const expression of arrayAt(selector, 'matchExpressions')) {
    const operator = valueAt(expression, 'operator');
    if (OPERATORS.has(operator)) continue;
    const fault = `${JSON.stringify(operator ?? '')} is not a valid label selector operator`;
    return [invalid('/spec/subject/selector', fault)];
  }
  return [];
}

/** Its delivery is not looked at by the webhook. */
export function validateKafkaSource(source: JsonObject): FieldError[] {
  const errors = validateSource(source);
  for (const field of ['topics', 'bootstrapServers']) {
    if (arrayAt(source, 'spec', field).length === 0) errors.push(missing(pointer('spec', field)));
  }
  const offset = stringAt(source, 'spec', 'initialOffset') ?? '';
  if (offset !== '' && offset !== 'earliest' && offset !== 'latest') {
    errors.push(invalid('/spec/initialOffset', offset));
  }
  const ordering = stringAt(source, 'spec', 'ordering');
  if (ordering !== undefined && ordering !== 'ordered' && ordering !== 'unordered') {
    errors.push(invalid('/spec/ordering', ordering));
  }
  return errors;
}
