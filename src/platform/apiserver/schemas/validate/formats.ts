/** Formats of texts (k8s.io/kube-openapi pkg/validation/strfmt). A format that is not here demands nothing. */
import { isRequestUri } from '../../../../cel/functions/urls.ts';
import { parseAddress, WIDTHS } from '../../../../cel/values/address.ts';
import { parseDuration } from '../../../../cel/values/time.ts';

const UUID = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');

const ANY = '[0-9a-f]';

const HOSTNAME =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const TESTS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matching(/^[0-9a-f]{24}$/i),
  byte: (text) =>
    text.length % 4 === 0 &&
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) &&
    text !== '',
  cidr: isCidr,
  creditcard: isCreditCard,
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  email: matching(/^(?:[^<>]*<)?[^\s@<>(),:;]+@[^\s@<>(),:;]+>?$/),
  hexcolor: matching(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: (text) => text.length <= 255 && HOSTNAME.test(text) && text.split('.').every((part) => part.length <= 63),
  ipv4: (text) => parseAddress(text.replaceAll(/(^|\.)0+(?=\d)/g, '$1'))?.family === 4,
  ipv6: (text) => text.includes(':') && (parseAddress(text)?.family === 6 || /^::ffff:/i.test(text)),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  k8slongname: (text) => text.length <= 253 && text.split('.').every((part) => NAME.test(part)),
  k8sshortname: (text) => text.length <= 63 && NAME.test(text),
  mac: matching(
    /^(?:[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}(?:(?:\1[0-9a-fA-F]{2}){2})?|(?:[0-9a-fA-F]{4}\.){2,3}[0-9a-fA-F]{4})$/,
  ),
  password: () => true,
  rgbcolor: matching(
    /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*(,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*){2}\)$/,
  ),
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  uri: isRequestUri,
  uuid: matching(UUID(ANY, ANY)),
  uuid3: matching(UUID('3', ANY)),
  uuid4: matching(UUID('4', '[89ab]')),
  uuid5: matching(UUID('5', '[89ab]')),
};

/** Undefined where nothing is known of the format: dashes in its name do not count. */
export function formatTest(format: string): ((text: string) => boolean) | undefined {
  const name = format.replaceAll('-', '');
  return Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
}

function matching(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(match[3]);
}

/** Less than RFC 3339 demands: a zone is needed, hours go up to 23, and what stands before the fraction is not looked at. */
export function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  if (time === undefined || !isDate(date)) return false;
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/.exec(time);
  return match !== null && (match[1] ?? '') <= '23' && (match[2] ?? '') <= '59' && (match[3] ?? '') <= '59';
}

/** Go's durations, and words such as `3 days`. */
export function isDuration(text: string): boolean {
  if (parseDuration(text) !== undefined) return true;
  // Begins at the first digit of a number alone, or a number without a unit would be read once for each of its digits.
  for (const [, unit = ''] of text.matchAll(/(?<!\d)\d+\s*([A-Za-zµ]+)/g)) if (DURATION_UNIT.test(unit)) return true;
  return false;
}

const DURATION_UNIT = /^(?:ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i;

function isCidr(text: string): boolean {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  const address = parseAddress((match?.[1] ?? '').replaceAll(/(^|\.)0+(?=\d)/g, '$1'));
  return address !== undefined && Number(match?.[2]) <= WIDTHS[address.family];
}

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  return (
    [...digits].reduce((sum, digit, index) => sum + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0
  );
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/[^\d]/g, '');
  if (
    !/^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/.test(
      digits,
    )
  )
    return false;
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
