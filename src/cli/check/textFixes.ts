/**
 * Fixes as edits to the text of a file, for outputs whose readers know no JSON Patch. They are what `weir render --fix`
 * writes: only the places that differ, so that nothing else of the file is repeated, least of all its secrets.
 */
import path from 'node:path';
import { documentRanges, rewriteOneDocument } from '../../kubernetes/rewrite/file.ts';
import { hunksBetween } from '../../kubernetes/rewrite/hunks.ts';
import type { Range, TextEdit } from '../../kubernetes/rewrite/nodes.ts';
import type { ReportedFinding, TextReplacement } from '../../report/result.ts';
import { STDIN } from '../input/load.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { Resource } from '../input/resource.ts';
import type { JudgedFinding } from './judgeInput.ts';

/** Each takes some milliseconds; nobody looks at more of them in one output. */
const MOST_FIXES = 200;

export class TextFixes {
  readonly #resources: ReadonlyMap<ReportedFinding, Resource>;
  #left = MOST_FIXES;
  /** The file of the last finding: they come file by file. */
  #file: SourceFile | undefined;

  constructor(findings: readonly JudgedFinding[]) {
    this.#resources = new Map(findings.map(({ reported, resource }) => [reported, resource]));
  }

  /**
   * The edits that carry the finding's fix out, in their order and apart from each other. Undefined without a fix, for
   * what stands in no file, and where a whole document would have to go.
   */
  of(finding: ReportedFinding): readonly TextReplacement[] | undefined {
    const { fix, file } = finding;
    const resource = this.#resources.get(finding);
    if (fix === undefined || file === undefined || file === STDIN || resource?.position === undefined) return undefined;
    if (fix.some(({ path: at }) => at === '') || this.#left-- <= 0) return undefined;

    const { document, pointer } = resource.position;
    const source = this.#sourceOf(resource.origin);
    const range = source?.documents[document];
    if (source === undefined || range === undefined) return undefined;
    const operations = fix.map((operation) => ({ ...operation, path: pointer + operation.path }));
    const before = source.text.slice(range.start, range.end);
    const edits = hunksBetween(before, rewriteOneDocument(before, operations));
    return edits?.map((edit) => source.replacement(edit, range.start));
  }

  #sourceOf(origin: string): SourceFile | undefined {
    if (this.#file?.origin === origin) return this.#file;
    const content = readRegularFile(origin);
    if ('problem' in content) return undefined;
    this.#file = new SourceFile(origin, Buffer.from(content.bytes).toString('utf8'));
    return this.#file;
  }
}

class SourceFile {
  readonly origin: string;
  readonly text: string;
  readonly documents: readonly Range[];
  /** Where each line begins. */
  readonly #lines: number[];

  constructor(origin: string, text: string) {
    this.origin = path.resolve(origin);
    this.text = text;
    this.documents = documentRanges(text);
    // A byte order mark is no character of the first line.
    this.#lines = [text.startsWith('\ufeff') ? 1 : 0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines.push(at + 1);
  }

  /** @param offset where the text begins that the edit is about */
  replacement({ start, end, replacement }: TextEdit, offset: number): TextReplacement {
    const from = this.#place(start + offset);
    const to = this.#place(end + offset);
    return {
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: to.column,
      text: replacement,
    };
  }

  #place(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 };
  }
}
