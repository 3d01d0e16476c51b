/** Names as Kubernetes wants them, with its sentences (k8s.io/apimachinery pkg/util/validation/validation.go). */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const IDENTIFIER_RULE =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or " +
  "'_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";
const QUALIFIED_RULE =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain prefix " +
  "and '/' (e.g. 'example.com/MyName')";

/** What is wrong with a DNS label; undefined where nothing is. */
export function labelFault(text: string): string | undefined {
  if (text.length > 63) return 'must be no more than 63 bytes';
  return LABEL.test(text) ? undefined : LABEL_RULE;
}

/** What is wrong with a kind. */
export function identifierFault(text: string): string | undefined {
  return IDENTIFIER.test(text) ? undefined : IDENTIFIER_RULE;
}

/** What is wrong with an apiVersion: an optional subdomain and a name. */
export function qualifiedNameFault(text: string): string | undefined {
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0) return QUALIFIED_RULE;
  const prefix = second === undefined ? undefined : first;
  const name = second ?? first;
  if (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix))) return QUALIFIED_RULE;
  return name.length <= 63 && NAME_PART.test(name) ? undefined : QUALIFIED_RULE;
}
