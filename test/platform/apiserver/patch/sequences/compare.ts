/** What a server has answered to a step, beside what our functions make of it. */
import {
  equals,
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  objectAt,
} from '../../../../../src/kubernetes/json.ts';
import type { Step } from './generate.ts';
import type { Kind } from './kinds.ts';
import { comparable, play } from './play.ts';

export interface Recorded {
  /** As it stood before; undefined where nothing did. */
  readonly live: JsonObject | undefined;
  readonly step: Step;
  readonly status: number;
  /** The object, or the Status. */
  readonly answer: JsonObject;
}

export type Verdict =
  | { readonly is: 'same' }
  /** A refusal that others than these functions come to: validation, names. */
  | { readonly is: 'refused elsewhere'; readonly message: string }
  | { readonly is: 'different'; readonly differences: readonly string[] };

/** A refusal for what the patched object is, and not for how it is patched. */
const ELSEWHERE = / is invalid:|object has been modified|name of the object/;

export function compare(kind: Kind, { live, step, status, answer }: Recorded): Verdict {
  const isFailure = status >= 300;
  const ours = play(kind, live, step, isFailure ? {} : answer, timeOf(answer));
  const message = typeof answer.message === 'string' ? answer.message : '';
  if (isFailure && !ours.isFailure && ELSEWHERE.test(message)) return { is: 'refused elsewhere', message };

  const theirs = isFailure ? inOrder(answer) : comparable(answer);
  const mine = ours.isFailure ? inOrder(ours.object) : ours.object;
  const found = differences(mine, theirs, '');
  return found.length === 0 ? { is: 'same' } : { is: 'different', differences: found };
}

/** The time of the request: the latest of the answer's managedFields. */
function timeOf(answer: JsonObject): Date {
  const entries = objectAt(answer, 'metadata')?.managedFields;
  const times = listOf(entries).flatMap((entry) =>
    isObject(entry) && typeof entry.time === 'string' ? [entry.time] : [],
  );
  return new Date(times.sort().at(-1) ?? '2035-01-01T00:00:00Z');
}

/** Go lists causes by manager in any order. */
function inOrder(status: JsonValue): JsonValue {
  const details = objectAt(status, 'details');
  if (!isObject(status) || !isArray(details?.causes)) return status;
  const causes = [...details.causes].sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  return { ...status, details: { ...details, causes } };
}

function listOf(value: JsonValue | undefined): JsonArray {
  return isArray(value) ? value : [];
}

/** Places at which two values differ, with both. */
function differences(ours: JsonValue | undefined, theirs: JsonValue | undefined, path: string): string[] {
  if (equals(ours, theirs)) return [];
  const isBoth = (isObject(ours) && isObject(theirs)) || (isArray(ours) && isArray(theirs));
  if (!isBoth) return [`${path}: ours ${short(ours)}, theirs ${short(theirs)}`];
  const left = new Map(Object.entries(ours));
  const right = new Map(Object.entries(theirs));
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), `${path}/${key}`),
  );
}

function short(value: JsonValue | undefined): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
