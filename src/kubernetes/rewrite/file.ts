/** Changes to the documents of a whole file: everything between and around the documents stays as it is. */
import type { JsonValue } from '../json.ts';
import type { PatchOperation } from '../jsonPatch.ts';
import { readYaml } from '../yaml/read.ts';
import { splitDocuments } from '../yaml/split.ts';
import { rewriteDocument } from './document.ts';
import type { Range } from './nodes.ts';

export interface DocumentChange {
  /** The n-th document of the file, as reading counts them. */
  readonly index: number;
  /** Paths lead from the document's root. Removing the root removes the document. */
  readonly operations: readonly PatchOperation[];
}

const BYTE_ORDER_MARK = '\uFEFF';

/** Where each document of the file stands that reading counts, in UTF-16 code units. */
export function documentRanges(text: string): Range[] {
  const offset = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const plain = text.slice(offset);
  return chunksOf(plain)
    .filter(({ start, end }) => holdsDocument(plain.slice(start, end)))
    .map(({ start, end }) => ({ start: start + offset, end: end + offset }));
}

/** The file's text after the changes. Several JSON objects in one file without `---` between them are refused. */
export function rewriteFile(text: string, changes: readonly DocumentChange[]): string {
  if (changes.length === 0) return text;
  if (text.startsWith(BYTE_ORDER_MARK)) return BYTE_ORDER_MARK + rewriteFile(text.slice(1), changes);

  const chunks = chunksOf(text);
  if (isJson(text) && readYaml(text, '-').documents.length > 1) {
    throw new Error(
      'several JSON objects stand in this file one after the other; put --- between them to have it rewritten',
    );
  }
  const byIndex = operationsByIndex(changes);
  let result = '';
  let copied = 0;
  let index = 0;
  for (const { start, end } of chunks) {
    const chunk = text.slice(start, end);
    if (!holdsDocument(chunk)) continue;

    const operations = byIndex.get(index++);
    if (operations === undefined) continue;

    const separated = text.slice(copied, start);
    const rewritten = rewriteOrRemove(chunk, operations);
    result += rewritten === undefined ? withoutLastSeparator(separated) : separated + rewritten;
    copied = end;
  }
  return withoutLeadingSeparator(result + text.slice(copied), text);
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

function chunksOf(text: string): readonly Range[] {
  return isJson(text) ? [{ start: 0, end: text.length }] : splitDocuments(text, 0, false);
}

/** In the order of the changes; a document without an operation has no entry. */
function operationsByIndex(changes: readonly DocumentChange[]): Map<number, PatchOperation[]> {
  const byIndex = new Map<number, PatchOperation[]>();
  for (const { index, operations } of changes) {
    if (operations.length === 0) continue;
    const known = byIndex.get(index);
    if (known === undefined) byIndex.set(index, [...operations]);
    else known.push(...operations);
  }
  return byIndex;
}

/** Undefined where an operation removes the document. */
function rewriteOrRemove(chunk: string, operations: readonly PatchOperation[]): string | undefined {
  if (operations.some((operation) => operation.op === 'remove' && operation.path === '')) return undefined;
  return rewriteOneDocument(chunk, operations);
}

/** A document's text after the operations, read as Kubernetes reads it; none of them may remove the whole. */
export function rewriteOneDocument(text: string, operations: readonly PatchOperation[]): string {
  return rewriteDocument(text, operations, readOne);
}

function readOne(text: string): JsonValue | undefined {
  const { documents, errors } = readYaml(text, '-');
  return errors.length === 0 ? documents[0]?.value : undefined;
}

/** Reading counts the broken documents too, and leaves out the empty ones. */
function holdsDocument(chunk: string): boolean {
  const { documents, errors } = readYaml(chunk, '-');
  return documents.length > 0 || errors.length > 0;
}

function withoutLastSeparator(text: string): string {
  return text.replace(/(^|\n)---[^\n]*\n?$/, '$1');
}

/** A file that began with a document must not begin with `---` because that document is gone. */
function withoutLeadingSeparator(text: string, before: string): string {
  return before.startsWith('---') ? text : text.replace(/^---[^\n]*\n/, '');
}
