import type { DefineCommand } from '../command.ts';
import type { SimulateOptions } from '../simulate/simulate.ts';

/** `weir simulate`; what it does is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  command
    .summary('play a recorded traffic to a Service, and draw the pods that it would have')
    .description(
      "Plays a recorded traffic to a Service, decides as Knative's autoscaler does, and draws pods, waiting requests and cold starts: for the manifest as it is, and for each --set beside it.",
    )
    .argument('<file>', 'a file with a Knative Service, or - for standard input')
    .option('--trace <csv>', 'lines of a time (a moment, or seconds) and the requests a second from then on')
    .option('--prometheus <url>', 'in its place: a Prometheus that recorded the traffic, such as http://127.0.0.1:9090')
    .option('--since <duration>', 'how much of it, up to now', '24h')
    .option('--query <promql>', "another query than that of Weir's recording rules: requests a second, as one series")
    .option('--set <key=value>', 'an annotation to try, such as max-scale=10; several joined by commas', list, [])
    .option('--request-time <duration>', 'how long the code takes for a request', '100ms')
    .option('--start-time <duration>', 'how long a pod takes until it is ready', '3s')
    .option('--name <name>', 'which of several Services in the file')
    .option('-e, --env <name>', "fill in this environment's defaults first, and go by its config-autoscaler")
    .option('-p, --policies <folder>', 'EnvironmentPolicy files (default: those that weir.yaml names, else ./policies)')
    .option('-o, --output <format>', 'text or json', 'text')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: SimulateOptions) => {
      run(async (context) => (await import('../simulate/simulate.ts')).simulateFile(file, options, context));
    });
};

function list(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

const EXAMPLES = `
A pod takes containerConcurrency requests at once (any number where it is 0), each
for the request time. What no pod can take waits; nothing is refused.

Examples:
  weir simulate order.yaml --trace monday.csv --env prod
  weir simulate order.yaml --trace monday.csv --set max-scale=10 --set target=50,window=30s
  weir simulate order.yaml --prometheus http://127.0.0.1:9090 --since 72h
  weir simulate order.yaml --trace monday.csv -o json | jq '.runs[] | .totals'`;
