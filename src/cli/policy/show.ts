import { loadPolicies } from '../../policy/load/load.ts';
import { showPolicy } from '../../policy/show.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { findPolicies } from './folder.ts';
import { pickPolicy } from './use.ts';

export async function show(name: string, named: string | undefined, { io }: CommandContext): Promise<number> {
  const { folder, shownAs } = findPolicies(named, io.cwd);
  const set = await loadPolicies(folder, shownAs);
  const { policy, spec } = pickPolicy(name, set, shownAs);
  io.stdout.write(showPolicy(policy, spec));
  return EXIT.clean;
}
