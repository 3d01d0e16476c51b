import { statSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from '../../policy/catalogue.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import { describeError } from '../../policy/load/resolve.ts';
import { loadPolicyTests } from '../../policy/test/load.ts';
import { runPolicyTest } from '../../policy/test/run.ts';
import { count } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { displayName } from '../input/display.ts';
import { findPolicies } from './folder.ts';

/** Exit 0 where every test passes, 1 where one fails, 2 where one cannot be run or there is none. */
export async function test(
  named: string,
  options: { readonly policies?: string },
  { io, colors }: CommandContext,
): Promise<number> {
  const folder = path.resolve(io.cwd, named);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new Failure(`there is no folder ${named}`);
  if (!found.isDirectory()) throw new Failure(`${named} is no folder`);

  const { folder: policyFolder, shownAs } = findPolicies(options.policies, io.cwd);
  const policies = await loadPolicies(policyFolder, shownAs);
  const { tests, errors } = await loadPolicyTests(folder, displayName(folder, io.cwd, path.isAbsolute(named)));
  const { red, green, dim } = colors(io.stdout);

  let failed = 0;
  for (const each of tests) {
    const { differences } = runPolicyTest(each, { policies, catalogue, now: io.now() });
    const name = `${oneLine(each.name)}  ${dim(`${oneLine(each.file)}:${each.line}`)}`;
    if (differences.length === 0) {
      io.stdout.write(`${green('pass')}  ${name}\n`);
      continue;
    }
    failed++;
    io.stdout.write(`${red('FAIL')}  ${name}\n`);
    for (const difference of differences) io.stdout.write(`      ${oneLine(difference)}\n`);
  }

  const allErrors = [...policies.errors, ...errors];
  for (const error of allErrors) io.stdout.write(`${red('error')} ${describeError(error)}\n`);
  io.stdout.write(`${tests.length - failed} passed, ${failed} failed`);
  io.stdout.write(allErrors.length === 0 ? '\n' : `, ${count(allErrors.length, 'error')}\n`);
  if (allErrors.length > 0) return EXIT.failed;
  if (tests.length === 0) {
    io.stderr.write(
      `weir: no PolicyTest in ${named}; one is a YAML file of apiVersion weir.dev/v1alpha1, kind PolicyTest\n`,
    );
    return EXIT.failed;
  }
  return failed > 0 ? EXIT.denied : EXIT.clean;
}
