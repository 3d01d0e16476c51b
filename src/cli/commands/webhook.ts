import type { DefineCommand } from '../command.ts';
import type { RawWebhookOptions } from '../webhook/options.ts';

/** `weir webhook` */
export const define: DefineCommand = (command, run) => {
  command
    .description('Serves the admission webhooks: fills in defaults and judges what the API server is asked to store.')
    .option('-p, --policies <folder>', 'EnvironmentPolicy files, read again when they change', '/etc/weir/policies')
    .option('--port <number>', 'where to listen for HTTPS; 0 takes any that is free', '9443')
    .option('--bind <address>', 'the address to listen at; 0.0.0.0 in a container, :: with IPv6', '127.0.0.1')
    .option('--kubeconfig <file>', 'the cluster (default: the one that this runs in, else KUBECONFIG)')
    .option('--namespace <name>', 'where the server is installed', 'weir-system')
    .option('--service <name>', 'the Service in front of it; its Deployment is called so, too', 'weir-webhook')
    .option('--certificate-secret <name>', 'where it keeps its certificate', 'weir-webhook-certificate')
    .option('--certificate-life <duration>', 'how long a certificate of its own lives: 60s, 720h, 90d', '90d')
    .option('--tls-cert <file>', 'a serving certificate from elsewhere in PEM, read again when it changes')
    .option('--tls-key <file>', 'its key')
    .option(
      '--client-ca <file>',
      'CAs in PEM: answers reviews only to clients with a certificate of theirs; read again when it changes',
    )
    .option(
      '--no-cluster',
      'judge without a cluster: no other objects and no exceptions; needs --tls-cert and --tls-key',
    )
    .option('--metrics-port <number>', 'serve /metrics over HTTP, too')
    .option('--metrics-bind <address>', 'the address for --metrics-port', '127.0.0.1')
    .option('--events-sink <url>', 'tell this sink what was denied and excused, as CloudEvents (default: K_SINK)')
    .option('--events-source <uri>', 'what the source of each CloudEvent begins with', '/weir')
    .option('--drain-delay <seconds>', 'go on for so long after SIGTERM, until the cluster knows', '5')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .addHelpText('after', EXAMPLES)
    .action((raw: RawWebhookOptions) => {
      run(async (context) => (await import('../webhook/webhook.ts')).webhook(raw, context));
    });
};

const EXAMPLES = `
Paths: POST /mutate/<environment>, POST /validate/<environment>,
POST /validate-namespace, GET /healthz, /readyz and /metrics.

Examples:
  weir webhook --bind 0.0.0.0
  weir webhook --no-cluster --policies policies --tls-cert tls.crt --tls-key tls.key`;
