import { parent } from '../../kubernetes/pointer.ts';
import type { EffectivePolicy, PolicySource } from '../../policy/engine/policy.ts';
import { describeError, type PolicyError, sortErrors } from '../../policy/load/error.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import { keptInRolesAlone } from '../../policy/rules/rbac/keptInRoles.ts';
import { count } from '../../report/result.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { findPolicies } from './folder.ts';

/** Exit 0 where every policy of the folder can be used, else 2. */
export async function validate(named: string | undefined, { io, colors }: CommandContext): Promise<number> {
  const { folder, shownAs } = findPolicies(named, io.cwd, '');
  const { policies, abstract, errors } = await loadPolicies(folder, shownAs);
  const { red, green } = colors(io.stdout);
  for (const error of errors) io.stdout.write(`${describeError(error)}\n`);

  for (const note of notesOn([...policies.values(), ...abstract.values()])) {
    io.stdout.write(`${describeError(note)}\n`);
  }

  const names = [...policies.keys(), ...[...abstract.keys()].map((name) => `${name} (abstract)`)].join(', ');
  const good = names === '' ? '' : `, ${names} can be used`;
  if (errors.length > 0) {
    io.stdout.write(`${red(count(errors.length, 'error'))}${good}\n`);
    return EXIT.failed;
  }
  io.stdout.write(`${green('valid')}: ${names} in ${shownAs}\n`);
  return EXIT.clean;
}

/** What is no mistake, and may be less than its author means. Who extends a policy says it at the same place. */
function notesOn(policies: readonly EffectivePolicy[]): PolicyError[] {
  const notes: PolicyError[] = [];
  for (const policy of policies) {
    for (const { path, message } of keptInRolesAlone(policy.rbac?.reserved ?? [])) {
      const source = sourceOf(policy, path);
      if (source === undefined) continue;
      const { file, line, column } = source;
      notes.push({ file, line, column, message: `note: ${message}` });
    }
  }
  return sortErrors(notes);
}

function sourceOf({ sources }: EffectivePolicy, path: string): PolicySource | undefined {
  for (let at = path; at !== ''; at = parent(at)) {
    const source = sources.get(at);
    if (source !== undefined) return source;
  }
  return undefined;
}
