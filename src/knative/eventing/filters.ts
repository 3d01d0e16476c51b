/** A Trigger's filters: knative/eventing pkg/apis/eventing/v1/trigger_validation.go. */
import { arrayAt, isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { parseCesql } from './cesql/parse.ts';
import { shortened } from './cesql/problem.ts';
import { generic, invalid, invalidKey } from './fieldErrors.ts';
import { MOST_CHARACTERS } from './filterShape.ts';

const ATTRIBUTE_NAME = /^[a-z][a-z0-9]*$/;
const ATTRIBUTE_RULE = 'Attribute name must start with a letter and can only contain lowercase alphanumeric';

export function validateFilters(filters: JsonValue | undefined, path: string): FieldError[] {
  if (!isArray(filters)) return [];
  const errors: FieldError[] = [];
  collect(filters, path, errors);
  return errors;
}

/** Filters nest as deep as the author likes, so their walk keeps its own list instead of calling itself. */
function collect(filters: readonly JsonValue[], path: string, errors: FieldError[]): void {
  const open: { filter: JsonValue; path: string }[] = [];
  const add = (list: readonly JsonValue[], at: string) => {
    for (const [index, filter] of list.entries()) open.push({ filter, path: join(at, index) });
  };
  add(filters, path);
  let left = MOST_CHARACTERS;

  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { filter } = next;
    if (!isObject(filter)) continue;
    if (dialectsOf(filter) > 1) {
      errors.push(generic(next.path, 'multiple dialects found, filters can have only one dialect set'));
    }
    for (const dialect of ['exact', 'prefix', 'suffix']) {
      errors.push(...validateAttributeNames(filter[dialect], join(next.path, dialect)));
    }
    if (typeof filter.cesql === 'string' && filter.cesql.length <= left) {
      left -= filter.cesql.length;
      errors.push(...validateExpression(filter.cesql, join(next.path, 'cesql')));
    }
    add(arrayAt(filter, 'all'), join(next.path, 'all'));
    add(arrayAt(filter, 'any'), join(next.path, 'any'));
    if (isObject(filter.not)) open.push({ filter: filter.not, path: join(next.path, 'not') });
  }
}

/** What sdk-go's parser refuses, Knative does, and with it whatever else the Trigger says. */
function validateExpression(expression: string, path: string): FieldError[] {
  if (expression === '') return [];
  const parsed = parseCesql(expression);
  if (parsed.ok || parsed.problem.kind === 'limit') return [];
  return [invalid(path, shortened(expression), parsed.problem.message)];
}

export function validateAttributeNames(attributes: JsonValue | undefined, path: string): FieldError[] {
  if (!isObject(attributes)) return [];
  const errors: FieldError[] = [];
  for (const name of Object.keys(attributes)) {
    if (!ATTRIBUTE_NAME.test(name)) errors.push(invalidKey(join(path, name), name, ATTRIBUTE_RULE));
  }
  return errors;
}

function dialectsOf(filter: JsonObject): number {
  let count = 0;
  for (const dialect of ['exact', 'prefix', 'suffix']) {
    const attributes = filter[dialect];
    if (isObject(attributes) && Object.keys(attributes).length > 0) count++;
  }
  for (const dialect of ['all', 'any']) if (arrayAt(filter, dialect).length > 0) count++;
  if (isObject(filter.not)) count++;
  if (typeof filter.cesql === 'string' && filter.cesql !== '') count++;
  return count;
}
