/** Sources under the manager, with a sender that only writes down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clientsFor } from '../../../controllers/sources/apiServer/accounts.ts';
import { Bindings } from '../../../controllers/sources/binding/bindings.ts';
import { bindingConfiguration, CONFIGURATION } from '../../../controllers/sources/binding/configuration.ts';
import { startBindingWebhook } from '../../../controllers/sources/binding/webhook.ts';
import { makeSourceControllers } from '../../../controllers/sources/controllers.ts';
import { startDeliveries } from '../../../controllers/sources/deliver.ts';
import { Hooks } from '../../../controllers/sources/github/hooks.ts';
import { type SecretOf, startReceiver } from '../../../controllers/sources/github/receiver.ts';
import type { SecretData } from '../../../controllers/sources/kafka/access.ts';
import { startSinkServer } from '../../../controllers/sources/kafka/sink/server.ts';
import { Writers } from '../../../controllers/sources/kafka/sink/writers.ts';
import { Readers } from '../../../controllers/sources/kafka/source/readers.ts';
import { tokenOf } from '../../../src/cli/up/account.ts';
import { findAccess } from '../../../src/kubernetes/client/access.ts';
import { mutatingWebhookConfigurations, secrets } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { Send, SendRequest, Sent } from '../../../src/platform/eventing/send.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { FakeKafka } from '../../platform/eventing/kafka/fakeKafka.ts';
import type { Cluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

export const SERVER = 'https://127.0.0.1:7443';

export interface SourcesRun extends Run {
  /** In their order. */
  readonly sent: SendRequest[];
  /** What the sink answers from now on. */
  answer(status: number | undefined): void;
}

export function answered(status: number | undefined): Sent {
  if (status === undefined) return { status, error: 'connect ECONNREFUSED' };
  return { status, headers: {}, body: Buffer.alloc(0), retryAfter: undefined };
}

export async function runSources(
  cluster: Cluster,
  clock = new FakeClock(),
  kafka = new FakeKafka(),
): Promise<SourcesRun> {
  const sent: SendRequest[] = [];
  let status: number | undefined = 202;
  const send: Send = (request) => {
    sent.push(request);
    return Promise.resolve(answered(status));
  };
  const stops: (() => void)[] = [];
  let ids = 0;
  const access = await findAccess({ kubeconfig: cluster.kubeconfig, environment: {}, clock: systemClock });
  const bindings = new Bindings();
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-sources-'));
  const webhook = await startBindingWebhook({ folder, bindings, clock: systemClock, log: SILENT });
  const deliveries = startDeliveries({ send, clock });
  const hooks = new Hooks();
  const secretOf: SecretOf = async ({ namespace, name, key }) => {
    const secret = await cluster.client.get(secrets, { namespace, name });
    return Buffer.from(stringAt(secret, 'data', key) ?? '', 'base64').toString();
  };
  const secretData: SecretData = async ({ namespace, name }) => {
    const data = objectAt(await cluster.client.get(secrets, { namespace, name }), 'data') ?? {};
    return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()]));
  };
  const readers = new Readers();
  const writers = new Writers({ openTopic: kafka.openTopic, clock: systemClock, random: () => 0.5 });
  const sinkServer = await startSinkServer({ writers, port: 0 });
  const receiver = await startReceiver({ hooks, secretOf, deliveries, clock, log: SILENT, port: 0 });
  const controllers = makeSourceControllers({
    hooks,
    hooksUrl: receiver.url,
    secretOf,
    kafka: { send, openMember: kafka.openMember, readers, writers, sinksUrl: sinkServer.url, secretData },
    bindings,
    askAbout: (resources) => cluster.apply(bindingConfiguration(webhook, resources)),
    deliveries,
    steady: systemClock,
    clientFor: clientsFor((account, seconds) => tokenOf(account, seconds, cluster.client), access, systemClock),
    server: SERVER,
    newId: () => `id-${++ids}`,
    onStop: (stop) => void stops.push(stop),
  });
  const running = await run(cluster, { controllers, clock });
  return {
    ...running,
    sent,
    answer: (next) => (status = next),
    async stop() {
      for (const stop of stops) stop();
      await running.stop();
      await cluster.client.delete(mutatingWebhookConfigurations, { name: CONFIGURATION });
      await webhook.stop();
      await receiver.stop();
      await sinkServer.stop();
      await Promise.all([readers.stop(0), writers.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `{ Ready: 'True', SinkProvided: 'False NotFound' }`. */
export function conditionsOf(object: JsonObject): Readonly<Record<string, string>> {
  const all = arrayAt(object, 'status', 'conditions').filter(isObject);
  return Object.fromEntries(
    all.map(({ type, status, reason }) => [type, [status, reason].filter((part) => part !== undefined).join(' ')]),
  );
}
