/** What makes events on this machine: PingSources and their like. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '../../kubernetes/client/client.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import { secrets } from '../../kubernetes/client/resources.ts';
import { objectAt, stringAt } from '../../kubernetes/json.ts';
import type { Send } from '../../platform/eventing/send.ts';
import { loadControllers } from '../controller/server.ts';
import { accountsKubeconfig, tokenOf } from './account.ts';
import { applyAll } from './apply.ts';
import type { Surroundings } from './eventing.ts';
import { keptPort } from './keptPort.ts';
import { SOURCES } from './platform.ts';

/** What is being sent when the platform ends. */
const STOP_MS = 2000;
/** Where KafkaSinks take events in a cluster. */
const KAFKA_SINK_HOST = /^kafka-sink-ingress\.knative-eventing\.svc\.cluster\.local$/;

export interface StartedSources {
  /** For the proxy of names: where what is posted to KafkaSinks by their name in a cluster is led. */
  resolveOther(host: string): { readonly port: number } | undefined;
  /** Ends KafkaSinks: they go on until then, since Triggers may send to them while they end. */
  stopSinks(): Promise<void>;
}

/**
 * Returns once SinkBindings hold; what else they follow is not waited for.
 *
 * @param send knows the names of the cluster; @param folder absolute: the state's
 * @param stops takes what ends them
 */
export async function startSources(
  send: Send,
  folder: string,
  { client, platform, wait }: Surroundings,
  stops: (() => unknown)[],
): Promise<StartedSources> {
  const { startSources: start } = await loadControllers();
  const own = path.join(folder, 'sources');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const sources = await start({
    send,
    server: platform.server,
    folder: own,
    logFile: path.join(folder, 'sources.log'),
    account: async (objects) => {
      await applyAll(objects, { client, find: discoveryOf(client), wait });
      return accountsKubeconfig(SOURCES, { client, platform }, path.join(folder, 'sources.kubeconfig'));
    },
    apply: (objects) => applyAll(objects, { client, find: discoveryOf(client), wait }),
    gitHubPort: await keptPort(path.join(own, 'github-port')),
    kafkaSinkPort: await keptPort(path.join(own, 'kafka-sink-port')),
    secretOf: (secret) => secretOf(secret, client),
    secretData: (secret) => secretData(secret, client),
    tokenFor: (account, seconds) => tokenOf(account, seconds, client),
  });
  stops.push(() => sources.stop(STOP_MS));
  return {
    resolveOther: (host) => (KAFKA_SINK_HOST.test(host) ? { port: sources.kafkaSinkPort } : undefined),
    stopSinks: () => sources.stopSinks(),
  };
}

async function secretData(
  place: { readonly namespace: string; readonly name: string },
  client: Client,
): Promise<ReadonlyMap<string, string>> {
  const values = Object.entries(objectAt(await client.get(secrets, place), 'data') ?? {});
  return new Map(
    values.flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, Buffer.from(value, 'base64').toString('utf8')]] : [],
    ),
  );
}

async function secretOf(
  { namespace, name, key }: { readonly namespace: string; readonly name: string; readonly key: string },
  client: Client,
): Promise<string> {
  const secret = await client.get(secrets, { namespace, name });
  const value = stringAt(secret, 'data', key);
  if (value === undefined) throw new Error(`key ${JSON.stringify(key)} not found in Secret ${JSON.stringify(name)}`);
  return Buffer.from(value, 'base64').toString('utf8');
}
