/** `-o json`: the result as it is, for programs. */
import type { ObjectReference } from '../kubernetes/object.ts';
import type { AppliedDefault } from '../policy/engine/default.ts';
import type { CheckResult, ReportedDefaults, ReportedError, ReportedExcuse, ReportedFinding } from './result.ts';

/** What a program reads from it: each default by itself. */
export interface JsonResult extends Omit<CheckResult, 'defaults'> {
  readonly defaults: readonly (Omit<ReportedDefaults, 'values'> & AppliedDefault)[];
}

/**
 * One finding or default a line keeps large results readable by `grep`. In pieces, since the whole text of a large
 * result would take as much memory again as the result.
 */
export function* json(result: CheckResult): Iterable<string> {
  const { kind, summary, findings, defaults, errors, excused } = result;
  const texts = new Texts();
  yield `{"kind":${JSON.stringify(kind)},\n"summary":${JSON.stringify(summary)}`;
  yield* list('findings', findings, (finding) => `${open(finding, texts)}}`);
  yield* list('defaults', defaults, (each) => linesOfDefaults(each, texts));
  yield* list('errors', errors, (error: ReportedError) => JSON.stringify(error));
  yield* list('excused', excused, (excuse) => lineOfExcuse(excuse, texts));
  yield '}\n';
}

/** Some 40 KB: pieces that the garbage collector keeps apart as large objects made the peak a fifth higher. */
const ITEMS_A_PIECE = 100;

function* list<Item>(name: string, items: readonly Item[], line: (item: Item) => string): Iterable<string> {
  yield `,\n"${name}":[`;
  for (let start = 0; start < items.length; start += ITEMS_A_PIECE) {
    const lines = items.slice(start, start + ITEMS_A_PIECE).map(line);
    yield `${start === 0 ? '' : ','}\n${lines.join(',\n')}`;
  }
  yield items.length === 0 ? ']' : '\n]';
}

/** As JSON.stringify writes a finding, but for the brace at its end; what most findings share is written once. */
function open(finding: ReportedFinding, texts: Texts): string {
  const { rule, action, environment, resource, path, message, file, line, column, fix, since } = finding;
  return (
    `{"rule":${texts.of(rule)},"action":"${action}","environment":${texts.of(environment)}` +
    `,"resource":${texts.ofResource(resource)},"path":${texts.of(path)},"message":${JSON.stringify(message)}` +
    (file === undefined ? '' : `,"file":${texts.of(file)}`) +
    (line === undefined ? '' : `,"line":${line}`) +
    (column === undefined ? '' : `,"column":${column}`) +
    (fix === undefined ? '' : `,"fix":${JSON.stringify(fix)}`) +
    (since === undefined ? '' : `,"since":${JSON.stringify(since)}`)
  );
}

function lineOfExcuse(excuse: ReportedExcuse, texts: Texts): string {
  return `${open(excuse, texts)},"exception":${JSON.stringify(excuse.exception)}}`;
}

function linesOfDefaults({ environment, resource, values, file }: ReportedDefaults, texts: Texts): string {
  const begin = `{"environment":${texts.of(environment)},"resource":${texts.ofResource(resource)}`;
  const end = file === undefined ? '}' : `,"file":${texts.of(file)}}`;
  let lines = '';
  for (const value of values) lines += `${lines === '' ? '' : ',\n'}${begin}${texts.ofValue(value)}${end}`;
  return lines;
}

/** So many texts, none of them longer, are kept. */
const KEPT = 4096;
const LONGEST_KEPT = 400;

/** Texts as JSON: of 100,000 findings and defaults, nearly all say the same few hundred files, places and sources. */
class Texts {
  readonly #known = new Map<string, string>();
  readonly #values = new Map<AppliedDefault, string>();
  #resource: ObjectReference | undefined;
  #ofResource = '';

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const written = JSON.stringify(text);
    if (this.#known.size < KEPT && text.length <= LONGEST_KEPT) this.#known.set(text, written);
    return written;
  }

  /** Objects that are alike have the very same ones. */
  ofValue(applied: AppliedDefault): string {
    const known = this.#values.get(applied);
    if (known !== undefined) return known;
    const { path, value, source } = applied;
    const written = `,"path":${this.of(path)},"value":${JSON.stringify(value)},"source":${this.of(source)}`;
    if (this.#values.size < KEPT && written.length <= LONGEST_KEPT) this.#values.set(applied, written);
    return written;
  }

  /** All that is told of one object follows on one another. */
  ofResource(resource: ObjectReference): string {
    if (resource !== this.#resource) {
      this.#resource = resource;
      this.#ofResource = JSON.stringify(resource);
    }
    return this.#ofResource;
  }
}
