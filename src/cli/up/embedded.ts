/** The API server in this process. */
import path from 'node:path';
import { sentenceOf } from '../../kubernetes/client/errors.ts';
import type { Log } from '../../kubernetes/log.ts';
import type { Extension } from '../../platform/apiserver/http/extension.ts';
import { type ApiServer, type StartOptions, startApiServer } from '../../platform/apiserver/start.ts';
import { knativeValidation } from '../../platform/knative/validation.ts';
import type { ContainerLogs } from '../../platform/processes/logs/logs.ts';
import { Failure } from '../failure.ts';
import { isOfSystem } from './ending.ts';
import type { UpOptions } from './options.ts';
import { type Platform, WEBHOOK } from './platform.ts';

/**
 * @param log what goes wrong inside; @param logs what containers wrote, for `kubectl logs`; @param extensions APIs beside
 * @throws Failure where the folder, the port or another process is in the way
 */
export async function startEmbedded(
  { folder, port, fsync }: UpOptions,
  {
    log,
    logs,
    extensions,
  }: { readonly log: Log; readonly logs: ContainerLogs; readonly extensions: readonly Extension[] },
): Promise<Platform> {
  let webhookPort: number | undefined;
  const server = await started({
    folder: path.join(folder, 'apiserver'),
    kubeconfig: path.join(folder, 'kubeconfig'),
    port,
    fsync,
    log,
    logs,
    extensions,
    validators: [knativeValidation],
    // no pod stands behind the Service: what it leads to runs in this process
    portOfService: ({ namespace, name }) =>
      namespace === WEBHOOK.namespace && name === WEBHOOK.name ? webhookPort : undefined,
  });
  return {
    server: server.url,
    ca: server.ca,
    kind: 'embedded',
    kubeconfig: server.kubeconfig,
    keepsState: true,
    leadingTo: (to, objects) => {
      webhookPort = to;
      return objects;
    },
    stop: () => server.close(),
  };
}

/** What startApiServer throws is a sentence for the user, but for what the operating system refuses. */
async function started(options: StartOptions): Promise<ApiServer> {
  try {
    return await startApiServer(options);
  } catch (error) {
    throw isOfSystem(error) ? error : new Failure(sentenceOf(error));
  }
}
