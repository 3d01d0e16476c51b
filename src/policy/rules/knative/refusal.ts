/** The factory behind the rules of this folder: each tells the refusals of one area, as findings. */
import type { FieldError } from '../../../knative/fieldError.ts';
import { dotted } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Rule, type RuleContext, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { type Area, changeErrors, servingErrors, servingKinds } from './errors.ts';

export interface Refusal extends Pick<Rule, 'id' | 'title' | 'why' | 'howToFix' | 'examples'> {
  readonly area: Area;
  readonly kinds?: Rule['kinds'];
  /** What would put one refusal right, where a machine can know. */
  fix?(error: FieldError, subject: Subject, context: RuleContext): readonly Edit[] | undefined;
  /** What Knative's own words leave open. */
  hint?(error: FieldError, subject: Subject): string | undefined;
}

/** Refusals deny in every environment, and no exception excuses them: the sync would fail all the same. */
export function refusalRule({ area, fix: fixOf, hint: hintOf, kinds = servingKinds, ...rule }: Refusal): Rule {
  const violations = (errors: readonly FieldError[] = [], subject: Subject, context: RuleContext) =>
    errors.map((error) => violationOf(error, fixOf?.(error, subject, context), hintOf?.(error, subject)));
  return defineRule({
    ...rule,
    kinds,
    action: 'deny',
    judge: (subject, context) => violations(servingErrors(subject, context).get(area), subject, context),
    judgeChange: (subject, context) => violations(changeErrors(subject, context).get(area), subject, context),
  });
}

/** One refusal as a finding, in Knative's own words. */
export function violationOf(error: FieldError, fix?: readonly Edit[], hint?: string): Violation {
  return { path: error.path, message: sentenceOf(error, hint), ...(fix === undefined ? {} : { fix }) };
}

const MISSING = 'missing field(s)';
const UNKNOWN = 'unknown field ';

function sentenceOf({ path, message, details }: FieldError, hint: string | undefined): string {
  // Knative's sentences for these two are nothing without the place.
  const said = message === MISSING || message.startsWith('must not set ') ? `${message}: ${dotted(path)}` : message;
  const end = hint === undefined ? '' : `; ${hint}`;
  if (message.startsWith(UNKNOWN)) return `${said}: ${details ?? ''}${end}`;
  const whole = said.endsWith(' ') ? `${said}""` : said; // an empty text after 'invalid value: '
  return `refused by Knative: ${whole}${details === undefined || details === '' ? '' : ` (${details})`}${end}`;
}
