/** PolicyExceptions: which findings they excuse, and until when. */
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { keyOf, policyException } from '../../kubernetes/kinds.ts';
import { referenceTo } from '../../kubernetes/object.ts';
import { matchesPattern } from '../pattern.ts';
import { actionFor } from './action.ts';
import type { Finding } from './judge.ts';
import type { EffectivePolicy } from './policy.ts';
import { familyOf } from './rule.ts';

export interface PolicyException {
  readonly name: string;
  /** An exception counts in its own namespace only. */
  readonly namespace: string;
  /** Rule ids, or families as `images/*`. */
  readonly rules: readonly string[];
  /** `group/Kind`; every kind where it is empty. */
  readonly kinds: readonly string[];
  /** Names with `*` for any text; every name where it is empty. */
  readonly names: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** The last moment at which it excuses: as it is written, or the end of the longest life that the policy gives. */
  readonly until: Date;
}

/**
 * Reads a PolicyException; undefined where nothing is excused by it: the object is another kind, its `until` is no date,
 * or the policy denies the exception itself, as incomplete or too wide. What must not be in force must not work.
 */
export function readException(object: JsonObject, policy: EffectivePolicy): PolicyException | undefined {
  if (keyOf(object) !== policyException.key) return undefined;
  const until = readUntil(stringAt(object, 'spec', 'until') ?? '');
  if (until === undefined) return undefined;

  const { name, namespace } = referenceTo(object);
  const exception: PolicyException = {
    name,
    namespace,
    rules: texts(object, 'spec', 'rules'),
    kinds: texts(object, 'spec', 'match', 'kinds'),
    names: texts(object, 'spec', 'match', 'names'),
    reason: stringAt(object, 'spec', 'reason') ?? '',
    owner: stringAt(object, 'spec', 'owner') ?? '',
    until: endInForce(until, createdAt(object), policy),
  };
  return isDenied(exception, policy) ? undefined : exception;
}

/**
 * The last moment at which it may excuse: not beyond the longest life that the policy gives, counted from when the API
 * server stored it first. exceptions/too-long says so at the door; this holds it for what got in without being asked: by
 * a webhook that was away, or before there was a policy. One from a file has no such moment, and lives as it is written:
 * beside it, in the same input, the rule denies it. So what is in force never hangs on when it is asked, and `--since` can
 * judge what stood there before.
 */
function endInForce(until: Date, created: Date | undefined, policy: EffectivePolicy): Date {
  const longest = policy.exceptions?.longestDays;
  if (longest === undefined || created === undefined || !isTooLong(created, until, longest)) return until;
  return denies(policy, 'exceptions/too-long') ? latestEnd(created, longest) : until;
}

/** When the API server first stored the object; undefined for one from a file. */
export function createdAt(object: JsonObject): Date | undefined {
  return readMoment(stringAt(object, 'metadata', 'creationTimestamp') ?? '');
}

const DAY = 24 * 60 * 60 * 1000;

/** Whole days from the one moment to the other. */
export function daysBetween(from: Date, until: Date): number {
  return Math.floor((until.getTime() - from.getTime()) / DAY);
}

/** Whether an exception that begins at a moment ends after more days than so many. The last day counts as a whole. */
export function isTooLong(from: Date, until: Date, longestDays: number): boolean {
  return daysBetween(from, until) > longestDays;
}

/** The last moment of the last of so many days. */
export function latestEnd(from: Date, longestDays: number): Date {
  const day = new Date(from.getTime() + longestDays * DAY).toISOString().slice(0, 10);
  return new Date(`${day}T23:59:59.999Z`);
}

function isDenied({ rules, reason, owner }: PolicyException, policy: EffectivePolicy): boolean {
  if (rules.some((rule) => widthOf(rule) !== undefined) && denies(policy, 'exceptions/too-wide')) return true;
  const isIncomplete = rules.length === 0 || reason.trim() === '' || owner.trim() === '';
  return isIncomplete && denies(policy, 'exceptions/incomplete');
}

function denies(policy: EffectivePolicy, id: string): boolean {
  return actionFor({ id, action: 'deny' }, policy) === 'deny';
}

/** What is too wide about a rule that an exception names: told by exceptions/too-wide. */
export function widthOf(rule: string): string | undefined {
  const family = rule.split('/', 1)[0] ?? '';
  if (family.includes('*')) return 'which is every family of rules';
  if (family === 'knative') return 'which Knative itself refuses and nobody can excuse';
  return family === 'exceptions' ? 'which is judged whatever an exception says' : undefined;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** What YAML's readers make of a date without quotes, Kubernetes' own among them: midnight of it, UTC. */
const MIDNIGHT = /^(\d{4}-\d{2}-\d{2})T00:00(:00(\.0+)?)?Z$/;

/**
 * `2026-12-01` is good through the end of that day, UTC; a time of day (RFC 3339) is good until then. Exactly midnight,
 * UTC, is taken for the day: `until: 2026-12-01` without quotes arrives as that, and its author means the day.
 */
export function readUntil(text: string): Date | undefined {
  return readMoment(dayOf(text));
}

/** The day that `until` means, where it means one: `2026-12-01` of `2026-12-01T00:00:00Z`; any other text as it is. */
export function dayOf(text: string): string {
  return MIDNIGHT.exec(text)?.[1] ?? text;
}

/** A time of day, or the last moment of a day, UTC. */
export function readMoment(text: string): Date | undefined {
  if (!DATE.test(text) && !TIME.test(text)) return undefined;
  const date = new Date(DATE.test(text) ? `${text}T23:59:59.999Z` : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** What Knative itself refuses, and what is wrong with an exception, no exception can excuse. */
const NEVER_EXCUSED = new Set(['knative', 'exceptions']);

/** The exception that excuses the finding, or undefined. */
export function exceptionFor(
  finding: Finding,
  resourceKey: string,
  exceptions: readonly PolicyException[],
  now: Date,
): PolicyException | undefined {
  if (exceptions.length === 0 || NEVER_EXCUSED.has(familyOf(finding.rule))) return undefined;
  return exceptions.find(
    (exception) =>
      exception.until >= now &&
      exception.namespace === finding.resource.namespace &&
      exception.rules.some((rule) => matchesPattern(rule, finding.rule)) &&
      (exception.kinds.length === 0 || exception.kinds.includes(resourceKey)) &&
      (exception.names.length === 0 || exception.names.some((name) => matchesPattern(name, finding.resource.name))),
  );
}

function texts(object: JsonObject, ...way: string[]): string[] {
  return arrayAt(object, ...way).filter((item) => typeof item === 'string');
}
