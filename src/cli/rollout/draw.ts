/** A rollout on the terminal: who has which share, its steps and metrics, and what it waits for. Pure. */
import { oneLine } from '../../report/safeText.ts';
import { lengthText } from '../../schedule/duration.ts';
import { wrap } from '../../text/wrap.ts';
import type { Colors } from '../io.ts';
import { restOf } from './metrics.ts';
import type { Share, StepView, View } from './view.ts';

const USUAL_COLUMNS = 80;
const LEAST_COLUMNS = 40;
/** `metrics  `, `  ` before and behind. */
const LABEL = 9;
const MOST_BAR = 40;
const LEAST_BAR = 4;
/** With fewer there is no room for the word. */
const COLUMNS_FOR_PODS = 50;
const METRIC_BAR = 10;

/** Lines without an end, each within the columns of the terminal. */
export function draw(view: View, now: Date, colors: Colors, columns: number = USUAL_COLUMNS): string[] {
  const width = Math.max(LEAST_COLUMNS, columns);
  const lines = [...titleLines(view, now, colors, width), ...trafficLines(view.traffic, colors, width), ''];
  if (view.steps.length > 0) lines.push(...labelled('steps', stepWords(view.steps), width, colors, stepPaint(colors)));
  lines.push(...metricLines(view, now, colors, width), ...waitLines(view, now, colors, width));
  return lines;
}

function titleLines(view: View, now: Date, colors: Colors, width: number): string[] {
  const { name, namespace, service, strategy, phase, since, steps } = view;
  const step = placeOf(view);
  const title = `${oneLine(name)} in ${oneLine(namespace)}`;
  const behind = ` · ${strategy === undefined ? '' : `${strategy} of `}Service ${oneLine(service)}`;
  const head = (title + behind).length <= width ? [colors.bold(title) + behind] : [colors.bold(cut(title, width))];

  const state = phase ?? 'not looked at yet';
  const isUnderWay = view.candidate !== undefined && steps.length > 0 && step > 0;
  const where = isUnderWay ? ` · step ${step} of ${steps.length - 1}` : '';
  const length = since === undefined ? '' : ` · for ${ageText(since, now)}`;
  return [...head, `${paintOf(view, colors)(state)}${where}${length}`, ''];
}

/** Among the steps as they are written now: so many were taken of others, where Git changed them meanwhile. */
function placeOf({ steps }: View): number {
  return Math.max(
    0,
    steps.findIndex(({ state }) => state === 'now'),
  );
}

function paintOf({ phase, waiting }: View, colors: Colors): (text: string) => string {
  if (phase === 'Failed') return colors.red;
  if (phase === 'Healthy') return waiting === undefined ? colors.green : colors.yellow;
  return waiting !== undefined && PEOPLES.includes(waiting.for) ? colors.yellow : colors.cyan;
}

/** What goes on only when somebody does something. */
const PEOPLES = ['Person', 'Resume', 'Git', 'Rival', 'RolloutDuration', 'TrafficSplit', 'Spec', 'Stable'];

function trafficLines(traffic: readonly Share[], colors: Colors, width: number): string[] {
  if (traffic.length === 0) return [colors.dim('no Revision has any traffic yet')];
  const longest = Math.max(...traffic.map(({ revision }) => oneLine(revision).length));
  const roles = Math.max(...traffic.map(({ role }) => role.length));
  const pods = traffic.map((share) => podsText(share, width >= COLUMNS_FOR_PODS));
  const behind = 7 + Math.max(...pods.map((text) => text.length)) + 2;
  const room = width - roles - 4 - behind;
  // where there is room for both: what tells Revisions apart stands at the end of their names
  const bar = Math.max(LEAST_BAR, Math.min(MOST_BAR, room - longest));
  const names = Math.min(longest, Math.max(6, room - bar));
  return traffic.map(({ revision, role, percent }, index) => {
    const paint = percent === 0 ? colors.dim : PAINTS[role](colors);
    const name = endOf(oneLine(revision), names).padEnd(names);
    const share = `${percent} %`.padStart(6);
    const text = `${name}  ${role.padEnd(roles)}  ${barOf(percent / 100, bar)}${share}   ${pods[index] ?? ''}`;
    return paint(text.trimEnd());
  });
}

