/** A plan on the terminal: a row for each step, with when it comes, the share, and the pods. Pure. */
import { oneLine } from '../../report/safeText.ts';
import type { TrafficRollout } from '../../rollout/model.ts';
import type { Given, Plan, PlannedStep } from '../../rollout/plan.ts';
import { keepOldOf } from '../../rollout/stages.ts';
import { lengthText } from '../../schedule/duration.ts';
import type { Zone } from '../../schedule/zones.ts';
import { wrap } from '../../text/wrap.ts';
import type { Colors } from '../io.ts';
import { localText, offsetText } from '../schedule/times.ts';

export interface PlanDrawing {
  readonly rollout: TrafficRollout;
  readonly plan: Plan;
  readonly given: Given;
  readonly zone: Zone;
  /** The environment whose freezes and bounds counted. */
  readonly policy: string | undefined;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly colors: Colors;
}

const USUAL_COLUMNS = 80;
const LEAST_COLUMNS = 40;
/** `Mon 2026-11-23 10:00` and what is behind it. */
const WHEN = 22;
/** ` 100 %`. */
const SHARE = 6;
/** `  stable`, `  new`: figures under them. */
const PODS = 16;
const MOST_BAR = 40;
const LEAST_BAR = 6;

export function drawPlan(drawing: PlanDrawing): string {
  const { rollout, plan, given, zone, columns = USUAL_COLUMNS, colors } = drawing;
  const width = Math.max(LEAST_COLUMNS, columns);
  const bar = Math.max(LEAST_BAR, Math.min(MOST_BAR, width - WHEN - SHARE - PODS - 1));
  const { bold, dim } = colors;
  const title = rollout.name === '' ? 'a rollout without a name' : oneLine(rollout.name);
  const where = rollout.namespace === '' ? '' : ` in ${oneLine(rollout.namespace)}`;
  const kind = ` · ${rollout.strategy.type} of Service ${oneLine(rollout.service)}`;
  const heading = `${title}${where}`;
  const head = `${'at'.padEnd(WHEN)}${'share'.padEnd(bar + SHARE)}${'stable'.padStart(8)}${'new'.padStart(8)}`;

  const lines = [
    (heading + kind).length <= width ? bold(heading) + kind : bold(heading.slice(0, width)),
    ...wrap(
      `if everything goes well, and the new Revision is Ready at the first line's time (${offsetText(given.from, zone)})`,
      width,
    ).map(dim),
    '',
    dim(head),
    ...plan.steps.flatMap((step, index) => rowsOf(step, plan.steps[index - 1], drawing, width, bar)),
    '',
    ...footer(drawing).flatMap((sentence) => wrap(sentence, width)),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function rowsOf(
  { at, percent, candidatePods, frozen }: PlannedStep,
  before: PlannedStep | undefined,
  { rollout, given, zone, colors }: PlanDrawing,
  width: number,
  bar: number,
): string[] {
  const when = at === undefined ? 'later' : localText(at, zone);
  const full = percent === 0 ? 0 : Math.max(1, Math.round((percent / 100) * bar));
  const drawn = colors.cyan('█'.repeat(full)) + colors.dim('░'.repeat(bar - full));
  const pods = `${String(given.pods).padStart(8)}${String(candidatePods).padStart(8)}`;
  const row = `${when.padEnd(WHEN)}${drawn}${`${percent} %`.padStart(SHARE)}${pods}`;
  const notes = notesOf(before, rollout, frozen);
  const lead = '↳ ';
  return [
    ...notes
      .flatMap((note) => wrap(oneLine(note), width - 4))
      .map((line, index) => colors.dim(`  ${index === 0 ? lead : '  '}${line}`)),
    row,
  ];
}

/** What has to hold between the step before and this one. */
function notesOf(before: PlannedStep | undefined, { analysis }: TrafficRollout, frozen: string | undefined): string[] {
  if (before === undefined) return [];
  const parts: string[] = [];
  if (before.pause === 'person') parts.push('a person says promote');
  else if (before.pause > 0) parts.push(`after ${lengthText(before.pause)}`);
  if (analysis !== undefined) {
    const isFirst = before.percent === 0;
    parts.push(
      isFirst
        ? `an interval of ${lengthText(analysis.interval)} with nothing bad in it`
        : `an interval of ${lengthText(analysis.interval)} that is good`,
    );
  }
  parts.push('its pods are ready');
  return [`${parts.join(', ')}${frozen === undefined ? '' : `; put off by ${frozen}`}`];
}

function footer({ rollout, plan, given, zone, policy }: PlanDrawing): string[] {
  const { end, mostPods, extraPodHours, steps } = plan;
  const whole = steps.at(-1)?.at;
  const lines: string[] = [];
  if (whole === undefined) lines.push('it ends when a person has said promote; the times after that hang on when');
  else
    lines.push(
      `everything goes to the new Revision ${lengthText(Math.max(0, whole.getTime() - given.from.getTime()))} after it is Ready, at the earliest`,
    );
  const kept = keepOldOf(rollout);
  if (end !== undefined) {
    const why = kept === 0 ? 'one stable window after that' : `with the old Revision kept for ${lengthText(kept)}`;
    lines.push(`its pods are held until ${localText(end, zone)}, ${why}`);
  }
  lines.push(
    `${mostPods} pods at most, ${mostPods - given.pods} more than stable's ${given.pods}; ${hours(extraPodHours)} pod-hours beyond stable's own${whole === undefined ? ', without the time that people take' : ''}`,
  );
  const { analysis } = rollout;
  if (analysis === undefined) lines.push('there is no analysis: steps go by the clock alone');
  else {
    const worst = lengthText(analysis.failureLimit * analysis.interval);
    lines.push(`a bad Revision is gone after ${analysis.failureLimit} failed intervals in a row, which is ${worst}`);
  }
  if (policy === undefined)
    lines.push('no environment is known, so that none of its freezes and bounds count; --env names one');
  return lines;
}

function hours(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}
