/**
 * The structured log: who asked for what, and the verdict, by rule and place. Never a message of a finding and never a
 * value: what an object holds may be a secret.
 */
import type { Logger } from '../../src/process/log.ts';
import type { Facts } from '../review/review.ts';
import type { Answer } from './answer.ts';

/** Longer texts in a request are no names of Kubernetes'. */
const LONGEST = 253;

/** One line a review. A denial is what people ask about: it is told at the level info, what passed at debug. */
export function logReview(log: Logger, facts: Facts, seconds: number): void {
  const level = levelOf(facts);
  if (!log.isLevelEnabled(level)) return;
  const { uid, door, environment, operation, kind, namespace, name, user, isDryRun, verdict } = facts;
  const denied = facts.findings
    .filter(({ action }) => action === 'deny')
    .slice(0, 20)
    .map(place);
  const line = {
    uid: short(uid),
    door,
    environment: short(environment),
    operation,
    kind: short(kind),
    namespace: short(namespace),
    name: short(name),
    user: short(user),
    verdict,
    ms: Math.round(seconds * 1e5) / 100,
    ...(denied.length === 0 ? {} : { denied }),
    ...(isDryRun ? { dryRun: true } : {}),
    ...(facts.breakGlass === undefined ? {} : { breakGlass: whoBroke(facts.breakGlass) }),
    ...(facts.failures.length === 0 ? {} : { failures: facts.failures.map(withoutReason) }),
  };
  log[level](line, 'review');
}

/** What cannot be reviewed is told without what it holds. */
export function logMistake(log: Logger, door: string, { mistake }: Pick<Answer, 'mistake'>): void {
  log.error(
    { door, mistake: kindOfError(mistake), at: placesOf(mistake) },
    'a review broke: this is a mistake of Weir',
  );
}

function levelOf(facts: Facts): 'debug' | 'info' | 'warn' | 'error' {
  if (facts.failures.length > 0) return 'error';
  if (facts.breakGlass !== undefined) return facts.isDryRun ? 'debug' : 'warn';
  return facts.verdict === 'denied' ? 'info' : 'debug';
}

function place({ rule, path }: { readonly rule: string; readonly path: string }): string {
  return path === '' ? rule : `${rule} at ${short(path)}`;
}

/** What was let through stands in the line already. */
function whoBroke({ user, group, rules }: NonNullable<Facts['breakGlass']>): object {
  return { user: short(user), group, rules };
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** `rule x/y could not judge this object, which is a mistake of Weir's: <what JSON.parse said, with a piece of the text>`. */
function withoutReason(failure: string): string {
  const end = failure.indexOf(': ');
  return short(end < 0 ? failure : failure.slice(0, end));
}

function kindOfError(mistake: unknown): string {
  return typeof mistake === 'object' && mistake !== null && 'name' in mistake ? String(mistake.name) : typeof mistake;
}

/** The lines of a stack that name places; the first ones hold the message, which may quote the object. */
function placesOf(mistake: unknown): string[] {
  const stack = typeof mistake === 'object' && mistake !== null && 'stack' in mistake ? String(mistake.stack) : '';
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 8);
}
