/** What an explicit tag makes of a scalar, as go-yaml v2 has it (go.yaml.in/yaml/v2 resolve.go, decode.go). */
import { plainScalar, type Scalar } from './scalar.ts';

const YAML = 'tag:yaml.org,2002:';
export const MERGE_TAG = `${YAML}merge`;

/** The tag that says "a string": any text, also `yes`, `5` or nothing. */
export const NO_TAG = '!';

/** `!!int` and `!<tag:yaml.org,2002:int>` as the long name. */
export function longTag(written: string): string {
  if (written.startsWith('!<')) return written.slice(2, -1);
  if (written.startsWith('!!')) return YAML + written.slice(2);
  return written;
}

/**
 * The value of a scalar with a tag, or undefined where its text is not of that kind. Tags that YAML does not define
 * (`!Ref`, `!vault`) are dropped, as Kubernetes does, and leave a string.
 */
export function taggedScalar(tag: string, source: string): Scalar | undefined {
  switch (tag) {
    case `${YAML}bool`:
      return boolean(source);
    case `${YAML}int`:
      return integer(source);
    case `${YAML}null`:
      return plainScalar(source) === null ? null : undefined;
    case `${YAML}float`:
      return float(source);
    case `${YAML}timestamp`:
      return isTimestamp(source) ? source : undefined;
    case `${YAML}binary`:
      return binary(source);
    default:
      return source;
  }
}

function boolean(source: string): boolean | undefined {
  const value = plainScalar(source);
  return typeof value === 'boolean' ? value : undefined;
}

function integer(source: string): bigint | undefined {
  const value = plainScalar(source);
  return typeof value === 'bigint' ? value : undefined;
}

const INT64 = 2n ** 63n;

function float(source: string): number | undefined {
  const value = plainScalar(source);
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' && value < INT64 ? Number(value) : undefined;
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

function isTimestamp(source: string): boolean {
  const match = TIMESTAMP.exec(source);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ...spaced] = match.slice(1).map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const [otherHour = 0, otherMinute = 0, otherSecond = 0] = spaced;
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= lastDay;
  return isDay && !(hour > 23 || otherHour > 23 || minute > 59 || otherMinute > 59 || second > 59 || otherSecond > 59);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
function binary(source: string): string | undefined {
  const text = source.replace(/[\r\n]/g, '');
  return BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}
