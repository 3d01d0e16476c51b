import { check } from '../check/check.ts';
import { type RawCheckOptions, readCheckOptions } from '../check/options.ts';
import type { DefineCommand } from '../command.ts';

/** `weir check [PATH…]` */
export const define: DefineCommand = (command, run) => {
  command
    .argument('[path...]', 'files, folders, folders with a kustomization, or - for standard input (default: .)')
    .option('-e, --env <name>', 'judge everything for this environment')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option(
      '-o, --output <format>',
      'text, json, sarif, junit, github or compact; FORMAT=FILE writes to a file; may be given several times',
      (format: string, before: readonly string[] | undefined) => [...(before ?? []), format],
    )
    .option('--fail-on <action>', 'what makes the exit code 1: warn or deny', 'deny')
    .option('--max-warnings <number>', 'exit 1 with more warnings than that')
    .option('--allow-empty', 'exit 0 where there is nothing to judge')
    .option('--allow-unassigned', 'pass over objects whose environment is not known')
    .option('--since <ref>', 'what stood at this Git ref already warns instead of denying')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], raw: RawCheckOptions) => {
      run((context) => check(readCheckOptions(paths, raw), context));
    });
};

const EXAMPLES = `
Without --env, an object's environment is what the label weir.dev/environment
of its Namespace in the input says, else what weir.yaml says of its path.

Examples:
  weir check manifests --env prod
  weir check overlays -o text -o sarif=weir.sarif
  kubectl kustomize overlays/prod | weir check - --env prod
  weir check . --since origin/main`;
