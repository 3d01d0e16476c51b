/**
 * Everything about reading manifests belongs in this folder: Kubernetes' reading of YAML and JSON (sigs.k8s.io/yaml
 * over go-yaml v2, as kubectl calls it), with places for findings and bounds for hostile input; what a resource means,
 * and writing YAML, belong elsewhere.
 */
import { readBlockDocument } from './blockDocument.ts';
import type { Composed } from './compose.ts';
import { type ManifestDocument, ReadDocument, type YamlDocument } from './document.ts';
import { type InputError, type InputErrorReason, ReadFailure } from './inputError.ts';
import { readJsonDocument } from './jsonText.ts';
import { MAX_DOCUMENTS, MAX_ERRORS, readingBudget } from './limits.ts';
import { NodeTableBuilder, offset } from './nodeTable.ts';
import { parseDocument } from './parse.ts';
import { addResources, type Resources } from './resources.ts';
import { Source } from './source.ts';
import { type Chunk, splitDocuments } from './split.ts';
import { hasTemplateInName, TEMPLATE_MESSAGE, templateInBrokenText } from './template.ts';
import { decode } from './text.ts';

export type { DuplicateKey, ManifestDocument, YamlDocument } from './document.ts';
export type { InputError, InputErrorReason } from './inputError.ts';
export { MAX_FILE_BYTES } from './limits.ts';
export type { Place } from './source.ts';

export interface ReadResult {
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly InputError[];
  /** Documents that are empty or only comments. */
  readonly empty: number;
}

export interface YamlResult {
  readonly documents: readonly YamlDocument[];
  readonly errors: readonly InputError[];
  readonly empty: number;
}

/**
 * The resources of a file of manifests, as kubectl would send them. A document that cannot be read is an error of its
 * own and leaves the others readable. Never throws.
 *
 * Integers of more than 53 bits become the nearest double.
 *
 * @param text the file's bytes, or its text; at most MAX_FILE_BYTES
 * @param file its name in findings and errors; "-" for standard input
 */
export function readManifests(text: string | Uint8Array, file: string): ReadResult {
  const { documents, errors, empty } = readDocuments(text, file);
  const resources: Resources = { documents: [], errors: [...errors] };
  for (const document of documents) addResources(document, resources);
  resources.errors.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  return { ...resources, empty };
}

/** Every document of a YAML or JSON file with its places, whatever it holds: for policies, weir.yaml, kustomizations. */
export function readYaml(text: string | Uint8Array, file: string): YamlResult {
  return readDocuments(text, file);
}

interface FileResult {
  readonly documents: readonly ReadDocument[];
  readonly errors: readonly InputError[];
  readonly empty: number;
}

function readDocuments(text: string | Uint8Array, file: string): FileResult {
  const decoded = decode(text);
  if ('message' in decoded) {
    const { reason, message, offset, text: readable } = decoded;
    const place = offset === undefined || readable === undefined ? {} : new Source(file, readable).placeAt(offset);
    return { documents: [], errors: [{ file, ...place, reason, message }], empty: 0 };
  }
  return new FileReader(new Source(file, decoded.text), decoded.hadByteOrderMark).read();
}

/** The duplicate keys of everyday YAML, in which a document with any is left to the whole reader. */
const NONE: Composed['duplicates'] = [];

class FileReader {
  readonly #source: Source;
  readonly #hadByteOrderMark: boolean;
  readonly #table = new NodeTableBuilder();
  readonly #budget = readingBudget();
  readonly #documents: ReadDocument[] = [];
  readonly #errors: InputError[] = [];
  #empty = 0;
  #index = 0;
  #hasTemplate = false;
  /** Whether two braces stand side by side anywhere in the file; looked for where somebody asks. */
  #braces: boolean | undefined;

  constructor(source: Source, hadByteOrderMark: boolean) {
    this.#source = source;
    this.#hadByteOrderMark = hadByteOrderMark;
  }

