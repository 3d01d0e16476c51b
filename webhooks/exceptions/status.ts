/** Whether a PolicyException excuses anything now, in the words of its status. Pure. */

import { withConditions } from '../../src/kubernetes/conditions.ts';
import { arrayAt, type JsonObject, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import { dayOf, readException, readUntil, widthOf } from '../../src/policy/engine/exceptions.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';

/** The environment that the label of a namespace names, and its policy. */
export interface Home {
  /** Empty where the namespace has no label. */
  readonly environment: string;
  /** Undefined where no policy is called so. */
  readonly policy: EffectivePolicy | undefined;
}

/** Why an exception is in force or not, in one word for programs: `reason` of the condition. */
export type Reason =
  | 'Excuses'
  | 'Expired'
  | 'TooLong'
  | 'NoDate'
  | 'TooWide'
  | 'Incomplete'
  | 'BeingDeleted'
  | 'NoEnvironment'
  | 'NoPolicy';

interface Judgement {
  readonly reason: Reason;
  readonly message: string;
}

export const IN_FORCE = 'InForce';

/**
 * The status that the exception should have, in the shape of overlays/base/policyexceptions.yaml. Conditions of others
 * stay, and `lastTransitionTime` stays while `status` does.
 */
export function statusOf(exception: JsonObject, home: Home, now: Date): JsonObject {
  const { reason, message } = judged(exception, home, now);
  const status = reason === 'Excuses' ? 'True' : 'False';
  const observedGeneration = numberAt(exception, 'metadata', 'generation') ?? 0;
  return {
    observedGeneration,
    conditions: withConditions(exception, [{ type: IN_FORCE, status, reason, message }], now),
  };
}

/** The last moment at which it excuses, where that is still to come: just after it the status is another. */
export function nextChange(exception: JsonObject, { policy }: Home, now: Date): Date | undefined {
  const until = policy && readException(exception, policy)?.until;
  return until === undefined || until < now ? undefined : until;
}

/** What review/surroundings.ts and the engine make of it, in the order in which they ask. */
function judged(exception: JsonObject, { environment, policy }: Home, now: Date): Judgement {
  const namespace = stringAt(exception, 'metadata', 'namespace') ?? '';
  if (isBeingDeleted(exception)) return { reason: 'BeingDeleted', message: 'it is being deleted, and excuses nothing' };
  if (environment === '') {
    const message = `namespace ${namespace} has no label weir.dev/environment: nothing in it is judged, and so nothing excused`;
    return { reason: 'NoEnvironment', message };
  }
  if (policy === undefined) {
    const message = `namespace ${namespace} is in the environment ${environment}, which has no policy`;
    return { reason: 'NoPolicy', message };
  }

  const text = stringAt(exception, 'spec', 'until') ?? '';
  const until = readUntil(text);
  if (until === undefined) return { reason: 'NoDate', message: 'spec.until is no date; write until: 2026-12-01' };
  const rules = arrayAt(exception, 'spec', 'rules').filter((rule) => typeof rule === 'string');
  const read = readException(exception, policy);
  if (read === undefined) return whyRefused(rules, policy);
  if (until < now) {
    return { reason: 'Expired', message: `it has expired (until ${dayOf(text)}), and its rules are judged again` };
  }
  const isCut = read.until < until;
  const end = isCut ? read.until.toISOString().slice(0, 10) : dayOf(text);
  const why = `which is as long as ${policy.name} lets one run`;
  if (read.until < now) {
    const message = `it excused until ${end}, ${why}, and its rules are judged again; write a new one`;
    return { reason: 'TooLong', message };
  }
  // where a policy only warns of what is too wide, the engine still excuses none of it
  const excused = rules.filter((rule) => !NEVER_EXCUSED.test(rule));
  if (excused.length === 0) return whyRefused(rules, policy);
  return { reason: 'Excuses', message: `it excuses ${listed(excused)} until ${end}${isCut ? `, ${why}` : ''}` };
}

const NEVER_EXCUSED = /^(knative|exceptions)\//;

function whyRefused(rules: readonly string[], { name }: EffectivePolicy): Judgement {
  const wide = rules.find((rule) => widthOf(rule) !== undefined);
  if (wide !== undefined) {
    const message = `it names ${wide}, ${widthOf(wide)}, and ${name} takes none like that; name the rules that cannot be kept`;
    return { reason: 'TooWide', message };
  }
  return { reason: 'Incomplete', message: `${name} asks of an exception that it names rules, a reason and an owner` };
}

const MOST_LISTED = 5;

function listed(rules: readonly string[]): string {
  const more = rules.length - MOST_LISTED;
  return rules.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
