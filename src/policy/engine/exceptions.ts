/** PolicyExceptions: which findings they excuse, and until when. */
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { keyOf, policyException } from '../../kubernetes/kinds.ts';
import { referenceTo } from '../../kubernetes/object.ts';
import { matchesPattern } from '../pattern.ts';
import type { Finding } from './judge.ts';
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
  /** The last moment at which it excuses. */
  readonly until: Date;
}

/** Reads a PolicyException; undefined where the object is another kind or its `until` is no date, and then nothing is excused. */
export function readException(object: JsonObject): PolicyException | undefined {
  if (keyOf(object) !== policyException.key) return undefined;
  const until = readUntil(stringAt(object, 'spec', 'until') ?? '');
  if (until === undefined) return undefined;

  const { name, namespace } = referenceTo(object);
  return {
    name,
    namespace,
    rules: texts(object, 'spec', 'rules'),
    kinds: texts(object, 'spec', 'match', 'kinds'),
    names: texts(object, 'spec', 'match', 'names'),
    reason: stringAt(object, 'spec', 'reason') ?? '',
    owner: stringAt(object, 'spec', 'owner') ?? '',
    until,
  };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** `2026-12-01` is good through the end of that day, UTC; a time of day (RFC 3339) is good until then. */
export function readUntil(text: string): Date | undefined {
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
  if (NEVER_EXCUSED.has(familyOf(finding.rule))) return undefined;
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
