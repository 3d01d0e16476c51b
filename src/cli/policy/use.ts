/** Picks policies by name for a command that shows them. */
import type { PolicySide } from '../../policy/diff.ts';
import { describeError, type PolicySet } from '../../policy/load/resolve.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';

/** The policy of that name, abstract ones too. */
export function pickPolicy(name: string, set: PolicySet, shownAs: string): PolicySide {
  const policy = set.policies.get(name) ?? set.abstract.get(name);
  const spec = set.specs.get(name);
  if (policy !== undefined && spec !== undefined) return { policy, spec };

  if (set.broken.has(name)) {
    const errors = set.errors.map((error) => `\n  ${describeError(error)}`).join('');
    throw new Failure(`the policy ${name} cannot be used:${errors}`);
  }
  const names = [...set.policies.keys(), ...set.abstract.keys()].sort();
  const hint = didYouMean(name, names);
  throw new Failure(`no policy "${name}"${hint === '' ? ';' : hint} ${shownAs} has ${names.join(', ') || 'none'}`);
}
