import type { DefineCommand } from '../command.ts';

/** `weir policy validate`; each of its commands is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  command
    .command('validate')
    .summary('say everything that is wrong with a policy folder')
    .description('Says everything that is wrong with the policies of a folder, each with its place.')
    .argument('[folder]', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .action((folder: string | undefined) => {
      run(async (context) => (await import('../policy/validate.ts')).validate(folder, context));
    });
};
