/** `-o text`: for people. Findings by file and object, each with its place, its rule and what would be right. */
import { stripVTControlCharacters } from 'node:util';
import { describe } from '../kubernetes/object.ts';
import { wrap } from '../text/wrap.ts';
import { toldOnce } from './fold.ts';
import type { ReportColors, ReportContext } from './reporter.ts';
import {
  type CheckResult,
  count,
  describePlace,
  describeWhere,
  type ReportedError,
  type ReportedExcuse,
  type ReportedFinding,
} from './result.ts';
import { oneLine } from './safeText.ts';

/** Narrower than this, lines are not broken for the terminal. */
const NARROWEST = 40;
/** Wider lines are tiring to read. */
const WIDEST = 120;
const INDENT = '  ';
/** Below a rule's id, which stands behind `deny` or `audit`. */
const UNDER_RULE = ' '.repeat(11);
const SHORTEST_EXCERPT = 16;
/** A variable's value, of which another rule may speak: a password without quotes is no text to Knative. */
const VARIABLE = /\/env\/[0-9]+(\/value)?$/;

export function* text(result: CheckResult, context: ReportContext): Iterable<string> {
  const page = new Page(context);
  page.hide([...result.findings, ...result.excused]);
  yield* page.findings(result.findings);
  page.excused(result.excused);
  page.errors(result.errors);
  page.summary(result);
  yield page.take();
}

/** Characters after which a part of the page is handed over, so that a long one never stands in memory whole. */
const PIECE = 64 * 1024;

class Page {
  #text = '';
  readonly #context: ReportContext;
  readonly #colors: ReportColors;
  readonly #width: number;
  /** Lines, as `file:line`, where a secret may stand. */
  readonly #confidential = new Set<string>();

  constructor(context: ReportContext) {
    this.#context = context;
    this.#colors = context.colors;
    this.#width = Math.max(NARROWEST, Math.min(context.width, WIDEST));
  }

  /** What was written since the last time. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Lines of the findings that are about secrets are never quoted, whatever else is found on them. */
  hide(findings: readonly ReportedFinding[]): void {
    for (const { rule, resource, path, file, line } of findings) {
      const isSecret =
        resource.kind === 'Secret' || this.#context.rule(rule)?.isConfidential === true || VARIABLE.test(path);
      if (isSecret) this.#confidential.add(`${file}:${line}`);
    }
  }

  *findings(findings: readonly ReportedFinding[]): Iterable<string> {
    let head = '';
    let place = '';
    for (const { finding, subject, message } of toldOnce(findings)) {
      const nextHead = `${finding.file}\n${subject}`;
      if (nextHead !== head) {
        this.#head(finding.file ?? '', subject, head !== '');
        place = '';
      }
      head = nextHead;

      const nextPlace = finding.file === undefined ? finding.path : describePlace(finding);
      if (nextPlace !== place) this.#place(finding);
      place = nextPlace;
      this.#finding(finding, message);
      if (this.#text.length > PIECE) yield this.take();
    }
    if (findings.length > 0) this.#line('');
  }

  #head(file: string, subject: string, isLater: boolean): void {
    if (isLater) this.#line('');
    const { bold } = this.#colors;
    this.#line(file === '' ? bold(oneLine(subject)) : `${bold(oneLine(file))}  ${oneLine(subject)}`);
  }

