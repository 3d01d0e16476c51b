/** What Go's strconv and strings make of text. */
import { quote } from '../text/goQuote.ts';
import type { Refusal } from './goNumbers.ts';

export { quote };

/** What `strconv` says of a text that it refuses: `strconv.ParseInt: parsing "x": invalid syntax`. */
export function numberError(func: 'ParseInt' | 'ParseFloat' | 'ParseBool', text: string, reason: Refusal): string {
  return `strconv.${func}: parsing ${quote(text)}: ${reason}`;
}

const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, 'g');

/** `strings.TrimSpace`: Unicode's white space, which unlike JavaScript's has U+0085 and not U+FEFF. */
export function trimSpace(text: string): string {
  return text.replace(OUTER_SPACE, '');
}
