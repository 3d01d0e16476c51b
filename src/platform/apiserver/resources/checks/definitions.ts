import type { JsonObject } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';

export function checkDefinition(_definition: JsonObject, _problems: Problems): void {
  return;
}
export function checkDefinitionUpdate(_definition: JsonObject, _old: JsonObject, _problems: Problems): void {
  return;
}
