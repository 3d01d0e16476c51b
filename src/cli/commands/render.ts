import type { DefineCommand } from '../command.ts';
import { Failure } from '../failure.ts';
import { renderPaths } from '../render/render.ts';

interface RawOptions {
  readonly env?: string;
  readonly policies?: string;
  readonly write?: true;
  readonly check?: true;
  readonly fix?: true;
  readonly knative?: true;
  readonly defaults: boolean;
  readonly allowEmpty?: true;
}

/** `weir render [PATH…]` */
export const define: DefineCommand = (command, run) => {
  command
    .argument('[path...]', 'files, folders, folders with a kustomization, or - for standard input (default: .)')
    .option('-e, --env <name>', 'render everything for this environment')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option('-w, --write', 'write the files in place instead of printing them')
    .option('--check', 'only say what would change, and exit 1 if anything would')
    .option('--fix', 'carry out the fixes of findings, too')
    .option('--no-defaults', 'with --fix: carry out fixes only and fill in nothing, as for a base that overlays share')
    .option('--knative', "write what Knative's own webhook would, too: ends Argo CD's OutOfSync inside of containers")
    .option('--allow-empty', 'exit 0 where there is nothing to render')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], raw: RawOptions) => {
      if (!raw.defaults && (raw.fix !== true || raw.knative === true)) {
        throw new Failure('--no-defaults fills in nothing: it goes with --fix, and not with --knative');
      }
      const options = {
        paths: paths.length === 0 ? ['.'] : paths,
        environment: raw.env,
        policies: raw.policies,
        mode: raw.check === true ? ('check' as const) : raw.write === true ? ('write' as const) : ('print' as const),
        fix: raw.fix === true,
        knative: raw.knative === true,
        defaults: raw.defaults,
        allowEmpty: raw.allowEmpty === true,
      };
      run((context) => renderPaths(options, context));
    });
};

const EXAMPLES = `
Only what the author left out is filled in. Comments, order and all other lines stay as they are.

Examples:
  weir render manifests --env prod
  weir render manifests --env prod --fix -w
  weir render base/*.yaml --env prod --fix --no-defaults -w
  weir render . --check`;
