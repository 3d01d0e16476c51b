/** What the attributes of an event may be (cloudevents/spec v1.0.2 spec.md). */
import type { Attributes, AttributeValue } from './event.ts';

const NAME = /^[a-z0-9]+$/;
const REQUIRED = ['id', 'source', 'type'] as const;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
/** `type/subtype`, with parameters or without (RFC 2046), of what a header may hold: in binary mode it is one. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+[\t ]*(;[\t\x20-\x7e\x80-\xff]*)?$/;
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:\S+$/i;
const INTEGER_MAX = 2 ** 31 - 1;
const INTEGER_MIN = -(2 ** 31);

/** Why these are the attributes of no event, as a sentence; undefined where they are. */
export function problemOf(attributes: Attributes): string | undefined {
  const version = attributes.get('specversion');
  if (version !== '1.0') {
    return `specversion is ${version === undefined ? 'missing' : `"${String(version)}"`}, and must be "1.0"`;
  }
  for (const name of REQUIRED) {
    const value = attributes.get(name);
    if (value === undefined) return `the attribute ${name} is missing`;
    if (typeof value !== 'string' || value.trim() === '')
      return `the attribute ${name} must be a text that is not empty`;
  }
  for (const [name, value] of attributes) {
    const problem = problemWith(name, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemWith(name: string, value: AttributeValue): string | undefined {
  if (!NAME.test(name)) return `the attribute "${name}" is named with more than small letters and digits`;
  if (typeof value === 'number' && !(Number.isInteger(value) && value <= INTEGER_MAX && value >= INTEGER_MIN)) {
    return `the attribute ${name} is ${value}, and an integer has 32 bits`;
  }
  const text = String(value);
  switch (name) {
    case 'subject':
      return text.trim() === '' ? 'the attribute subject is empty; leave it out' : undefined;
    case 'time':
      return TIME.test(text) && !Number.isNaN(Date.parse(text))
        ? undefined
        : `the attribute time is "${text}", and must be like 2026-03-01T08:00:00Z`;
    case 'datacontenttype':
      return MEDIA_TYPE.test(text)
        ? undefined
        : `the content type "${text}" is no media type, such as application/json`;
    case 'dataschema':
      return ABSOLUTE_URI.test(text) ? undefined : `the attribute dataschema is "${text}", and must be an absolute URI`;
    default:
      return undefined;
  }
}
