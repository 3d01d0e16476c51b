/** The formats that policy values have beyond their JSON type: for each the check, what is said, and a plain pattern. */

import { parseDuration } from '../../knative/duration.ts';
import { parsePeriod } from '../../knative/period.ts';
import { KNOWN_VERSIONS } from '../../knative/serving/versions.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { readUntil } from '../engine/exceptions.ts';

export interface ValueFormat {
  readonly accepts: (text: string) => boolean;
  /** Follows `is "…", `: what it is not, and how to write one. */
  readonly wanted: string;
  /** What an editor checks instead, as a JSON Schema pattern: never narrower than `accepts`. */
  readonly pattern?: string;
}

export const FORMATS: Readonly<Record<string, ValueFormat>> = {
  'duration-go': {
    accepts: (text) => isPositive(parseDuration(text)),
    wanted: 'which is no duration; write one such as 90s, 15m or 1h30m',
    pattern: '^\\+?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$|^\\+?0$',
  },
  'duration-iso': {
    accepts: (text) => {
      const period = parsePeriod(text);
      return period.ok && !period.isNegative;
    },
    wanted: 'which is no ISO 8601 duration; write one such as PT0.5S, PT30S or PT5M',
    pattern: '^\\+?P',
  },
  quantity: {
    accepts: (text) => {
      const size = parseQuantity(text);
      return size !== undefined && size >= 0n;
    },
    wanted: 'which is no quantity; write one such as 250m, 2, 512Mi or 1.5Gi',
    pattern: '^\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$',
  },
  regex: {
    accepts: isRegExp,
    wanted: 'which is no regular expression',
  },
  name: {
    accepts: (text) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text),
    wanted: 'which is no name; names have up to 63 lower-case letters, digits and dashes',
    pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  },
  'knative-version': {
    accepts: (text) => KNOWN_VERSIONS.includes(text),
    wanted: `which is no version that Weir knows; write one from "${KNOWN_VERSIONS[0]}" to "${KNOWN_VERSIONS.at(-1)}"`,
    pattern: '^1\\.(1[5-9]|2[0-3])$',
  },
  group: {
    accepts: (text) => text.trim() === text && text !== '' && !EVERYBODY.has(text),
    wanted: 'which is no group of a few: name one that only those are in who are meant',
    pattern: '^\\S',
  },
  cidr: {
    accepts: isCidr,
    wanted: 'which is no range of addresses; write one such as 10.1.0.0/16 or fd00:1::/32',
    pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
  },
  moment: {
    accepts: (text) => readUntil(text) !== undefined,
    wanted: 'which is no date; write one such as 2026-12-01 or 2026-12-01T08:00:00Z',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}',
  },
  'json-pointer-or-empty': {
    accepts: (text) => /^(\/([^~/]|~[01])*)*$/.test(text),
    wanted: 'which is no JSON pointer; write one such as /spec/template/spec, with ~1 for a slash inside a key',
    pattern: '^(/([^~/]|~[01])*)*$',
  },
};

/** Groups that whole kinds of users are in (k8s.io/apiserver pkg/authentication/user). */
const EVERYBODY = new Set(['*', 'system:authenticated', 'system:unauthenticated', 'system:serviceaccounts']);

function isPositive(duration: ReturnType<typeof parseDuration>): boolean {
  return duration.ok && duration.value >= 0n;
}

/** As the API server takes it in a NetworkPolicy (kubernetes pkg/apis/networking/validation): IPv4 or IPv6. */
function isCidr(text: string): boolean {
  const [address = '', length = '', more] = text.split('/');
  if (more !== undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return false;
  if (!address.includes(':')) return IPV4.test(address) && Number(length) <= 32;
  return /^[0-9a-fA-F:.]+$/.test(address) && URL.canParse(`http://[${address}]`) && Number(length) <= 128;
}

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = new RegExp(`^(${BYTE}\\.){3}${BYTE}$`);

function isRegExp(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
