import { describeError } from '../../policy/load/error.ts';
import { loadPolicies } from '../../policy/load/load.ts';
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

  const names = [...policies.keys(), ...[...abstract.keys()].map((name) => `${name} (abstract)`)].join(', ');
  const good = names === '' ? '' : `, ${names} can be used`;
  if (errors.length > 0) {
    io.stdout.write(`${red(count(errors.length, 'error'))}${good}\n`);
    return EXIT.failed;
  }
  io.stdout.write(`${green('valid')}: ${names} in ${shownAs}\n`);
  return EXIT.clean;
}
