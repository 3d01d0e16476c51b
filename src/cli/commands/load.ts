import type { DefineCommand } from '../command.ts';
import type { RawLoadOptions } from '../load/options.ts';

const several = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];

/** `weir load` */
export const define: DefineCommand = (command, run) => {
  command
    .summary('send a Service requests at a constant rate, and measure its answers')
    .description(
      'Sends requests at a constant rate, however slowly they are answered, and tells how long each took from when it was due.',
    )
    .argument('<url>', 'what is asked; names ending in .localhost are this machine')
    .option('--rps <number>', 'requests a second', '50')
    .option('--for <duration>', 'how long they are sent: 500ms, 30s, 5m', '30s')
    .option(
      '--connections <number>',
      'at most so many requests at once; what is due beyond that waits, and is counted so',
      '1000',
    )
    .option('--timeout <duration>', 'after which a request counts as not answered', '30s')
    .option('--method <name>', 'of the requests (default: GET, and POST with --data)')
    .option('--header <name:value>', 'a header of the requests; may be given several times', several)
    .option('--data <text>', 'a body of the requests; @FILE sends what is in a file')
    .option('--by <header>', 'count answers by this header of theirs', 'K-Revision')
    .option('--allow-remote', 'also where the URL leads to another machine')
    .option('-o, --output <format>', 'text or json', 'text')
    .addHelpText('after', EXAMPLES)
    .action((url: string, raw: RawLoadOptions) => {
      run(async (context) => (await import('../load/load.ts')).load(url, raw, context));
    });
};

const EXAMPLES = `
Redirects are not followed, and no proxy is used. Ctrl-C ends it early, with what
was measured until then. The exit code is 1 where a request got no answer, or one
with a status of 400 and above.

Examples:
  weir load http://hello-world.default.localhost:8080
  weir load http://cart.shop-dev.localhost:8080/items --rps 200 --for 2m
  weir load http://order.shop-dev.localhost:8080 --data '{"item": 1}' --header 'content-type: application/json'
  weir load http://hello-world.default.localhost:8080 -o json | jq .latency`;
