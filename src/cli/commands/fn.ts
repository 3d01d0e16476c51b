import type { DefineCommand } from '../command.ts';
import { fn } from '../fn/fn.ts';

interface RawOptions {
  readonly env?: string;
  readonly policies?: string;
  readonly fix?: true;
  readonly knative?: true;
}

/** `weir fn` */
export const define: DefineCommand = (command, run) => {
  command
    .description(
      'Reads a ResourceList from standard input and writes it back with defaults filled in and findings as its results.',
    )
    .option('-e, --env <name>', 'the environment, where the functionConfig names none')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files, where the functionConfig names none')
    .option('--fix', 'carry out the fixes of findings, too')
    .option('--knative', "write what Knative's own webhook would, too")
    .addHelpText('after', EXAMPLES)
    .action(({ env, policies, fix, knative }: RawOptions) => {
      const options = { environment: env, policies, fix: fix === true, knative: knative === true };
      run((context) => fn(options, context));
    });
};

const EXAMPLES = `
As a transformer of Kustomize (kustomize build --enable-alpha-plugins --enable-exec):
  apiVersion: weir.dev/v1alpha1
  kind: Render
  metadata:
    name: weir
    annotations:
      config.kubernetes.io/function: |
        exec: {path: ./weir-fn}
  spec: {environment: prod}

The exit code is 1 where something is denied, and Kustomize then ends.`;
