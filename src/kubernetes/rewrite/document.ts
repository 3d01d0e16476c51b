/**
 * Carries out JSON Patch operations on the text of one YAML or JSON document and keeps what people care about:
 * comments, order, quotes, indentation. Each result is read again and compared with what the patch says, so that a
 * change of the text can never be another change of the object.
 *
 * This folder writes manifests; reading them is ../yaml's.
 */
import { equals, isObject, type JsonValue } from '../json.ts';
import { applyPatchOperation, type PatchOperation } from '../jsonPatch.ts';
import { parent, resolve } from '../pointer.ts';
import { folded, independentRuns, spliceAll } from './batch.ts';
import { isInsideItem, rewriteItems } from './items.ts';
import { printBlock } from './print.ts';
import { splice } from './splice.ts';

/** How the caller reads one document: as Kubernetes does. Undefined where it cannot be read. */
export type ReadDocument = (text: string) => JsonValue | undefined;

/** The document's text after the operations. The text has no `---` line of its own. */
export function rewriteDocument(text: string, operations: readonly PatchOperation[], read: ReadDocument): string {
  if (isJson(text)) return rewriteJson(text, operations, read);

  const usesCarriageReturns = text.includes('\r\n');
  const plain = usesCarriageReturns ? text.replaceAll('\r\n', '\n') : text;
  const rewritten = rewriteYaml(plain, operations, read);
  return usesCarriageReturns ? rewritten.replaceAll('\n', '\r\n') : rewritten;
}

function rewriteYaml(text: string, operations: readonly PatchOperation[], read: ReadDocument): string {
  let current = text;
  let value = read(text) ?? null;
  for (const run of runsOf(operations)) {
    const before = value;
    for (const operation of run) value = applyPatchOperation(value, operation);
    const together =
      run.length > 1 && isInsideItem(run[0])
        ? rewriteItems(current, run, { before, expected: value, read, rewrite: rewriteDocument })
        : undefined;
    current = together ?? inRuns(current, folded(run), before, read);
  }
  return current;
}

type Run = readonly [PatchOperation, ...PatchOperation[]];

/** Operations that follow each other inside of a List's items, or outside of any. */
function runsOf(operations: readonly PatchOperation[]): Run[] {
  const runs: [PatchOperation, ...PatchOperation[]][] = [];
  for (const operation of operations) {
    const last = runs.at(-1);
    if (last !== undefined && isInsideItem(last[0]) === isInsideItem(operation)) last.push(operation);
    else runs.push([operation]);
  }
  return runs;
}

/** Those that do not touch each other together, and one by one where that fails. */
function inRuns(text: string, operations: readonly PatchOperation[], before: JsonValue, read: ReadDocument): string {
  let current = text;
  let value = before;
  for (const run of independentRuns(operations)) {
    let after = value;
    for (const operation of run) after = applyPatchOperation(after, operation);
    const together = run.length > 1 ? spliceAll(current, run, after, read) : undefined;
    current = together ?? oneByOne(current, run, value, read);
    value = after;
  }
  return current;
}

function oneByOne(text: string, operations: readonly PatchOperation[], before: JsonValue, read: ReadDocument): string {
  let current = text;
  let value = before;
  for (const operation of operations) {
    value = applyPatchOperation(value, operation);
    current = rewriteOnce(current, operation, value, read);
  }
  return current;
}

/** The smallest change of the text that reads as `expected`: at the place itself, at what holds it, or all anew. */
function rewriteOnce(text: string, operation: PatchOperation, expected: JsonValue, read: ReadDocument): string {
  let attempt: PatchOperation = operation;
  while (attempt.path !== '') {
    const result = splice(text, attempt);
    if (result !== undefined && equals(read(result), expected)) return result;

    const path = parent(attempt.path);
    attempt = { op: 'replace', path, value: resolve(expected, path) ?? null };
  }
  return printAnew(text, expected);
}

/** Prints the object; only the comments above the old one stay. */
function printAnew(text: string, value: JsonValue): string {
  const heading = /^(?:[ \t]*(?:#.*)?\n)*/.exec(text)?.[0] ?? '';
  return `${heading}${printBlock(value, 0)}\n`;
}

function isJson(text: string): boolean {
  return /^\s*\{\s*(["}]|$)/.test(text.slice(0, 200)) && isParsed(text);
}

function isParsed(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false; // YAML in flow style, perhaps with comments
  }
}

function rewriteJson(text: string, operations: readonly PatchOperation[], read: ReadDocument): string {
  let value = read(text) ?? null;
  for (const operation of operations) value = applyPatchOperation(value, operation);

  const indent = /\n([ \t]+)"/.exec(text)?.[1];
  const end = text.endsWith('\n') ? '\n' : '';
  return JSON.stringify(value, null, indent ?? (text.trim().includes('\n') ? 2 : undefined)) + end;
}
