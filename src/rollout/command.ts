/**
 * What a person says: the annotation weir.dev/rollout-command of the TrafficRollout, which Git leaves out and
 * `weir rollout` writes. The text is heeded once: the status remembers it. With the name of a Revision it is about that
 * one alone; anything after it (the step, a time) makes the text another one, so that the same can be said again.
 *
 * @example `promote`, `promote api-service-00002 step-1`, `abort api-service-00002`
 */
import { didYouMean } from '../text/nearest.ts';

export const COMMAND_ANNOTATION = 'weir.dev/rollout-command';

export const VERBS = ['promote', 'promote-full', 'pause', 'resume', 'abort', 'undo', 'retry'] as const;
export type Verb = (typeof VERBS)[number];

export type ParsedCommand =
  | { readonly verb: Verb; readonly revision: string | undefined; readonly problem?: undefined }
  | { readonly verb?: undefined; readonly revision?: undefined; readonly problem: string };

/** Longer ones are nobody's, and the status would have to remember them. */
export const LONGEST_COMMAND = 400;

export function parseCommand(text: string): ParsedCommand {
  if (text.length > LONGEST_COMMAND) return { problem: `it is longer than ${LONGEST_COMMAND} characters` };
  const [word = '', revision] = text.trim().split(/\s+/);
  const verb = VERBS.find((each) => each === word);
  if (verb !== undefined) return { verb, revision };
  return { problem: `"${word}" is none of ${VERBS.join(', ')}${didYouMean(word, VERBS)}` };
}
