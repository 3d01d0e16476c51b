/** What kubectl prints, read: who refused, and in which words. */
import type { RunResult } from '../../../../tools/controlplane/process/run.ts';
import { isComparable, type Verdict } from './check.ts';

export type Outcome =
  | 'accepted'
  /** By Weir. */
  | 'denied'
  /** By Knative's own webhooks. */
  | 'refused by Knative'
  /** By the schema, or by the validation of Kubernetes' own kinds. */
  | 'refused by the API server'
  /** There is no such kind. */
  | 'not served';

export interface Answer extends Verdict {
  readonly outcome: Outcome;
  /** Why, in the words of whoever refused. */
  readonly words: string;
}

export function readAnswer({ code, stderr }: RunResult): Answer {
  const warned = new Set<string>();
  const words: string[] = [];
  for (const line of stderr.trim().split('\n')) {
    const [, rule] = /^Warning: ([\w-]+\/[\w-]+)(?: at |: )/.exec(line) ?? [];
    if (rule !== undefined && isComparable(rule)) warned.add(rule);
    if (!line.startsWith('Warning: ')) words.push(line);
  }
  const text = words.join('\n');
  const outcome = code === 0 ? 'accepted' : whoRefused(text);
  const denied = outcome === 'denied' ? findingsIn(text) : [];
  return { outcome, words: text, denied: denied.sort(), warned: [...warned].sort() };
}

function whoRefused(text: string): Outcome {
  if (/no matches for kind|could not find the requested resource/.test(text)) return 'not served';
  const [, webhook = ''] = /admission webhook "([^"]+)" denied the request/.exec(text) ?? [];
  if (webhook.endsWith('.weir.dev')) return 'denied';
  return webhook.includes('knative') ? 'refused by Knative' : 'refused by the API server';
}

/** A denial's lines, each `rule at path: message. More: weir explain rule`. */
function findingsIn(text: string): string[] {
  const [, message = ''] = /denied the request: \n?([\s\S]*)$/.exec(text) ?? [];
  return message.split('\n').map((line) => line.replace(/\. More: weir explain \S+$/, ''));
}
