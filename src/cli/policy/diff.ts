import { diffPolicies, diffTable } from '../../policy/diff.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import { findPolicies } from './folder.ts';
import { pickPolicy } from './use.ts';

export interface DiffOptions {
  readonly policies?: string;
  readonly output?: string;
}

const FORMATS = ['text', 'json'] as const;

/** Differences are what was asked for, and no failure: exit 0 with and without them. */
export async function diff(left: string, right: string, options: DiffOptions, { io }: CommandContext): Promise<number> {
  const output = outputFormat(options.output ?? 'text', FORMATS);

  const { folder, shownAs } = findPolicies(options.policies, io.cwd);
  const set = await loadPolicies(folder, shownAs);
  const differences = diffPolicies(pickPolicy(left, set, shownAs), pickPolicy(right, set, shownAs));
  const text = output === 'json' ? `${JSON.stringify(differences, null, 2)}\n` : diffTable(differences, left, right);
  io.stdout.write(differences.length === 0 && output === 'text' ? `${left} and ${right} are the same\n` : text);
  return EXIT.clean;
}
