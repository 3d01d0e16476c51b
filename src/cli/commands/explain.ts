import type { DefineCommand } from '../command.ts';
import { explain } from '../explain/explain.ts';

interface RawOptions {
  readonly env?: string;
  readonly policies?: string;
}

/** `weir explain [RULE|FAMILY|FILE]` */
export const define: DefineCommand = (command, run) => {
  command
    .argument(
      '[rule-or-file]',
      'a rule (autoscaling/max-scale, max-scale), a family of rules, or a file of manifests; without it all rules are listed',
    )
    .option('-e, --env <name>', "the environment that the file's objects go to")
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .addHelpText('after', EXAMPLES)
    .action((subject: string | undefined, raw: RawOptions) => {
      run((context) => explain(subject, { environment: raw.env, policies: raw.policies }, context));
    });
};

const EXAMPLES = `
Examples:
  weir explain
  weir explain autoscaling
  weir explain autoscaling/max-scale
  weir explain service.yaml --env prod`;
