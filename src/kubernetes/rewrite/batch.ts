/**
 * Several operations on the text at once. To read the text for each of them takes half a minute where a Pod has a
 * hundred containers; those that do not touch each other need one reading for all.
 */
import { equals, isArray, isObject, type JsonValue } from '../json.ts';
import { applyPatchOperation, type PatchOperation } from '../jsonPatch.ts';
import { parent } from '../pointer.ts';
import type { ReadDocument } from './document.ts';
import type { TextEdit } from './nodes.ts';
import { applyEdits, editFor, parsedText } from './splice.ts';

/** The operations, with what goes into a value that an earlier one brings written into that value. */
export function folded(operations: readonly PatchOperation[]): PatchOperation[] {
  const result: PatchOperation[] = [];
  /** Of values that may still grow: where they stand in the result. */
  const growing = new Map<string, number>();
  for (const operation of operations) {
    if (foldInto(result, growing, operation)) continue;
    if (movesOthers(operation)) growing.clear();
    else forgetUnder(operation.path, growing);
    if (operation.op !== 'remove' && (isObject(operation.value) || isArray(operation.value))) {
      growing.set(operation.path, result.length);
    }
    result.push(operation);
  }
  return result;
}

/** What stood under a place that is written anew is no more. */
function forgetUnder(path: string, growing: Map<string, number>): void {
  for (const known of growing.keys()) {
    if (known.startsWith(`${path}/`)) growing.delete(known);
  }
}

function foldInto(result: PatchOperation[], growing: ReadonlyMap<string, number>, operation: PatchOperation): boolean {
  for (let path = operation.path; path !== ''; ) {
    path = parent(path);
    const index = growing.get(path);
    const holder = index === undefined ? undefined : result[index];
    if (index === undefined || holder === undefined || holder.op === 'remove') continue;
    const inner = { ...operation, path: operation.path.slice(path.length) };
    result[index] = { ...holder, value: applyPatchOperation(holder.value, inner) };
    return true;
  }
  return false;
}

/** An item that comes or goes moves those behind it; `-` names another place each time. */
function movesOthers({ op, path }: PatchOperation): boolean {
  return op === 'remove' || /\/(-|[0-9]+)$/.test(path);
}

/** Operations none of which says where another one's place is, next to each other. */
export function independentRuns(operations: readonly PatchOperation[]): PatchOperation[][] {
  const runs: PatchOperation[][] = [];
  let places = new Set<string>();
  let holders = new Set<string>();
  let run: PatchOperation[] = [];
  for (const operation of operations) {
    const above = ancestorsOf(operation.path);
    const touches = holders.has(operation.path) || places.has(operation.path) || above.some((path) => places.has(path));
    const isAlone = movesOthers(operation);
    if (run.length === 0 || touches || isAlone) {
      run = [];
      runs.push(run);
      places = new Set();
      holders = new Set();
    }
    run.push(operation);
    places.add(operation.path);
    for (const path of above) holders.add(path);
    if (isAlone) run = [];
  }
  return runs;
}

function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let at = path; at !== ''; ) {
    at = parent(at);
    ancestors.push(at);
  }
  return ancestors;
}

/**
 * The text after independent operations; undefined where one of them cannot be carried out in place, or where the
 * result does not read as expected.
 */
export function spliceAll(
  text: string,
  operations: readonly PatchOperation[],
  expected: JsonValue,
  read: ReadDocument,
): string | undefined {
  let current = text;
  let waiting = operations;
  while (waiting.length > 0) {
    const parsed = parsedText(current);
    if (parsed === undefined) return undefined;
    const edits: TextEdit[] = [];
    const later: PatchOperation[] = [];
    const taken = new Taken();
    for (const operation of waiting) {
      const edit = editFor(parsed, operation);
      if (edit === undefined) return undefined;
      if (taken.add(edit, parent(operation.path))) edits.push(edit);
      else later.push(operation);
    }
    current = applyEdits(current, edits);
    waiting = later;
  }
  return equals(read(current), expected) ? current : undefined;
}

/** Ranges of a text that do not overlap. */
class Taken {
  readonly #starts: { readonly start: number; readonly end: number }[] = [];

  /** Of insertions: what they go into. */
  readonly #holders = new Map<number, string>();

  /**
   * False where the range reaches into another, and where something of another holder is inserted at its place already:
   * behind the last line of a container there also ends the list of containers, and the order of the two decides.
   */
  add({ start, end }: TextEdit, holder: string): boolean {
    if (start === end) {
      if ((this.#holders.get(start) ?? holder) !== holder) return false;
      this.#holders.set(start, holder);
    }
    const ranges = this.#starts;
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range !== undefined && (range.start < start || (range.start === start && range.end <= end))) low = middle + 1;
      else high = middle;
    }
    const before = ranges[low - 1];
    const after = ranges[low];
    if (before !== undefined && before.end > start) return false;
    if (after !== undefined && after.start < end) return false;
    ranges.splice(low, 0, { start, end });
    return true;
  }
}
