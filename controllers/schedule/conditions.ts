/** What a ScalingSchedule's conditions say. Pure: the same state gives the same words, so that nothing is written twice. */
import { type Condition, withConditions } from '../../src/kubernetes/conditions.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Problem, Scale } from '../../src/schedule/model.ts';
import { scaleText } from '../../src/schedule/scaleText.ts';
import type { Authored } from '../minScale/authors.ts';
import type { Look } from './look.ts';
import { causeText, listText } from './words.ts';

/** All that is known at the end of a round. */
export interface Findings {
  readonly look: Look;
  /** What is wrong with the document. */
  readonly problems: readonly Problem[];
  /** Why nothing may be written; undefined where it may. */
  readonly obstacle: string | undefined;
  /** `Service cart`, of what is not there. */
  readonly missing: string | undefined;
  readonly held: readonly HeldRevision[];
  /** What is neither held nor put back yet, for whatever reason: what its author wrote must not be forgotten. */
  readonly kept: readonly Recorded[];
  readonly failures: readonly Failure[];
  /** When the clock changes something next: a window, or the end of an exception by which a value goes beyond a bound. */
  readonly until: Date | undefined;
}

/** A Revision and what its author wrote, as the status keeps it. */
export interface Recorded {
  readonly name: string;
  readonly uid: string;
  readonly authored: Authored;
}

export interface HeldRevision extends Recorded {
  readonly scale: Scale;
  readonly cuts: readonly string[];
  /** The names of the PolicyExceptions by which it is held beyond a bound of the environment. */
  readonly excuses: readonly string[];
}

export interface Failure {
  readonly revision: string;
  /** Refused by an admission webhook or by missing rights: the same request is refused again. */
  readonly isRefusal: boolean;
  readonly message: string;
}

/** With the transition times of the conditions that stay as they are; conditions of others stay. */
export function conditionsOf(schedule: JsonObject, findings: Findings, now: Date): JsonObject[] {
  const wanted = [ready(findings), withinBounds(findings), uncontested(findings)];
  return withConditions(schedule, wanted, now);
}

function ready(findings: Findings): Condition {
  const { status, reason, message } = readiness(findings);
  return { type: 'Ready', status, reason, message };
}

function readiness({ look, problems, obstacle, missing, held, failures }: Findings): Omit<Condition, 'type'> {
  const { state, waits, contests } = look;
  if (problems.length > 0 || state === undefined) {
    const sentences = problems.map(({ path, message }) => `${path}: ${message}`);
    return no('Invalid', `what it has held stays as it is until it can be read: ${listText(sentences, 3)}`);
  }
  if (obstacle !== undefined) return no('KnativeVersionUnknown', obstacle);
  const [failure] = failures;
  if (failure !== undefined) {
    const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
    const reason = failures.some(({ isRefusal }) => isRefusal) ? 'Refused' : 'WriteFailed';
    return no(reason, `${failure.revision}: ${failure.message}${more}`);
  }
  if (missing !== undefined) return no('NoTarget', `${missing} is not there; nothing is held`);
  if (state.scale === undefined) return yes('AuthorsValues', `${causeText(state)}: what the author wrote holds`);

  const names = held.map(({ name }) => name);
  const waiting = waits.length === 0 ? '' : `; ${listText(waits)}`;
  if (names.length > 0) {
    const scales = new Set(held.map(({ scale }) => scaleText(scale)));
    const scale = scales.size === 1 ? [...scales].join('') : scaleText(state.scale);
    return yes('Holds', `${causeText(state)} holds ${scale} on ${listText(names)}${waiting}`);
  }
  if (waits.length > 0) return no('Waiting', `${causeText(state)} asks for ${scaleText(state.scale)}${waiting}`);
  if (contests.length > 0) return yes('GivesWay', 'another schedule holds what this one is about');
  return no(
    'NothingToHold',
    `none of its Revisions has traffic; ${causeText(state)} asks for ${scaleText(state.scale)}`,
  );
}

function withinBounds({ held }: Findings): Condition {
  const cuts = held.flatMap(({ name, cuts }) => cuts.map((cut) => `${name}: ${cut}`));
  const excuses = new Set(held.flatMap((each) => each.excuses));
  if (cuts.length === 0 && excuses.size > 0) {
    const names = listText([...excuses].sort());
    return {
      type: 'WithinBounds',
      ...yes('Excused', `beyond the bounds of the environment by PolicyException ${names}`),
    };
  }
  if (cuts.length === 0) {
    return { type: 'WithinBounds', ...yes('AsWritten', 'nothing that it asks for goes beyond a bound') };
  }
  return { type: 'WithinBounds', ...no('Cut', listText(cuts)) };
}

/** Names the loser, on the winner as well. */
function uncontested({ look }: Findings): Condition {
  const { contests, contender } = look;
  const mine = contender?.schedule.name;
  const lost = contests.filter(({ winner }) => winner.schedule.name !== mine);
  if (lost.length > 0) {
    const sentences = lost.map(({ revision, winner }) => {
      return `${revision} is held by ScalingSchedule ${winner.schedule.name} (priority ${winner.priority}, ${scaleText(winner.scale)}): this one, ${mine}, loses`;
    });
    return { type: 'Uncontested', ...no('Loses', listText(sentences, 3)) };
  }
  if (contests.length === 0) return { type: 'Uncontested', ...yes('Alone', 'no other schedule asks for the same') };
  const sentences = contests.map(({ revision, losers }) => {
    const others = losers.map(({ schedule, priority, scale }) => {
      return `ScalingSchedule ${schedule.name} (priority ${priority}, ${scaleText(scale)})`;
    });
    return `on ${revision} ${listText(others, 3)} loses`;
  });
  return { type: 'Uncontested', ...no('Wins', listText(sentences, 3)) };
}

function yes(reason: string, message: string): Omit<Condition, 'type'> {
  return { status: 'True', reason, message };
}

function no(reason: string, message: string): Omit<Condition, 'type'> {
  return { status: 'False', reason, message };
}
