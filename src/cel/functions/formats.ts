/** `format.dns1123Label().validate("x")` (k8s.io/apiserver pkg/cel/library/format.go). */
import { noSuchOverload } from '../values/failure.ts';
import { parseTimestamp } from '../values/time.ts';
import { type CelValue, Foreign, listOf, NONE, Optional } from '../values/value.ts';
import { textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';
import { isRequestUri } from './urls.ts';

class Format extends Foreign {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const OLD_LABEL =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What is wrong with a text, in sentences. */
type Demands = (text: string) => readonly string[];

const DNS_LABEL = named(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63, LABEL);
const DNS_SUBDOMAIN = named(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 253, SUBDOMAIN);
const DNS_OLD_LABEL = named(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63, OLD_LABEL);
const NAME_PART = named(/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/, 63, NAME);

const FORMATS: Readonly<Record<string, Demands>> = {
  dns1123Label: DNS_LABEL,
  dns1123Subdomain: DNS_SUBDOMAIN,
  dns1035Label: DNS_OLD_LABEL,
  // of a prefix, a dash at the end is followed by something
  dns1123LabelPrefix: (text) => DNS_LABEL(text.replace(/-$/, 'a')),
  dns1123SubdomainPrefix: (text) => DNS_SUBDOMAIN(text.replace(/-$/, 'a')),
  dns1035LabelPrefix: (text) => DNS_OLD_LABEL(text.replace(/-$/, 'a')),
  qualifiedName,
  labelValue: named(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/, 63, VALUE),
  uri: one(isRequestUri, 'invalid URL'),
  uuid: one(
    (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
    'does not match the UUID format',
  ),
  byte: one((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text), 'invalid base64'),
  date: one((text) => parseTimestamp(`${text}T00:00:00Z`) !== undefined, 'invalid date'),
  datetime: one((text) => parseTimestamp(text) !== undefined, 'invalid datetime'),
};

function one(holds: (text: string) => boolean, sentence: string): Demands {
  return (text) => (holds(text) ? [] : [sentence]);
}

function named(pattern: RegExp, longest: number, sentence: string): Demands {
  return (text) => {
    const wrong: string[] = [];
    if (text.length > longest) wrong.push(`must be no more than ${longest} bytes`);
    if (!pattern.test(text)) wrong.push(sentence);
    return wrong;
  };
}

/** `example.com/name`, the first part of which may be missing. */
function qualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  const [prefix = '', name] = parts;
  if (parts.length > 2)
    return [
      `a qualified name ${NAME.replace('name part ', '')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  if (name === undefined) return NAME_PART(prefix);
  const wrong =
    prefix === '' ? ['prefix part must be non-empty'] : DNS_SUBDOMAIN(prefix).map((each) => `prefix part ${each}`);
  return [...wrong, ...NAME_PART(name)];
}

function verdict(args: readonly CelValue[]): Optional {
  const [format] = args;
  const demands = format instanceof Format ? FORMATS[format.name] : undefined;
  if (demands === undefined) throw noSuchOverload();
  const wrong = demands(textArg(args, 1));
  return wrong.length === 0 ? NONE : new Optional(listOf(wrong));
}

export const FORMAT_FUNCTIONS: readonly CelFunction[] = [
  ...Object.keys(FORMATS).map((name): CelFunction => {
    const format = new Format(name);
    return { name: `format.${name}`, signatures: [`format.${name}(): kubernetes.NamedFormat`], run: () => format };
  }),
  {
    name: 'format.named',
    signatures: ['format.named(string): optional<kubernetes.NamedFormat>'],
    run: (args) => {
      const name = textArg(args, 0);
      return Object.hasOwn(FORMATS, name) ? new Optional(new Format(name)) : NONE;
    },
  },
  {
    name: 'validate',
    signatures: ['kubernetes.NamedFormat.validate(string): optional<list<string>>'],
    run: verdict,
  },
];
