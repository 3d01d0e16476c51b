/** `format.dns1123Label().validate("x")` (k8s.io/apiserver pkg/cel/library/format.go). */
import {
  dns1035LabelErrors,
  dns1035PrefixErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from '../../kubernetes/names.ts';
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

/** What is wrong with a text, in sentences. */
type Demands = (text: string) => readonly string[];

const FORMATS: Readonly<Record<string, Demands>> = {
  dns1123Label: dns1123LabelErrors,
  dns1123Subdomain: (text) => dns1123SubdomainErrors(text),
  dns1035Label: dns1035LabelErrors,
  dns1123LabelPrefix: (text) => dns1123LabelErrors(completed(text)),
  dns1123SubdomainPrefix: (text) => dns1123SubdomainErrors(completed(text)),
  dns1035LabelPrefix: dns1035PrefixErrors,
  qualifiedName: qualifiedNameErrors,
  labelValue: labelValueErrors,
  uri: (text) => (isRequestUri(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`]),
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

/** Of a prefix, what stands before a dash at the end is what counts: something follows. */
function completed(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text;
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
