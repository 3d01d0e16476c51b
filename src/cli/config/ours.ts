/** Tells Weir's own settings from other files of that name: a Kustomize transformer's, a GitHub workflow's, a service's. */
import { isObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { readYaml } from '../../kubernetes/yaml/read.ts';
import { readRegularFile } from '../input/readFile.ts';
import { TOP_FIELDS } from './configuration.ts';

/** What Weir's own settings may be called, in the order in which they are looked for. */
export const WEIR_FILES: readonly string[] = ['weir.yaml', 'weir.yml'];

/** True for a name of Weir's settings, unless the file holds something else. */
export function isWeirFile(name: string, file: string): boolean {
  return WEIR_FILES.includes(name) && !isSomethingElse(file);
}

/** True where nothing in the file can be meant for Weir. What cannot be read may be a weir.yaml with a mistake in it. */
export function isSomethingElse(file: string): boolean {
  const content = readRegularFile(file);
  if ('problem' in content) return false;
  const { documents, errors } = readYaml(content.bytes, '');
  return errors.length === 0 && documents.length > 0 && !documents.some(({ value }) => isMeantForWeir(value));
}

function isMeantForWeir(value: JsonValue): boolean {
  if (!isObject(value)) return true;
  const apiVersion = stringAt(value, 'apiVersion') ?? '';
  if (apiVersion !== '') return groupOf(apiVersion) === 'weir.dev';
  return Object.keys(value).length === 0 || TOP_FIELDS.some((field) => Object.hasOwn(value, field));
}
