import type { DefineCommand } from '../command.ts';
import { Failure } from '../failure.ts';
import type { DiffOptions } from '../policy/diff.ts';

const POLICIES = 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)';

/** `weir policy …`; each of its commands is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  command
    .command('show')
    .summary('print the effective policy of an environment, with the place of each value')
    .description('Prints a policy with what it extends laid under it, and where each value was written.')
    .argument('[name]', 'the environment')
    .option('-e, --env <name>', 'the environment')
    .option('-p, --policies <folder>', POLICIES)
    .action((name: string | undefined, options: { env?: string; policies?: string }) => {
      const environment = options.env ?? name;
      if (environment === undefined) throw new Failure('which policy? weir policy show --env NAME');
      run(async (context) => (await import('../policy/show.ts')).show(environment, options.policies, context));
    });

  command
    .command('diff')
    .summary('print where two policies differ')
    .description('Prints each value that differs between two effective policies, and where it was written.')
    .argument('<left>', 'an environment')
    .argument('<right>', 'another')
    .option('-p, --policies <folder>', POLICIES)
    .option('-o, --output <format>', 'text or json', 'text')
    .action((left: string, right: string, options: DiffOptions) => {
      run(async (context) => (await import('../policy/diff.ts')).diff(left, right, options, context));
    });

  command
    .command('test')
    .summary('run the tests of the people who write policies')
    .description('Runs every PolicyTest of a folder: exit 1 where one fails.')
    .argument('<folder>', 'PolicyTest files')
    .option('-p, --policies <folder>', POLICIES)
    .action((folder: string, options: { policies?: string }) => {
      run(async (context) => (await import('../policy/test.ts')).test(folder, options, context));
    });

  command
    .command('validate')
    .summary('say everything that is wrong with a policy folder')
    .description('Says everything that is wrong with the policies of a folder, each with its place.')
    .argument('[folder]', POLICIES)
    .action((folder: string | undefined) => {
      run(async (context) => (await import('../policy/validate.ts')).validate(folder, context));
    });
};
