/** The controllers of sources under a manager and an account of their own: what they may do is nothing of the others'. */
import { randomUUID } from 'node:crypto';
import { findAccess } from '../../src/kubernetes/client/access.ts';
import { connectTo } from '../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Send } from '../../src/platform/eventing/send.ts';
import { makeLogger } from '../../src/process/log.ts';
import { accountWithRole } from '../manager/account.ts';
import { startAlone } from '../manager/alone.ts';
import { type ClientFor, clientsFor, type TokenFor } from './apiServer/accounts.ts';
import { Bindings } from './binding/bindings.ts';
import { bindingConfiguration } from './binding/configuration.ts';
import { startBindingWebhook } from './binding/webhook.ts';
import { makeSourceControllers } from './controllers.ts';
import { startDeliveries } from './deliver.ts';
import { Hooks } from './github/hooks.ts';
import { type SecretOf, startReceiver } from './github/receiver.ts';
import type { SecretData } from './kafka/access.ts';
import { startKafka } from './kafka/start.ts';

export const SOURCES_ACCOUNT = { namespace: 'weir-system', name: 'weir-sources' } as const;

export interface SourcesOptions {
  /** Knows the names of the cluster. */
  readonly send: Send;
  /** Of the API server: `https://127.0.0.1:7443`. */
  readonly server: string;
  /** Absolute: for the certificate by which the API server knows who answers it. */
  readonly folder: string;
  /** Absolute. */
  readonly logFile: string;
  /** Makes the ServiceAccount and its role, and gives a kubeconfig with its token. */
  account(objects: readonly JsonObject[]): Promise<string>;
  /** The MutatingWebhookConfiguration of SinkBindings: these controllers may not write any. */
  apply(objects: readonly JsonObject[]): Promise<void>;
  /** For an ApiServerSource, which watches with the rights of its own account: these controllers have them not. */
  readonly tokenFor: TokenFor;
  /** For the secret of a GitHubSource, and what a Kafka is reached with: these controllers may read none by themselves. */
  readonly secretOf: SecretOf;
  readonly secretData: SecretData;
  /** Where GitHub's webhooks are taken; 0 takes any that is free. */
  readonly gitHubPort: number;
  /** Where KafkaSinks take events; 0 takes any that is free. */
  readonly kafkaSinkPort: number;
}

export interface RunningSources {
  /** Of KafkaSinks. */
  readonly kafkaSinkPort: number;
  /** What is being sent has the milliseconds. KafkaSinks go on. */
  stop(withinMs: number): Promise<void>;
  /** Once nothing sends to KafkaSinks any more. */
  stopSinks(): Promise<void>;
}

/** How long it is waited for that SinkBindings are known. */
const BEGIN_MS = 10_000;

/** Returns once the API server asks about SinkBindings; what else they follow is not waited for. */
export async function startSources({
  send,
  server,
  folder,
  logFile,
  account,
  apply,
  tokenFor,
  secretOf,
  secretData,
  gitHubPort,
  kafkaSinkPort,
}: SourcesOptions): Promise<RunningSources> {
  const deliveries = startDeliveries({ send, clock: systemClock });
  const stops: (() => void)[] = [];
  const bindings = new Bindings();
  const log = makeLogger('info', logFile);
  const webhook = await startBindingWebhook({ folder, bindings, clock: systemClock, log });
  const hooks = new Hooks();
  const isAsked = Promise.withResolvers<void>();
  const receiver = await startReceiver({ hooks, secretOf, deliveries, clock: systemClock, log, port: gitHubPort });
  const kafka = await startKafka({ send, secretData, clock: systemClock, random: Math.random, port: kafkaSinkPort });
  const endServers = (): Promise<unknown> => Promise.all([webhook.stop(), receiver.stop(), kafka.stopWriting()]);
  let own: Own | undefined;
  const controllers = makeSourceControllers({
    deliveries,
    bindings,
    hooks,
    hooksUrl: receiver.url,
    secretOf,
    kafka,
    async askAbout(resources) {
      await apply([bindingConfiguration(webhook, resources)]);
      isAsked.resolve();
    },
    steady: systemClock,
    newId: randomUUID,
    server,
    clientFor: (wanted) => connected(own).clientFor(wanted),
    onStop: (stop) => void stops.push(stop),
  });
  const kubeconfig = await account(accountWithRole(SOURCES_ACCOUNT, controllers)).catch(async (error: unknown) => {
    await endServers();
    throw error;
  });
  const access = await findAccess({ environment: {}, clock: systemClock, kubeconfig });
  const connection = connectTo(access, systemClock);
  own = { clientFor: clientsFor(tokenFor, access, systemClock) };
  const manager = startAlone(controllers, connection, log);
  // until then the API server asks where the last run was, and refuses what a SinkBinding is for
  await Promise.race([isAsked.promise, new Promise((resolve) => setTimeout(resolve, BEGIN_MS).unref())]);
  return {
    kafkaSinkPort: kafka.port,
    stopSinks: () => kafka.stopWriting(),
    async stop(withinMs) {
      for (const stop of stops) stop();
      await receiver.stop();
      await Promise.all([manager.stop(withinMs), deliveries.stop(withinMs), kafka.stopReading(withinMs)]);
      connection.close();
      await webhook.stop();
    },
  };
}

/** What is there once the account has its token. */
interface Own {
  readonly clientFor: ClientFor;
}

function connected(own: Own | undefined): Own {
  if (own === undefined) throw new Error('nothing is asked of the API server before the account is there');
  return own;
}