  /** `file:line:column`, of which terminals and editors make a link, and what stands there, so that nobody must look. */
  #place(finding: ReportedFinding): void {
    if (finding.file === undefined) {
      this.#line(INDENT + this.#colors.cyan(oneLine(finding.path === '' ? 'the object' : finding.path)));
      return;
    }
    const place = INDENT + oneLine(describePlace(finding));
    const room = this.#width - place.length - INDENT.length;
    const { file, line } = finding;
    const isHidden = file === undefined || line === undefined || this.#confidential.has(`${file}:${line}`);
    const source = isHidden ? undefined : this.#context.sourceLine(file, line);
    const excerpt = oneLine(source?.trim() ?? '');
    const isShown = excerpt !== '' && room >= SHORTEST_EXCERPT;
    this.#line(this.#colors.cyan(place) + (isShown ? INDENT + this.#colors.dim(clip(excerpt, room)) : ''));
  }

  #finding(finding: ReportedFinding, message: string): void {
    const { dim, bold, cyan } = this.#colors;
    const notes = [
      ...(finding.fix === undefined ? [] : [cyan('fixable')]),
      ...(finding.since === undefined ? [] : [dim(`stood at ${oneLine(finding.since)} already`)]),
    ];
    const title = [this.#action(finding.action), bold(finding.rule), ...notes].join('  ');
    this.#line(`${INDENT.repeat(2)}${title}`);
    this.#paragraph(message, UNDER_RULE);
  }

  excused(excused: readonly ReportedExcuse[]): void {
    if (excused.length === 0) return;
    this.#line(this.#colors.bold('Excused'));
    for (const excuse of excused) {
      const { exception } = excuse;
      const place = oneLine(describeWhere(excuse));
      this.#line(
        `${INDENT}${this.#colors.dim(place)}  ${excuse.rule}  ${oneLine(describe(excuse.resource))} for ${excuse.environment}`,
      );
      const until = exception.until.slice(0, 10);
      const owner = exception.owner === '' ? '' : ` (${exception.owner})`;
      this.#paragraph(`until ${until} by ${exception.name}${owner}: ${exception.reason}`, INDENT.repeat(2));
    }
    this.#line('');
  }

  errors(errors: readonly ReportedError[]): void {
    if (errors.length === 0) return;
    this.#line(this.#colors.bold(this.#colors.red('Could not judge')));
    for (const error of errors) {
      const place = oneLine(describePlace(error));
      if (place !== '') this.#line(`${INDENT}${this.#colors.dim(place)}`);
      this.#paragraph(error.message, INDENT.repeat(place === '' ? 1 : 2));
    }
    this.#line('');
  }

  summary({ summary, errors, excused }: CheckResult): void {
    const { red, yellow, green, dim, bold } = this.#colors;
    const { resources, judged, deny, warn, audit, untouched, unassigned } = summary;

    const verdicts = [
      ...(deny === 0 ? [] : [red(bold(`${deny} denied`))]),
      ...(warn === 0 ? [] : [yellow(bold(count(warn, 'warning')))]),
      ...(audit === 0 ? [] : [count(audit, 'audit note')]),
      ...(excused.length === 0 ? [] : [`${excused.length} excused`]),
      ...(errors.length === 0 ? [] : [red(bold(count(errors.length, 'error')))]),
    ];
    const scope = [
      `${judged} of ${count(resources, 'resource')} judged`,
      ...(untouched === 0 ? [] : [`${untouched} of other kinds passed`]),
      ...(unassigned === 0 ? [] : [yellow(`${unassigned} without an environment`)]),
    ].join(', ');
    const clean = judged > 0 ? green(bold('clean')) : 'nothing found';
    const verdict = verdicts.length === 0 ? clean : verdicts.join(', ');
    const both = `${verdict} ${dim('·')} ${scope}`;
    this.#line(stripVTControlCharacters(both).length <= this.#width ? both : `${verdict}\n${scope}`);

    for (const hint of this.#context.hints()) this.#line(dim(oneLine(hint)));
  }

  #action(action: ReportedFinding['action']): string {
    if (action === 'deny') return this.#colors.red('deny ');
    return action === 'warn' ? this.#colors.yellow('warn ') : this.#colors.dim('audit');
  }

  #paragraph(words: string, indent: string): void {
    for (const line of wrap(oneLine(words), this.#width - indent.length)) this.#line(indent + line);
  }

  #line(line: string): void {
    this.#text += `${line}\n`;
  }
}

function clip(line: string, room: number): string {
  return line.length <= room ? line : `${line.slice(0, Math.max(0, room - 1))}…`;
}
