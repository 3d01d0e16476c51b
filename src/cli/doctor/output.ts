/** What the doctor found, as text and as JSON. */
import { countOf, type State, type Verdict } from '../../doctor/verdict.ts';
import { count } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import { commandLine } from '../../text/commandLine.ts';
import { wrap } from '../../text/wrap.ts';
import type { ClusterOptions } from '../cluster.ts';
import { EXIT } from '../failure.ts';
import type { Colors } from '../io.ts';

export interface Examination {
  /** `https://127.0.0.1:6443 (context "weir")`. */
  readonly server: string;
  /** `cart in shop-prod`; empty for a whole cluster. */
  readonly subject: string;
  /** In the order in which they are told. */
  readonly verdicts: readonly Verdict[];
  /** Headings by family: the part of a check's name before the slash. */
  readonly headings: Readonly<Record<string, string>>;
  /** In which the commands are to be run. */
  readonly cluster: ClusterOptions;
}

/** Narrower than this, lines are not broken; wider ones are tiring to read. */
const NARROWEST = 40;
const WIDEST = 110;
const INDENT = ' '.repeat(10);

export function asText(
  { server, subject, verdicts, headings, cluster }: Examination,
  colors: Colors,
  columns: number | undefined,
): string {
  const width = Math.max(NARROWEST, Math.min(columns ?? 100, WIDEST));
  const lines = [subject === '' ? `${colors.bold('Cluster')} ${server}` : `${colors.bold(subject)} at ${server}`];
  let family = '';
  for (const verdict of verdicts) {
    const of = verdict.check.slice(0, verdict.check.indexOf('/'));
    if (of !== family) lines.push('', colors.bold(headings[of] ?? of));
    family = of;
    lines.push(...verdictLines(verdict, cluster, colors, width));
  }
  lines.push('', summary(verdicts, colors));
  const first = verdicts.find(({ state }) => state === 'wrong');
  if (first !== undefined && countOf(verdicts, 'wrong') > 1)
    lines.push(colors.dim(`begin with ${first.check}: the rest may follow from it`));
  return `${lines.join('\n')}\n`;
}

function verdictLines(
  { state, check, found, next }: Verdict,
  cluster: ClusterOptions,
  colors: Colors,
  width: number,
): string[] {
  const [first = '', ...rest] = wrap(oneLine(found), width - INDENT.length);
  const lines = [`  ${mark(state, colors)}${first}`, ...rest.map((line) => INDENT + line)];
  if (state === 'wrong') lines.push(`${INDENT}${colors.dim(check)}`);
  for (const command of next) lines.push(`${INDENT}${colors.cyan(`$ ${oneLine(inCluster(command, cluster))}`)}`);
  return lines;
}

function mark(state: State, { green, red, yellow, cyan, bold }: Colors): string {
  const text = state.padEnd(INDENT.length - 2);
  if (state === 'well') return green(text);
  if (state === 'wrong') return red(bold(text));
  return state === 'note' ? yellow(text) : cyan(text);
}

function summary(verdicts: readonly Verdict[], { red, green, yellow, cyan, bold, dim }: Colors): string {
  const { wrong, unseen, notes, well } = countsOf(verdicts);
  const parts = [
    wrong === 0 ? green(bold('nothing is wrong')) : red(bold(`${wrong} wrong`)),
    ...(unseen === 0 ? [] : [cyan(`${unseen} could not be looked at`)]),
    ...(notes === 0 ? [] : [yellow(count(notes, 'note'))]),
    dim(`${well} well`),
  ];
  return parts.join(dim(' · '));
}

function countsOf(verdicts: readonly Verdict[]) {
  return {
    wrong: countOf(verdicts, 'wrong'),
    unseen: countOf(verdicts, 'unseen'),
    notes: countOf(verdicts, 'note'),
    well: countOf(verdicts, 'well'),
  };
}

/** The command as it is to be typed: the cluster that was looked at is named where the user named it. */
function inCluster(command: string, { kubeconfig, context }: ClusterOptions): string {
  const options = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
  if (options.length === 0) return command;
  const words = commandLine(...options);
  if (command.startsWith('kubectl ')) return `kubectl ${words}${command.slice('kubectl'.length)}`;
  return /^weir (audit|doctor|schedule explain|namespace)\b/.test(command) ? `${command} ${words}` : command;
}

export function asJson({ server, subject, verdicts, cluster }: Examination): string {
  const result = {
    kind: 'DoctorResult',
    server,
    ...(subject === '' ? {} : { subject }),
    summary: countsOf(verdicts),
    verdicts: verdicts.map(({ check, state, found, next }) => ({
      check,
      state,
      found,
      next: next.map((command) => inCluster(command, cluster)),
    })),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** What is wrong is certain, whatever else could not be seen; that nothing is wrong is not. */
export function exitCodeOf(verdicts: readonly Verdict[]): number {
  if (countOf(verdicts, 'wrong') > 0) return EXIT.denied;
  return countOf(verdicts, 'unseen') > 0 ? EXIT.failed : EXIT.clean;
}
