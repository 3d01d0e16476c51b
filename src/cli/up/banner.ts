/** What `weir up` says once everything runs: what is up, where, and what to type next. */
import path from 'node:path';
import { packageRoot } from '../package.ts';
import { ENVIRONMENTS, namespaceOf } from './contents.ts';
import type { Platform } from './platform.ts';

export interface Standing {
  readonly platform: Platform;
  readonly webhookPort: number;
  /** At which the controllers tell Prometheus; the webhook does it at its own. */
  readonly metricsPort: number;
  /** Where services answer; undefined where nothing runs code. */
  readonly ingressPort: number | undefined;
  /** As the user would name the folder. */
  readonly policies: string;
  /** Absolute. */
  readonly log: string;
  /** Absolute. */
  readonly controllerLog: string;
  readonly milliseconds: number;
}

/** @param cwd in which the lines are to be typed */
export function banner(standing: Standing, cwd: string): string {
  const { platform, webhookPort, metricsPort, ingressPort, policies, log, controllerLog, milliseconds } = standing;
  const { server, kind, kubeconfig, keepsState } = platform;
  const near = (file: string) => path.relative(cwd, file) || '.';
  const example = (name: string) => near(path.join(packageRoot(), 'examples/first-look', name));
  const [dev, prod] = [namespaceOf('dev'), namespaceOf('prod')];
  return `Weir is up after ${(milliseconds / 1000).toFixed(1)} s, on this machine alone.

  API server   ${server}  (${kind}; kubeconfig ${near(kubeconfig)})
  webhook      https://127.0.0.1:${webhookPort}  (judges by ${policies}; log ${near(log)})
  controllers  schedules, guard rails, audit, Knative's own  (log ${near(controllerLog)})
${servicesLine(ingressPort)}  metrics      https://127.0.0.1:${webhookPort}/metrics, http://127.0.0.1:${metricsPort}/metrics
  namespaces   ${ENVIRONMENTS.map(namespaceOf).join(', ')}

Try, in a second terminal:

  export KUBECONFIG=${kubeconfig}
  # filled in; see: kubectl get -n ${dev} ksvc hello -o yaml
  kubectl apply -n ${dev} -f ${example('hello.yaml')}
  # let in, with warnings
  kubectl apply -n ${prod} -f ${example('hello.yaml')}
  # denied, and why
  kubectl apply -n ${prod} -f ${example('greedy.yaml')}

Ctrl-C stops all of it; ${keepsState ? `state stays in ${near(path.dirname(kubeconfig))}` : 'what was applied goes with it'}.
`;
}

function servicesLine(port: number | undefined): string {
  if (port === undefined) return '';
  const host = `hello.${namespaceOf('dev')}.localhost`;
  return `  services     http://<name>.<namespace>.localhost:${port}, such as http://${host}:${port}\n`;
}
