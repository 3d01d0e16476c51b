/** Field selectors, as k8s.io/apimachinery pkg/fields/selector.go reads them. */
import { type JsonObject, type JsonValue, stringAt, valueAt } from '../../../../kubernetes/json.ts';
import type { Resource } from '../../resources/resource.ts';
import { badRequest } from '../../status/failure.ts';

/** `status.phase=Running`, or with `isNot` `status.phase!=Running`. */
export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly isNot: boolean;
}

/** @throws Failure 400 where it is none, or names a field that the resource is not selected by */
export function parseFieldSelector(text: string, resource: Resource): FieldTerm[] {
  const terms = termsOf(text);
  for (const { field } of terms) {
    if (!isSelectable(resource, field)) throw badRequest(whyNot(resource, field));
  }
  return terms;
}

/** Of a selector for any resource. @throws Failure 400 where it is none */
export function termsOf(text: string): FieldTerm[] {
  return splitTerms(text)
    .sort()
    .filter((part) => part !== '')
    .map((part) => parseTerm(text, part));
}

/** The field's value as text; empty where there is none. A field of a list matches none. */
export function fieldOf(object: JsonObject, field: string): string {
  const value: JsonValue | undefined = valueAt(object, ...field.split('.'));
  // who tells an Event, in its old field or its new one (k8s.io/kubernetes pkg/registry/core/event/strategy.go)
  if (field === 'source' && typeof value === 'object') {
    return stringAt(value, 'component') || (stringAt(object, 'reportingComponent') ?? '');
  }
  if (value === undefined || value === null || typeof value === 'object') return '';
  return String(value);
}

function isSelectable({ isNamespaced, isCustom, selectableFields }: Resource, field: string): boolean {
  if (field === 'metadata.name') return true;
  if (field === 'metadata.namespace') return isNamespaced || !isCustom;
  return selectableFields.includes(field);
}

/** Kinds with fields of their own convert labels themselves, and say it in other words. */
function whyNot({ isCustom, selectableFields }: Resource, field: string): string {
  if (isCustom || selectableFields.length > 0) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** Terms between commas; one with a backslash before it is part of a value. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? [];
}

const OPERATOR = /!=|==|=/;

function parseTerm(whole: string, term: string): FieldTerm {
  const operator = OPERATOR.exec(term);
  if (operator === null) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);

  const field = term.slice(0, operator.index);
  const value = unescaped(term.slice(operator.index + operator[0].length));
  return { field, value, isNot: operator[0] === '!=' };
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])?|[,=]/g, (found, escaped: string | undefined) => {
    if (!found.startsWith('\\')) {
      // Go prints the character's number here
      throw badRequest(`invalid field selector: unescaped character in value: ${found.codePointAt(0)}`);
    }
    if (escaped === undefined || !'\\,='.includes(escaped)) {
      throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
    }
    return escaped;
  });
}
