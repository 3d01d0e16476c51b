/** What `weir up` says once everything runs: what is up, where, and what to type next. */
import path from 'node:path';
import { ENVIRONMENTS, namespaceOf } from './contents.ts';
import type { Platform } from './platform.ts';
import { type OwnService, type Suggestion, shippedExample } from './suggestion.ts';

export interface Standing {
  readonly platform: Platform;
  readonly webhookPort: number;
  /** At which the controllers tell Prometheus; the webhook does it at its own. */
  readonly metricsPort: number;
  /** Where services answer; undefined where nothing runs code. */
  readonly ingressPort: number | undefined;
  /** Where Brokers and Channels take events; undefined where nothing runs code. */
  readonly eventingPort: number | undefined;
  /** As the user would name the folder. */
  readonly policies: string;
  /** Absolute. */
  readonly log: string;
  /** Absolute. */
  readonly controllerLog: string;
  readonly suggestion: Suggestion;
  readonly milliseconds: number;
}

/** @param cwd in which the lines are to be typed */
export function banner(standing: Standing, cwd: string): string {
  const { platform, webhookPort, metricsPort, ingressPort, eventingPort } = standing;
  const { policies, log, controllerLog, suggestion, milliseconds } = standing;
  const { server, kind, kubeconfig, keepsState } = platform;
  const near = (file: string) => path.relative(cwd, file) || '.';
  return `Weir is up after ${(milliseconds / 1000).toFixed(1)} s, on this machine alone.

  API server   ${server}  (${kind}; kubeconfig ${near(kubeconfig)})
  webhook      https://127.0.0.1:${webhookPort}  (judges by ${policies}; log ${near(log)})
  controllers  schedules, guard rails, audit, Knative's own  (log ${near(controllerLog)})
${servicesLine(ingressPort, suggestion)}${brokersLine(eventingPort)}  metrics      https://127.0.0.1:${webhookPort}/metrics, http://127.0.0.1:${metricsPort}/metrics
  namespaces   ${ENVIRONMENTS.map(namespaceOf).join(', ')}

Try, in a second terminal:

  export KUBECONFIG=${kubeconfig}
${linesOf(suggestion, near)}
Ctrl-C stops all of it; ${keepsState ? `state stays in ${near(path.dirname(kubeconfig))}` : 'what was applied goes with it'}.
`;
}

/** What is typed next. */
function linesOf(suggestion: Suggestion, near: (file: string) => string): string {
  if (suggestion === 'shipped') return shippedLines(near);
  if (suggestion === 'none') return '  # then apply a Service whose image weir.yaml names under "images"\n';
  const { file, name } = suggestion;
  const flag = suggestion.namespace === undefined ? '' : ` -n ${suggestion.namespace}`;
  return `  kubectl apply -f ${near(file)}
  kubectl wait${flag} --for=condition=Ready ksvc/${name}
  curl $(kubectl get${flag} ksvc ${name} -o jsonpath='{.status.url}')
`;
}

function shippedLines(near: (file: string) => string): string {
  const example = (name: string) => near(path.join(shippedExample(), name));
  const [dev, prod] = [namespaceOf('dev'), namespaceOf('prod')];
  return `  # filled in; see: kubectl get -n ${dev} ksvc hello -o yaml
  kubectl apply -n ${dev} -f ${example('hello.yaml')}
  # let in, with warnings
  kubectl apply -n ${prod} -f ${example('hello.yaml')}
  # denied, and why
  kubectl apply -n ${prod} -f ${example('greedy.yaml')}
`;
}

function servicesLine(port: number | undefined, suggestion: Suggestion): string {
  if (port === undefined) return '';
  const host = hostOf(suggestion);
  const such = host === undefined ? '' : `, such as http://${host}:${port}`;
  return `  services     http://<name>.<namespace>.localhost:${port}${such}\n`;
}

function hostOf(suggestion: Suggestion): string | undefined {
  if (suggestion === 'none') return undefined;
  if (suggestion === 'shipped') return `hello.${namespaceOf('dev')}.localhost`;
  const { name, namespace = 'default' }: OwnService = suggestion;
  return `${name}.${namespace}.localhost`;
}

function brokersLine(port: number | undefined): string {
  return port === undefined ? '' : `  brokers      http://127.0.0.1:${port}/<namespace>/<name>\n`;
}
