/** `weir schedule explain`: why a ScalingSchedule holds what it holds. */
import { arrayAt, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { judge } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { scheduleRules } from '../../policy/rules/schedule/index.ts';
import { oneLine } from '../../report/safeText.ts';
import type { ScalingSchedule, State } from '../../schedule/model.ts';
import { stateAt } from '../../schedule/state.ts';
import type { Zone } from '../../schedule/zones.ts';
import { contextFor } from '../check/context.ts';
import { Session } from '../check/session.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { authorsScale } from './author.ts';
import { beyondBounds, type Surroundings } from './bounded.ts';
import { findSchedule, type Source, type SourceOptions } from './source.ts';
import { localText, offsetText, readTime, spanText, zoneOf } from './times.ts';
import { causeText, heldText, targetText, titleText, windowText } from './words.ts';

export interface ExplainOptions extends SourceOptions {
  readonly at?: string;
  readonly env?: string;
  readonly policies?: string;
}

export async function explain(subject: string, options: ExplainOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const source = await findSchedule(subject, options, io);
  const { schedule } = source;
  const zone = zoneOf(schedule.timeZone);
  const at = options.at === undefined ? io.now() : readTime(options.at, '--at', zone, 'start');
  const policy = await policyFor(subject, source, options, io);

  const { bold, dim } = context.colors(io.stdout);
  const lines = [...timeLines(source, at, zone), ...policyLines(source, policy, at, zone), ...clusterLines(source)];
  const width = Math.max(...lines.map(([name]) => name.length));
  const heading = `${bold(titleText(schedule))} · ${targetText(schedule.target)} · ${schedule.timeZone}`;
  const text = lines.map(([name, sentence]) => `${dim(name.padEnd(width))}  ${sentence}`);
  io.stdout.write(`${[heading, '', ...text].join('\n')}\n`);
  return EXIT.clean;
}

type Line = readonly [name: string, sentence: string];

function timeLines(source: Source, at: Date, zone: Zone): Line[] {
  const { schedule } = source;
  const state = stateAt(schedule, at);
  const lines: Line[] = [
    ['at', `${localText(at, zone)} (${offsetText(at, zone)})`],
    ['holds', `${valuesOf(state, source)}: ${reason(state, schedule)}`],
  ];
  const { since, until } = state;
  if (since !== undefined)
    lines.push(['since', `${localText(since, zone)}, ${spanText(at.getTime() - since.getTime())} ago`]);
  if (until === undefined) lines.push(['until', 'somebody changes the schedule']);
  else {
    const next = stateAt(schedule, until);
    lines.push([
      'until',
      `${localText(until, zone)}, in ${spanText(until.getTime() - at.getTime())}; then ${causeText(next)} holds ${valuesOf(next, source)}`,
    ]);
  }
  lines.push(...hidden(state, source, at));
  for (const window of schedule.windows) {
    lines.push([
      `window`,
      `${window.name}${window.name === state.window ? ' (now)' : ''}: ${heldText(window.scale)}, ${windowText(window)}`,
    ]);
  }
  return lines;
}

function valuesOf({ scale }: State, source: Source): string {
  if (scale !== undefined) return heldText(scale);
  const author = authorsScale(source);
  return author === undefined ? 'what the author wrote' : `what the author wrote (min-scale ${author.minScale ?? 0})`;
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
function hidden(state: State, source: Source, at: Date): Line[] {
  if (state.cause !== 'override' && state.cause !== 'suspended') return [];
  const bare: ScalingSchedule = { ...source.schedule, override: undefined, isSuspended: false };
  const without = stateAt(bare, at);
  return [['instead of', `${valuesOf(without, source)} (${causeText(without)})`]];
}

/** The policy of the environment that is named, that the file goes to, or that the cluster's namespace is in. */
async function policyFor(
  subject: string,
  source: Source,
  options: ExplainOptions,
  io: Io,
): Promise<EffectivePolicy | undefined> {
  const environment = options.env ?? source.environment;
  // standard input is read once
  const paths = source.isFile && subject !== STDIN ? [subject] : [];
  if (environment === undefined && paths.length === 0) return undefined;
  const opened = { paths, environment, policies: options.policies };
  const session = await Session.open(opened, io, progressOn(io));
  if (environment !== undefined) return session.policies.byName.get(environment);
  const { assigned } = await session.read(paths);
  const { name } = source.schedule;
  return assigned.find(({ resource }) => nameOf(resource.object) === name)?.policy;
}

const CATALOGUE = { rules: scheduleRules, defaulters: [], knativeDefaults: (object: Source['object']) => object };

function policyLines(source: Source, policy: EffectivePolicy | undefined, at: Date, zone: Zone): Line[] {
  if (policy === undefined)
    return [['policy', 'no environment is known, so that no bound counts; --env NAME names one']];
  const { object, beside } = source;
  const context = contextFor(policy, [object, ...beside], at);
  const { findings } = judge(object, context, CATALOGUE);
  const exceptions = exceptionLines(source, context, at, zone);
  // a file need not hold the Service as well
  const told = findings.filter(({ rule }) => rule !== 'schedule/unknown-target');
  if (told.length === 0) return [['policy', `${policy.name} cuts nothing`], ...exceptions];
  const lines = told.map(({ message, rule }): Line => ['policy', `${oneLine(message)} (${rule})`]);
  return [...lines, ...exceptions];
}

/** By what the scale of the moment goes beyond a bound. */
function exceptionLines({ schedule }: Source, surroundings: Surroundings, at: Date, zone: Zone): Line[] {
  const beyond = beyondBounds(stateAt(schedule, at).scale ?? {}, schedule, surroundings, at);
  return beyond.map(({ field, exception: { name, until }, cutTo }) => [
    'exception',
    `PolicyException ${oneLine(name)} lets ${field} go beyond what ${surroundings.policy.name} allows until ${localText(until, zone)}; then it is cut to ${cutTo}`,
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