const PAINTS: Readonly<Record<Share['role'], (colors: Colors) => (text: string) => string>> = {
  stable: (colors) => colors.green,
  candidate: (colors) => colors.cyan,
  previous: (colors) => colors.dim,
  failed: (colors) => colors.red,
  '': (colors) => colors.dim,
};

function podsText({ pods, held }: Share, isNamed: boolean): string {
  if (pods === undefined) return '';
  const wanted = held !== undefined && held > pods ? ` of ${held}` : '';
  if (!isNamed) return `${pods}${wanted}`;
  return `${pods}${wanted} ${pods === 1 && wanted === '' ? 'pod' : 'pods'}`;
}

/** Above nothing there is something to be seen. */
function barOf(share: number, width: number): string {
  const full = share > 0 ? Math.max(1, Math.min(width, Math.round(share * width))) : 0;
  return '█'.repeat(full) + '░'.repeat(width - full);
}

const MARKS = { done: '✓', now: '▸', ahead: '·' } as const;
/** Keeps what belongs together on one line. */
const JOINT = '\u00a0';

function stepWords(steps: readonly StepView[]): string {
  return steps
    .slice(steps[0]?.pause === 0 ? 1 : 0)
    .map(({ percent, pause, state }) => {
      const length = pause === 0 ? '' : pause === 'person' ? ' (a person)' : ` (${lengthText(pause)})`;
      return `${MARKS[state]} ${percent === 0 ? 'preview' : `${percent} %`}${length}`.replaceAll(' ', JOINT);
    })
    .join('  ');
}

function stepPaint(colors: Colors): (line: string) => string {
  return (line) =>
    line
      .replace(/▸[^·✓]*/u, (now) => colors.bold(colors.cyan(now)))
      .replace(/·[^▸✓·]*/gu, (ahead) => colors.dim(ahead));
}

function metricLines({ analysis }: View, now: Date, colors: Colors, width: number): string[] {
  if (analysis === undefined) return [];
  const { at, verdict, failures, failureLimit, metrics, message } = analysis;
  const paint = verdict === 'Passed' ? colors.green : verdict === 'Failed' ? colors.red : colors.yellow;
  const counted =
    failureLimit === undefined || failures === 0 ? '' : `, ${failures} of ${failureLimit} failed in a row`;
  const lines = labelled('metrics', `${verdict.toLowerCase()} ${ageText(at, now)} ago${counted}`, width, colors, paint);
  const names = Math.max(0, ...metrics.map(({ name }) => name.length));
  for (const { name, value, max, isWithin, share } of metrics) {
    const drawn = share === undefined ? '' : `${barOf(Math.min(1, share), METRIC_BAR)}  `;
    const text = `${name.padEnd(names)}  ${drawn}${value ?? ''} ${isWithin === true ? 'of' : 'above'} ${max ?? ''}`;
    lines.push(`  ${(isWithin === true ? colors.green : colors.red)(cut(text, width - 2))}`);
  }
  const rest = restOf(message);
  if (rest !== '') lines.push(...wrap(oneLine(rest), width - 2).map((line) => `  ${colors.dim(cut(line, width - 2))}`));
  return lines;
}

