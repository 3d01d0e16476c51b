/** Kubernetes' rules for names, with its own sentences (k8s.io/apimachinery pkg/util/validation, pkg/api/validate/content). */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const labelPattern = new RegExp(`^${LABEL}$`);
const subdomainPattern = new RegExp(`^${SUBDOMAIN}$`);
const label1035Pattern = new RegExp(`^${LABEL_1035}$`);
const qualifiedPattern = new RegExp(`^${QUALIFIED}$`);

const LABEL_MESSAGE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const SUBDOMAIN_MESSAGE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_1035_MESSAGE = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`;
const QUALIFIED_MESSAGE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;

const LABEL_VALUE_MESSAGE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${QUALIFIED})?')`;

/** Both ways to say it are Kubernetes' own: its newer code says bytes. */
function tooLong(value: string, limit: number, unit = 'characters'): string[] {
  return byteLength(value) > limit ? [`must be no more than ${limit} ${unit}`] : [];
}

/** Go counts bytes. */
function byteLength(value: string): number {
  return value.length < 16 ? value.length : Buffer.byteLength(value);
}

/** What is wrong with a DNS label (RFC 1123); empty where nothing is. */
export function dns1123LabelErrors(value: string): string[] {
  const errors = tooLong(value, 63);
  if (labelPattern.test(value)) return errors;
  errors.push(subdomainPattern.test(value) ? 'must not contain dots' : LABEL_MESSAGE);
  return errors;
}

/** What is wrong with a DNS subdomain (RFC 1123). */
export function dns1123SubdomainErrors(value: string, unit = 'characters'): string[] {
  const errors = tooLong(value, 253, unit);
  if (!subdomainPattern.test(value)) errors.push(SUBDOMAIN_MESSAGE);
  return errors;
}

/** What is wrong with a DNS label (RFC 1035), which starts with a letter. */
export function dns1035LabelErrors(value: string): string[] {
  const errors = tooLong(value, 63);
  if (!label1035Pattern.test(value)) errors.push(LABEL_1035_MESSAGE);
  return errors;
}

/** What is wrong with the start of a DNS label that a generated suffix will complete: a dash at its end is fine. */
export function dns1035PrefixErrors(value: string): string[] {
  return dns1035LabelErrors(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);
}

/** What is wrong with a qualified name, `name` or `example.com/name`. */
export function qualifiedNameErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${QUALIFIED_MESSAGE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }

  const errors: string[] = [];
  const name = parts[parts.length - 1] ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else for (const error of dns1123SubdomainErrors(prefix, 'bytes')) errors.push(`prefix part ${error}`);
  }
  if (name === '') errors.push('name part must be non-empty');
  else for (const error of tooLong(name, 63, 'bytes')) errors.push(`name part ${error}`);
  if (!qualifiedPattern.test(name)) errors.push(`name part ${QUALIFIED_MESSAGE}`);
  return errors;
}

/** What is wrong with the value of a label. */
export function labelValueErrors(value: string): string[] {
  const errors = tooLong(value, 63, 'bytes');
  if (value !== '' && !qualifiedPattern.test(value)) errors.push(LABEL_VALUE_MESSAGE);
  return errors;
}

/** What is wrong with a name that stands in a path: RBAC's names, and the least that any name must meet. */
export function pathSegmentErrors(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return pathSegmentPrefixErrors(value);
}

/** As `pathSegmentErrors`, for the start of a name. */
export function pathSegmentPrefixErrors(value: string): string[] {
  return ['/', '%']
    .filter((character) => value.includes(character))
    .map((character) => `may not contain '${character}'`);
}

/** A list of sentences as Go prints it. */
export function goList(messages: readonly string[]): string {
  return `[${messages.join(' ')}]`;
}

/** Without vowels, so that no words come out, and without what looks alike (k8s.io/apimachinery pkg/util/rand). */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
export const SUFFIX_LENGTH = 5;

/** What Kubernetes makes names unlike with. @param below a number from 0 up to, but not, `end` */
export function nameSuffix(below: (end: number) => number): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_ALPHABET[below(SUFFIX_ALPHABET.length)]).join('');
}
