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

/**
 * One finding a line: rule, place, what is wrong and what would be right. Failures come last. The first line is empty,
 * for the API server writes `admission webhook "…" denied the request: ` before it (k8s.io/apiserver
 * pkg/admission/plugin/webhook/errors ToStatusErr), and the first finding is to stand like the others.
 */
export function denial(findings: readonly Finding[], failures: readonly string[] = []): string {
  const lines = [
    ...findings.map((finding) => line(sentence(finding), more(finding))),
    ...failures.map((failure) => line(failure, '')),
  ];
  return `\n${fitting(unique(lines), LONGEST_DENIAL - 1, lineSize, moreFindings).join('\n')}`;
}

/** A message that asks something ends its own sentence. */
function more({ rule, message }: Finding): string {
  return `${/[?!.]$/.test(message) ? '' : '.'} More: weir explain ${rule}`;
}

/** One finding a warning, as many as the API server hands on; the last one counts the rest. */
export function warnings(findings: readonly Finding[], first: readonly string[] = []): string[] {
  const lines = [...first.map((text) => line(text, '')), ...findings.map((finding) => line(sentence(finding), ''))];
  return fitting(unique(lines), LONGEST_WARNINGS, headerSize, moreWarnings);
}

function moreFindings(left: number): string {
  return `… and ${left} more; run weir check on the manifest to see all`;
}

function moreWarnings(left: number): string {
  return `… and ${left} more ${left === 1 ? 'warning' : 'warnings'}; weir check tells all`;
}

/** As many lines as fit; the last one counts those that do not. */
function fitting(
  lines: readonly string[],
  most: number,
  sizeOf: (text: string) => number,
  more: (left: number) => string,
): string[] {
  const total = lines.reduce((sum, text) => sum + sizeOf(text), 0);
  if (total <= most) return [...lines];

  const room = most - sizeOf(more(lines.length));
  const result: string[] = [];
  let used = 0;
  for (const text of lines) {
    used += sizeOf(text);
    if (used > room) break;
    result.push(text);
  }
  return [...result, more(lines.length - result.length)];
}

/** The API server tells the same warning once. */
function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function sentence({ rule, path, message }: Finding): string {
  return `${rule}${path === '' ? '' : ` at ${path}`}: ${message}`;
}

/** The text on one line and of bounded length, with what follows it in any case. */
function line(text: string, after: string): string {
  const plain = oneLine(text.toWellFormed().replaceAll(/\s+/g, ' ').trim());
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
  let escaped = 0;
  for (const char of text) if (char === '"' || char === '\\') escaped++;
  return size(text) + escaped;
}
