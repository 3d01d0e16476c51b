/** Label selectors: k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go. */
import { arrayAt, type JsonObject, type JsonValue, objectAt } from '../../../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../../../kubernetes/labelSelector.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, textOf } from './common.ts';

export function checkSelector(selector: JsonObject | undefined, path: string, problems: Problems): void {
  checkLabels(objectAt(selector, 'matchLabels'), `${path}.matchLabels`, problems);
  for (const [expression, at] of itemsOf(selector, 'matchExpressions', path)) {
    checkExpression(expression, at, problems);
  }
}

function checkExpression(expression: JsonObject, path: string, problems: Problems): void {
  const values = arrayAt(expression, 'values');
  const operator = textOf(expression, 'operator');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      problems.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      problems.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else problems.invalid(`${path}.operator`, operator, 'not a valid selector operator');

  const key = textOf(expression, 'key');
  problems.invalidBy(`${path}.key`, key, qualifiedNameErrors(key));
  for (const [index, value] of values.entries()) {
    if (typeof value === 'string') problems.invalidBy(`${path}.values[${index}]`, value, labelValueErrors(value));
  }
}

/** Labels as they stand in metadata and in selectors. */
export function checkLabels(labels: JsonObject | undefined, path: string, problems: Problems): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    problems.invalidBy(path, key, qualifiedNameErrors(key));
    if (typeof value === 'string') problems.invalidBy(path, value, labelValueErrors(value));
  }
}

/** Whether the selector would find an object with the labels. */
export function finds(selector: JsonObject | undefined, labels: JsonValue | undefined): boolean {
  return selects(selector, labelsFrom(labels)) === 'yes';
}
