/** What a person reads in the terminal after `kubectl apply`: the denial, and the warnings. */
import type { Finding } from '../../src/policy/engine/judge.ts';
import { oneLine } from '../../src/report/safeText.ts';

/**
 * In bytes of UTF-8. Longer messages make kubectl and Argo CD hard to read, and Events cut them; with what the API server
 * and kubectl write before it, it stays within 8 KiB.
 */
const LONGEST_DENIAL = 8000;
/**
 * Once the warnings of a request have more than 4,096 characters together, the API server cuts each that is longer than
 * 256; one with a control character it drops (k8s.io/apiserver pkg/endpoints/filters/warning.go, k8s.io/apimachinery
 * pkg/util/net NewWarningHeader). Counted here in bytes, with the backslashes that the header gets, and with some room
 * for those of other webhooks.
 */
const LONGEST_WARNINGS = 3800;
/** One sentence of a denial, and one warning: a hostile name or a long value must not push out everything else. */
const LONGEST_LINE = 1000;
/** With blanks that are told as one. */
const MOST_LOOKED_AT = 10 * LONGEST_LINE;

/**
 * One finding a line: rule, place, what is wrong and what would be right. Failures come last. The first line is empty,
 * for the API server writes `admission webhook "…" denied the request: ` before it (k8s.io/apiserver
 * pkg/admission/plugin/webhook/errors ToStatusErr), and the first finding is to stand like the others.
 */
export function denial(findings: readonly Finding[], failures: readonly string[] = []): string {
  const told = [...unique(findings), ...failures];
  const write = (one: Told) => (typeof one === 'string' ? line(one, '') : line(sentence(one), more(one)));
  return `\n${fitting(told, write, LONGEST_DENIAL - 1, lineSize, moreFindings).join('\n')}`;
}

/** A message that asks something ends its own sentence. */
function more({ rule, message }: Finding): string {
  return `${/[?!.]$/.test(message) ? '' : '.'} More: weir explain ${rule}`;
}

/** One finding a warning, as many as the API server hands on; the last one counts the rest. */
export function warnings(findings: readonly Finding[], first: readonly string[] = []): string[] {
  const write = (one: Told) => line(typeof one === 'string' ? one : sentence(one), '');
  return fitting([...first, ...unique(findings)], write, LONGEST_WARNINGS, headerSize, moreWarnings);
}

function moreFindings(left: number): string {
  return `… and ${left} more; run weir check on the manifest to see all`;
}

function moreWarnings(left: number): string {
  return `… and ${left} more ${left === 1 ? 'warning' : 'warnings'}; weir check tells all`;
}

/** A finding, or a sentence of its own. */
type Told = Finding | string;

/** As many lines as fit; the last one counts those that do not. What does not fit is not written: there may be 100,000. */
function fitting(
  told: readonly Told[],
  write: (one: Told) => string,
  most: number,
  sizeOf: (text: string) => number,
  more: (left: number) => string,
): string[] {
  const lines = new Set<string>();
  let used = 0;
  let looked = 0;
  for (const one of told) {
    const text = write(one);
    if (!lines.has(text)) used += sizeOf(text);
    if (used > most) break;
    lines.add(text);
    looked++;
  }
  const result = [...lines];
  if (looked === told.length) return result;

  let left = told.length - looked;
  used = result.reduce((sum, text) => sum + sizeOf(text), 0);
  const room = most - sizeOf(more(told.length));
  while (used > room) {
    used -= sizeOf(result.pop() ?? '');
    left++;
  }
  return [...result, more(left)];
}

/** The API server tells the same warning once. */
function unique(findings: readonly Finding[]): Finding[] {
  const firsts = new Map<string, Finding>();
  const others = new Map<string, Set<string>>();
  return findings.filter((finding) => {
    const { path } = finding;
    const first = firsts.get(path);
    if (first === undefined) {
      firsts.set(path, finding);
      return true;
    }
    const told = others.get(path) ?? new Set([sentence(first)]);
    others.set(path, told);
    const before = told.size;
    return told.add(sentence(finding)).size > before;
  });
}

function sentence({ rule, path, message }: Finding): string {
  return `${rule}${path === '' ? '' : ` at ${path}`}: ${message}`;
}

/** Printable ASCII with single blanks, as nearly every sentence is: there is nothing to clean, and a character is a byte. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** The text on one line and of bounded length, with what follows it in any case. */
function line(text: string, after: string): string {
  if (text.length + size(after) <= LONGEST_LINE && PLAIN.test(text)) return text + after;
  // a text of megabytes is not looked through for what is shown of it
  const start = text.length > MOST_LOOKED_AT ? text.slice(0, MOST_LOOKED_AT) : text;
  const plain = oneLine(start.toWellFormed().replaceAll(/\s+/g, ' ').trim());
  return cut(plain, LONGEST_LINE - size(after)) + after;
}

/** The text within so many bytes, cut between two characters. */
export function cut(text: string, most: number): string {
  if (text.length * 3 <= most || size(text) <= most) return text;
  let used = size('…');
  let end = 0;
  for (const char of text) {
    used += size(char);
    if (used > most) break;
    end += char.length;
  }
  return `${text.slice(0, end)}…`;
}

/** In bytes of UTF-8. */
function size(text: string): number {
  return Buffer.byteLength(text);
}

/** With the line end. */
function lineSize(text: string): number {
  return size(text) + 1;
}

/** Of one warning as its header has it: quotes and backslashes get a backslash. */
function headerSize(text: string): number {
  return size(text) + (text.match(/["\\]/g)?.length ?? 0);
}