  read(): FileResult {
    const yamlStart = this.#readJson();
    if (yamlStart !== undefined) this.#readYaml(yamlStart);
    this.#table.finish();
    return { documents: this.#documents, errors: this.#errors, empty: this.#empty };
  }

  /**
   * A file that begins with `{` is a stream of JSON objects, without separators, until something in it is not JSON; from
   * there on it is YAML, but no longer after a second object (k8s.io/apimachinery pkg/util/yaml, YAMLOrJSONDecoder).
   *
   * @returns where YAML begins, or undefined where all was read
   */
  #readJson(): number | undefined {
    const { text } = this.#source;
    if (this.#hadByteOrderMark || !/^\s*\{/.test(text)) return 0;

    let at = 0;
    for (let count = 0; ; count++) {
      this.#table.reset();
      if (this.#isTooMuch(at)) return undefined;
      try {
        const document = readJsonDocument(text, at, this.#table);
        if (document === undefined) return undefined;
        this.#add(document);
        at = document.end;
      } catch (error) {
        if (!(error instanceof ReadFailure)) throw error;
        if (count <= 1 && error.reason === 'syntax') return lineAfter(text, at);
        this.#fail(error, at, text.length);
        return undefined;
      }
    }
  }

  #readYaml(from: number): void {
    const { text } = this.#source;
    for (const chunk of splitDocuments(text, from, this.#hadByteOrderMark)) {
      if (this.#isTooMuch(chunk.start)) return;
      if (chunk.separator !== undefined) this.#refuseSeparator(chunk.separator);
      this.#readChunk(chunk);
    }
  }

  #isTooMuch(offset: number): boolean {
    const isTooLong = this.#index + this.#empty >= MAX_DOCUMENTS;
    if (!isTooLong && this.#errors.length < MAX_ERRORS) return false;
    const reason = isTooLong
      ? `the file has more than ${MAX_DOCUMENTS} documents`
      : `the file has ${MAX_ERRORS} errors`;
    this.#error('limit', `${reason}; nothing is read from here on`, offset);
    return true;
  }

  #readChunk({ start, end, dropped }: Chunk): void {
    this.#table.reset();
    const { text } = this.#source;
    try {
      const composed = this.#compose(text, start, end);
      if (composed !== undefined) this.#add(composed);
      else if (end > start) this.#empty++;
    } catch (error) {
      this.#fail(error, start, end);
    }
    if (dropped !== undefined) this.#refuseDropped(dropped.offset);
  }

  #compose(text: string, start: number, end: number): Composed | undefined {
    const value = readBlockDocument(text, start, end, this.#table);
    if (value !== undefined) return { value, duplicates: NONE };
    this.#table.reset();
    return parseDocument(text.slice(start, end), start, this.#table, this.#budget);
  }

  /** Kubernetes skips a document that is null. */
  #add(composed: Composed): void {
    if (composed.value === null) {
      this.#empty++;
      return;
    }
    const { table, root } = this.#table;
    // everyday YAML has no escapes, by which braces could come into a name that are not in the text
    const mayBeTemplate = composed.duplicates !== NONE || this.#hasBraces();
    if (mayBeTemplate && hasTemplateInName(composed.value))
      throw new ReadFailure('template', TEMPLATE_MESSAGE, offset(table, root));
    this.#table.keep();
    this.#documents.push(new ReadDocument(this.#source, this.#index++, composed, table, root));
  }

  #hasBraces(): boolean {
    this.#braces ??= this.#source.text.includes('{{');
    return this.#braces;
  }

  #refuseSeparator({ offset, text }: NonNullable<Chunk['separator']>): void {
    const found = JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}…` : text);
    const message = text.startsWith('#')
      ? 'no space stands between --- and the comment, and Kubernetes takes both for a text; write one'
      : `${found} follows ---, where Kubernetes allows only a comment; put it on the next line`;
    this.#error('separator', message, offset);
  }

  #refuseDropped(offset: number): void {
    const message = 'Kubernetes drops what follows the end marker ...; begin the next document with ---';
    this.#error('separator', message, offset);
  }

  #fail(error: unknown, start: number, end: number): void {
    this.#index++;
    if (!(error instanceof ReadFailure)) {
      // Nothing else is thrown on purpose; whatever a strange document provokes must not end the run.
      this.#error('syntax', `cannot be read: ${String(error)}`, start);
      return;
    }
    // A template breaks the text where it stands or later.
    const lineEnd = this.#source.text.indexOf('\n', error.offset);
    const last = lineEnd === -1 ? end : Math.min(end, lineEnd);
    const template = error.reason === 'syntax' ? templateInBrokenText(this.#source.text, start, last) : undefined;
    if (template !== undefined) this.#refuseTemplate(template);
    else if (error.reason === 'template') this.#refuseTemplate(error.offset);
    else this.#error(error.reason, error.message, error.offset);
  }

  /** Once a file: a chart's template is one in most of its documents. */
  #refuseTemplate(offset: number): void {
    if (this.#hasTemplate) return;
    this.#hasTemplate = true;
    this.#error('template', TEMPLATE_MESSAGE, offset);
  }

  #error(reason: InputErrorReason, message: string, offset: number): void {
    this.#errors.push({ file: this.#source.file, ...this.#source.placeAt(offset), reason, message });
  }
}

/** Past white space, to the end of the line or to what stands on it. */
function lineAfter(text: string, from: number): number {
  let at = from;
  while (at < text.length && isGoSpace(text.charCodeAt(at))) {
    at++;
    if (text.charAt(at - 1) === '\n') break;
  }
  return at;
}

/** Go's unicode.IsSpace, which trims more than JSON's white space does. */
function isGoSpace(code: number): boolean {
  return (code >= 9 && code <= 13) || (code !== 0xfeff && String.fromCharCode(code).trim() === '') || code === 0x85;
}
