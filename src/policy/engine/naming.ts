/** Which texts of a Service or a Configuration only name things, so that no rule about settings looks at them. */
import { asObject, isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { dns1035LabelErrors } from '../../kubernetes/names.ts';

/** In which clients repeat the object, or its name. */
export const NAMING_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'argocd.argoproj.io/tracking-id',
]);

/** What the API server writes into the metadata of what it stores. */
export function isServersOwn(key: string, value: JsonValue | undefined): boolean {
  if (key === 'uid' || key === 'resourceVersion' || key === 'creationTimestamp') return typeof value === 'string';
  if (key === 'generation') return Number.isSafeInteger(value);
  return key === 'managedFields' && isArray(value) && value.every(isObject);
}

/** Labels of Knative's are settings; what the others say selects and names. */
export function isOthersLabel(key: string): boolean {
  return !key.includes('knative.dev');
}

/** Each a name that no other has, nor Knative itself sets (knative/serving pkg/apis/serving/k8s_validation.go). */
export function haveOwnNames(variables: readonly JsonValue[]): boolean {
  const seen = new Set<string>();
  for (const variable of variables) {
    const name = isObject(variable) ? variable.name : undefined;
    if (typeof name !== 'string' || name === '' || name === 'PORT' || name.startsWith('K_') || seen.has(name)) {
      return false;
    }
    seen.add(name);
  }
  return true;
}

/** A variable that is a name and a text. */
export function isPlain(variable: JsonValue | undefined): boolean {
  for (const key in asObject(variable)) if (key !== 'name' && key !== 'value') return false;
  return isObject(variable) && (variable.value === undefined || typeof variable.value === 'string');
}

/** `secretKeyRef` or `configMapKeyRef` of a variable that is nothing but a well-formed reference to a key; undefined for any other. */
export function referenceOf(variable: JsonValue | undefined): string | undefined {
  for (const key in asObject(variable)) if (key !== 'name' && key !== 'valueFrom') return undefined;
  const from = asObject(asObject(variable)?.valueFrom) ?? {};
  const [source = '', ...others] = Object.keys(from);
  if ((source !== 'secretKeyRef' && source !== 'configMapKeyRef') || others.length > 0) return undefined;

  const reference: JsonObject = asObject(from[source]) ?? {};
  for (const key in reference) if (key !== 'name' && key !== 'key') return undefined;
  return isText(reference.name) && isText(reference.key) ? source : undefined;
}

/** Such as arguments. */
export function areTexts(value: JsonValue | undefined): boolean {
  return isArray(value) && value.every((item) => typeof item === 'string');
}

/** An empty text is none: to Kubernetes it is a value that nobody set. */
export function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

/** What is no name is refused, with words that quote it. */
export function isName(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '' && dns1035LabelErrors(value).length === 0;
}