function waitLines(view: View, now: Date, colors: Colors, width: number): string[] {
  const { waiting, failed, phase, isUnseen, gitOwner, message, isDone } = view;
  const lines: string[] = [];
  if (waiting !== undefined) {
    const paint = PEOPLES.includes(waiting.for) ? colors.yellow : (text: string) => text;
    const words = withoutMetrics(waitText(waiting.message), view);
    lines.push(...labelled('waits', withCountdown(oneLine(words), now), width, colors, paint));
  } else if (phase !== undefined && message !== '' && phase !== 'Failed') {
    lines.push(...labelled('', oneLine(message), width, colors));
  }
  const last = failed.at(-1);
  if (last !== undefined && phase === 'Failed') {
    const sentence = `${last.revision} at ${last.at}: ${last.message} (${last.reason})`;
    lines.push(...labelled('failed', oneLine(sentence), width, colors, colors.red));
    if (isDone) lines.push(...labelled('', `weir rollout retry ${oneLine(view.name)} tries it again`, width, colors));
  }
  const { previous, stable, name } = view;
  if (isDone && phase === 'Healthy' && previous !== undefined && previous !== stable) {
    const words = `weir rollout undo ${oneLine(name)} goes back to ${oneLine(previous)}`;
    lines.push(...labelled('', words, width, colors));
  }
  if (isUnseen) {
    const words =
      phase === undefined ? 'no controller has looked at it' : 'no controller has looked at its newest spec';
    lines.push(...labelled('note', `${words} yet; weir controller does`, width, colors, colors.yellow));
  }
  if (gitOwner !== undefined && waiting?.for !== 'Git') {
    lines.push(...labelled('note', `${oneLine(gitOwner)} writes spec.traffic`, width, colors, colors.yellow));
  }
  return lines;
}

/** Behind the word `waits`. */
function waitText(message: string): string {
  return message.replace(/^it waits /, '');
}

/** They are drawn already. */
function withoutMetrics(message: string, { analysis }: View): string {
  const behind = analysis === undefined ? '' : `: ${analysis.message}`;
  return behind !== '' && message.endsWith(behind) ? message.slice(0, -behind.length) : message;
}

const UNTIL = /until (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)/;

/** `the step lasts until 2026-11-23T10:06:12Z, 1m12s from now`. */
function withCountdown(message: string, now: Date): string {
  const moment = UNTIL.exec(message)?.[1];
  const left = moment === undefined ? Number.NaN : Date.parse(moment) - now.getTime();
  return left > 0 ? `${message} (in ${shortText(left)})` : message;
}

function labelled(
  label: string,
  words: string,
  width: number,
  colors: Colors,
  paint: (line: string) => string = (line) => line,
): string[] {
  return wrap(words.replaceAll(' %', `${JOINT}%`), width - LABEL).map((line, index) => {
    const lead = (index === 0 ? label : '').padEnd(LABEL);
    return `${colors.dim(lead)}${paint(cut(line, width - LABEL).replaceAll(JOINT, ' '))}`.trimEnd();
  });
}

export function ageText(since: string, now: Date): string {
  return shortText(Math.max(0, now.getTime() - Date.parse(since)));
}

/** Seconds say nothing of what takes hours. */
function shortText(milliseconds: number): string {
  const hour = 3_600_000;
  return lengthText(milliseconds >= hour ? Math.floor(milliseconds / 60_000) * 60_000 : milliseconds);
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function endOf(name: string, width: number): string {
  return name.length <= width ? name : `…${name.slice(1 - width)}`;
}

/** What has failed is said behind it. */
function stableText({ phase, stable, waiting }: View): string {
  if (phase === 'Failed' && waiting === undefined) return '';
  return stable === undefined ? 'nothing is stable' : `${stable} is stable`;
}

/** One line for a change, where there is no terminal: it is the same as long as nothing happens. */
export function lineOf(view: View): string {
  const { name, phase, steps, stable, candidate, traffic, waiting, analysis, message, isUnseen } = view;
  const step = placeOf(view);
  const percent = traffic.find(({ revision }) => revision === candidate)?.percent ?? 0;
  const parts = [
    phase ?? 'not looked at yet',
    candidate === undefined
      ? stableText(view)
      : `${candidate} ${percent} %${step === 0 ? '' : ` (step ${step} of ${steps.length - 1})`}, ${stable ?? 'nothing'} ${100 - percent} %`,
    analysis === undefined || candidate === undefined ? '' : `analysis ${analysis.verdict.toLowerCase()}`,
    waiting === undefined ? (phase === 'Failed' ? message : '') : `waits: ${waitText(waiting.message)}`,
    isUnseen ? 'no controller has looked at its newest spec yet' : '',
  ];
  return `${oneLine(name)}  ${parts
    .filter((part) => part !== '')
    .map(oneLine)
    .join('; ')}`;
}
