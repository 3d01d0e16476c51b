/** `weir schedule explain`: why a ScalingSchedule holds what it holds. */
import { arrayAt, stringAt } from '../../kubernetes/json.ts';
import { judge } from '../../policy/engine/judge.ts';
import { scheduleRules } from '../../policy/rules/schedule/index.ts';
import { oneLine } from '../../report/safeText.ts';
import type { ScalingSchedule, State } from '../../schedule/model.ts';
import { stateAt } from '../../schedule/state.ts';
import type { Zone } from '../../schedule/zones.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { beyondBounds, scaleAt } from './bounded.ts';
import { findSchedule, type Source } from './source.ts';
import { type EnvironmentOptions, type Surroundings, surroundingsOf } from './surroundings.ts';
import { localText, offsetText, readTime, spanText, zoneOf } from './times.ts';
import { authorText, causeText, heldText, targetText, titleText, windowText } from './words.ts';

export interface ExplainOptions extends EnvironmentOptions {
  readonly at?: string;
}

export async function explain(subject: string, options: ExplainOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const source = await findSchedule(subject, options, io);
  const { schedule } = source;
  const zone = zoneOf(schedule.timeZone);
  const at = options.at === undefined ? io.now() : readTime(options.at, '--at', zone, 'start');
  const surroundings = await surroundingsOf(subject, source, options, at, io);

  const { bold, dim } = context.colors(io.stdout);
  const lines = [
    ...timeLines(surroundings, at, zone),
    ...policyLines(source, surroundings, at, zone),
    ...clusterLines(source),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const heading = `${bold(titleText(schedule))} · ${targetText(schedule.target)} · ${schedule.timeZone}`;
  const text = lines.map(([name, sentence]) => `${dim(name.padEnd(width))}  ${sentence}`);
  io.stdout.write(`${[heading, '', ...text].join('\n')}\n`);
  return EXIT.clean;
}

type Line = readonly [name: string, sentence: string];

function timeLines(surroundings: Surroundings, at: Date, zone: Zone): Line[] {
  const { schedule } = surroundings;
  const state = stateAt(schedule, at);
  const lines: Line[] = [
    ['at', `${localText(at, zone)} (${offsetText(at, zone)})`],
    ['holds', `${valuesOf(state, surroundings, at)}: ${reason(state, schedule)}`],
  ];
  if (state.scale !== undefined) {
    for (const cut of scaleAt(state.scale, surroundings, at).cuts) lines.push(['cut', cut]);
  }
  const { since, until } = state;
  if (since !== undefined)
    lines.push(['since', `${localText(since, zone)}, ${spanText(at.getTime() - since.getTime())} ago`]);
  if (until === undefined) lines.push(['until', 'somebody changes the schedule']);
  else {
    const next = stateAt(schedule, until);
    lines.push([
      'until',
      `${localText(until, zone)}, in ${spanText(until.getTime() - at.getTime())}; then ${causeText(next)} holds ${valuesOf(next, surroundings, until)}`,
    ]);
  }
  lines.push(...hidden(state, surroundings, at));
  for (const window of schedule.windows) {
    lines.push([
      `window`,
      `${window.name}${window.name === state.window ? ' (now)' : ''}: ${heldText(window.scale)}, ${windowText(window)}`,
    ]);
  }
  return lines;
}

function valuesOf({ scale }: State, surroundings: Surroundings, at: Date): string {
  if (scale !== undefined) return heldText(scaleAt(scale, surroundings, at).scale);
  const { author } = surroundings;
  return author === undefined ? 'what the author wrote' : `what the author wrote (${authorText(author)})`;
}

function reason(state: State, { override, until }: ScalingSchedule): string {
  switch (state.cause) {
    case 'window':
      return `window ${state.window ?? ''} is active`;
    case 'override':
      return `spec.override counts before any window${override === undefined ? '' : ', until it ends'}`;
    case 'suspended':
      return 'spec.suspend is true';
    case 'ended':
      return `spec.until (${until?.toISOString() ?? ''}) has passed`;
    case 'default':
      return 'no window is active, and this is spec.default';
    case 'author':
      return 'no window is active, and there is no spec.default';
  }
}

/** What would hold if nobody had overridden or suspended it. */
function hidden(state: State, surroundings: Surroundings, at: Date): Line[] {
  if (state.cause !== 'override' && state.cause !== 'suspended') return [];
  const bare: ScalingSchedule = { ...surroundings.schedule, override: undefined, isSuspended: false };
  const without = stateAt(bare, at);
  return [['instead of', `${valuesOf(without, surroundings, at)} (${causeText(without)})`]];
}

const CATALOGUE = { rules: scheduleRules, defaulters: [], knativeDefaults: (object: Source['object']) => object };

function policyLines({ object }: Source, surroundings: Surroundings, at: Date, zone: Zone): Line[] {
  const { context } = surroundings;
  if (context === undefined)
    return [['policy', 'no environment is known, so that no policy counts; --env NAME names one']];
  const { policy } = context;
  const { findings } = judge(object, context, CATALOGUE);
  const exceptions = exceptionLines(surroundings, policy.name, at, zone);
  // a file need not hold the Service as well
  const told = findings.filter(({ rule }) => rule !== 'schedule/unknown-target');
  if (told.length === 0) return [['policy', `no rule of ${policy.name} says anything about it`], ...exceptions];
  const lines = told.map(({ message, rule }): Line => ['policy', `${oneLine(message)} (${rule})`]);
  return [...lines, ...exceptions];
}

/** By what the scale of the moment goes beyond a bound. */
function exceptionLines(surroundings: Surroundings, environment: string, at: Date, zone: Zone): Line[] {
  const beyond = beyondBounds(stateAt(surroundings.schedule, at).scale ?? {}, surroundings, at);
  return beyond.map(({ field, exception: { name, until }, cutTo }) => [
    'exception',
    `PolicyException ${oneLine(name)} lets ${field} go beyond what ${environment} allows until ${localText(until, zone)}; then it is cut to ${cutTo}`,
  ]);
}

/** What the controller says of it; a file has nothing of that. */
function clusterLines({ object, isFile }: Source): Line[] {
  if (isFile) return [];
  const lines: Line[] = [];
  for (const condition of arrayAt(object, 'status', 'conditions')) {
    const type = stringAt(condition, 'type') ?? '';
    const message = stringAt(condition, 'message') ?? '';
    const isWell = stringAt(condition, 'status') === 'True';
    if (type === 'Ready' || !isWell)
      lines.push(['status', oneLine(`${type} ${stringAt(condition, 'status') ?? ''}: ${message}`)]);
  }
  const revisions = arrayAt(object, 'status', 'revisions').map((entry) => stringAt(entry, 'name') ?? '');
  if (revisions.length > 0) lines.push(['revisions', oneLine(revisions.join(', '))]);
  if (lines.length === 0) lines.push(['status', 'no controller has said anything about it yet; weir controller does']);
  return lines;
}
