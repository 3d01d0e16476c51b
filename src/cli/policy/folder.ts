/** The policy folder of a command that judges nothing. */
import { policiesFolder, policiesName } from '../check/policies.ts';
import { Configurations } from '../config/find.ts';
import { Failure } from '../failure.ts';

/** The named folder, else that of the nearest weir.yaml, else ./policies, else the shipped one. */
export function findPolicies(named: string | undefined, cwd: string): { folder: string; shownAs: string } {
  const configurations = new Configurations(cwd);
  const configuration = configurations.forFolder(cwd);
  const [problem] = configurations.problems;
  if (problem !== undefined && named === undefined) {
    const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
    throw new Failure(`${place}: ${problem.message}`);
  }
  const folder = policiesFolder(named, configuration === undefined ? [] : [configuration], cwd);
  return { folder, shownAs: policiesName(folder, cwd) };
}
