/** Weir's webhook in this process, with the rights of its ServiceAccount and no more. */
import path from 'node:path';
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError, sentenceOf } from '../../kubernetes/client/errors.ts';
import { namespaces } from '../../kubernetes/client/resources.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { asFailure } from '../serve/asFailure.ts';
import { loadServer } from '../webhook/server.ts';
import { accountsKubeconfig } from './account.ts';
import { type Platform, WEBHOOK } from './platform.ts';
import type { PolicyNews } from './policyNews.ts';

/** The ServiceAccount bears the Service's name. */
const { namespace: NAMESPACE, name: NAME } = WEBHOOK;
const ATTEMPTS = 300;
const PAUSE = 50;

export interface WebhookSurroundings {
  readonly client: Client;
  readonly platform: Platform;
  readonly port: number;
  readonly policies: string;
  /** For the kubeconfig of the ServiceAccount. */
  readonly folder: string;
  readonly log: string;
  readonly io: Io;
  /** Hears of policies that change. */
  readonly news: PolicyNews;
  /** Once everything is up there is time for a warm-up. */
  readonly allIsUp: Promise<void>;
}

export interface RunningWebhook {
  readonly port: number;
  stop(): Promise<unknown>;
}

/** Returns once the API server asks it. */
export async function startWeirsWebhook(surroundings: WebhookSurroundings): Promise<RunningWebhook> {
  const { client, port, policies, folder, log, io, news, allIsUp } = surroundings;
  const kubeconfig = await accountsKubeconfig(WEBHOOK, surroundings, path.join(folder, 'webhook.kubeconfig'));
  const { startWebhook, WARM_UP } = await loadServer();
  const webhook = await startWebhook(
    {
      policies,
      port,
      bind: '127.0.0.1',
      cluster: {
        kubeconfig,
        namespace: NAMESPACE,
        service: NAME,
        certificateSecret: 'weir-webhook-certificate',
        mutatingConfiguration: 'defaults.weir.dev',
        validatingConfiguration: 'policy.weir.dev',
      },
      logLevel: 'info',
      logFile: log,
      warmUp: WARM_UP,
      drainDelay: 0,
    },
    { now: io.now, environment: {}, policies: news, mayWarmUp: allIsUp },
  ).catch(asFailure);
  try {
    await isAsked(client);
  } catch (error) {
    await webhook.stop();
    throw error;
  }
  return webhook;
}

/**
 * The API server learns of the webhook's certificate by a watch of its own. A dry run that Weir denies shows that it
 * is asked.
 */
async function isAsked(client: Client): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'weir-is-asked', labels: { 'weir.dev/environment': 'nowhere' } },
  };
  let last = 'nothing was denied';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await client.create(namespaces, namespace, { isDryRun: true });
    } catch (error) {
      last = sentenceOf(error);
      if (error instanceof ApiError && error.status === 403 && last.includes('there is no policy nowhere')) return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Failure(`the API server does not ask Weir's webhook: ${last}`);
}
