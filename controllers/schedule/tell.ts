/** The Events and CloudEvents about what a round has done. Pure: what to tell, and not the telling. */
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { timeText } from '../../src/kubernetes/time.ts';
import type { State } from '../../src/schedule/model.ts';
import { scaleText } from '../../src/schedule/scaleText.ts';
import type { News } from '../manager/controller.ts';
import type { Failure, HeldRevision } from './conditions.ts';
import type { Told } from './status.ts';
import { causeText, listText } from './words.ts';

const REASONS: Readonly<Record<State['cause'], string>> = {
  window: 'WindowStarted',
  override: 'OverrideStarted',
  default: 'DefaultHolds',
  suspended: 'Suspended',
  ended: 'Ended',
  author: 'AuthorsValuesBack',
};

/** Whether the state is another one than the status told of. */
export function isTransition(told: Told, state: State): boolean {
  return told.cause !== state.cause || told.window !== state.window;
}

export interface Transition {
  readonly schedule: JsonObject;
  readonly told: Told;
  readonly state: State;
  readonly held: readonly HeldRevision[];
  readonly at: Date;
}

export function transitionEvent({ schedule, told, state, held }: Transition): Happening {
  const over = told.cause === 'window' ? `window ${told.window ?? ''} is over; ` : '';
  const names = listText(held.map(({ name }) => name));
  const what =
    state.scale === undefined
      ? `${causeText(state)}: what the author wrote holds`
      : `${causeText(state)} asks for ${scaleText(state.scale)}${names === '' ? '' : `, held on ${names}`}`;
  const until = state.until === undefined ? '' : `, until ${timeText(state.until)}`;
  return {
    regarding: referenceTo(schedule),
    type: 'Normal',
    reason: REASONS[state.cause],
    action: 'Scaled',
    note: `${over}${what}${until}`,
  };
}

export function transitionNews({ schedule, told, state, held, at }: Transition): News {
  return {
    type: 'dev.weir.schedule.transition.v1',
    subject: subjectOf(schedule),
    data: {
      namespace: stringAt(schedule, 'metadata', 'namespace') ?? '',
      schedule: stringAt(schedule, 'metadata', 'name') ?? '',
      from: { cause: told.cause ?? null, window: told.window ?? null },
      to: { cause: state.cause, window: state.window ?? null },
      scale: { ...state.scale },
      revisions: held.map(({ name, scale }) => ({ name, ...scale })),
      at: at.toISOString(),
      until: state.until === undefined ? null : timeText(state.until),
    },
  };
}

export function driftEvent(schedule: JsonObject, { name, scale }: HeldRevision): Happening {
  return {
    regarding: referenceTo(schedule),
    type: 'Normal',
    reason: 'DriftRepaired',
    action: 'Scaled',
    note: `somebody else had changed the scaling of ${name}: ${scaleText(scale)} holds again; to set another value for a time, write spec.override`,
  };
}

export function driftNews(schedule: JsonObject, { name, scale }: HeldRevision, at: Date): News {
  const namespace = stringAt(schedule, 'metadata', 'namespace') ?? '';
  return {
    type: 'dev.weir.drift.repaired.v1',
    subject: `serving.knative.dev/v1/namespaces/${namespace}/revisions/${name}`,
    data: {
      namespace,
      holder: `ScalingSchedule/${stringAt(schedule, 'metadata', 'name')}`,
      scale: { ...scale },
      at: at.toISOString(),
    },
  };
}

export function refusalEvent(schedule: JsonObject, { revision, message }: Failure): Happening {
  return {
    regarding: referenceTo(schedule),
    type: 'Warning',
    reason: 'Refused',
    action: 'Scaled',
    note: `${revision} cannot be held: ${message}`,
  };
}

function referenceTo(schedule: JsonObject): Happening['regarding'] {
  const uid = stringAt(schedule, 'metadata', 'uid');
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    namespace: stringAt(schedule, 'metadata', 'namespace') ?? '',
    name: stringAt(schedule, 'metadata', 'name') ?? '',
    ...(uid === undefined ? {} : { uid }),
  };
}

function subjectOf(schedule: JsonObject): string {
  const namespace = stringAt(schedule, 'metadata', 'namespace') ?? '';
  return `weir.dev/v1alpha1/namespaces/${namespace}/scalingschedules/${stringAt(schedule, 'metadata', 'name') ?? ''}`;
}
