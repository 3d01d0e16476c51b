/** The policy folder of a command that judges nothing. */
import { describeProblem } from '../../report/result.ts';
import { policiesFolder, policiesName } from '../check/policies.ts';
import { Configurations } from '../config/find.ts';
import { Failure } from '../failure.ts';

/**
 * The named folder, else that of the nearest weir.yaml, else ./policies, else the shipped one.
 *
 * @param option by which it was named, `--policies` unless said; empty for an argument
 */
export function findPolicies(
  named: string | undefined,
  cwd: string,
  option?: string,
): { folder: string; shownAs: string } {
  const configurations = new Configurations(cwd);
  const configuration = configurations.forFolder(cwd);
  const [problem] = configurations.problems;
  if (problem !== undefined && named === undefined) throw new Failure(describeProblem(problem));
  const folder = policiesFolder(named, configuration === undefined ? [] : [configuration], cwd, option);
  return { folder, shownAs: policiesName(folder, cwd) };
}
