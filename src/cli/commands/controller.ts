import type { DefineCommand } from '../command.ts';
import type { RawControllerOptions } from '../controller/options.ts';

/** `weir controller` */
export const define: DefineCommand = (command, run) => {
  command
    .description(
      'Runs the controllers: min-scale by the clock, guard rails in every namespace, dead-letter sinks, an audit ' +
        "of what is there, and what Knative's own controllers do where none is installed. Of several replicas one writes.",
    )
    .option('-p, --policies <folder>', 'EnvironmentPolicy files, read again when they change', '/etc/weir/policies')
    .option('--kubeconfig <file>', 'the cluster (default: the one that this runs in, else KUBECONFIG)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)')
    .option('--controllers <names>', 'only these, separated by commas (default: all of them)')
    .option('--lease-namespace <name>', 'where the Lease is by which replicas agree on who writes', 'weir-system')
    .option('--knative-version <version>', "the cluster's Knative Serving, where its definitions do not say")
    .option('--grade <environment>', 'by whose policy what is in no namespace is audited (default: it is not)')
    .option('--events-sink <url>', 'tell this sink what was done, as CloudEvents (default: K_SINK)')
    .option('--events-source <uri>', 'what the source of each CloudEvent begins with', '/weir')
    .option('--metrics-port <number>', 'serve /metrics, /healthz and /readyz over HTTP; 0 takes any free port', '9090')
    .option('--metrics-bind <address>', 'the address for --metrics-port; 0.0.0.0 in a container', '127.0.0.1')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .addHelpText('after', EXAMPLES)
    .action((raw: RawControllerOptions) => {
      run(async (context) => (await import('../controller/controller.ts')).controller(raw, context));
    });
};

const EXAMPLES = `
Controllers: schedule, rollout, serving, guardrails, dead-letters, audit.

Examples:
  weir controller --metrics-bind 0.0.0.0
  weir controller --context staging --policies policies --controllers schedule`;
