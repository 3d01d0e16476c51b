/** What may not change of Eventing's objects, held by the embedded API server where no Knative runs. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds } from '../../../src/platform/crds/knative.ts';
import { knativeValidation } from '../../../src/platform/knative/validation.ts';
import { aServer, type Server } from '../apiserver/servers.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const subscriber = { uri: 'http://cart.example.com' };
const channel = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'orders' };

let server: Server;

beforeAll(async () => {
  server = await aServer({ validators: [knativeValidation] });
  await create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  for (const definition of [...(await knativeEventingCrds()), ...foreignCrds()]) {
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
});

afterAll(() => server.close());

async function create(path: string, body: JsonObject): Promise<void> {
  const reply = await server.ask('POST', path, { body });
  expect([reply.code, reply.body.message]).toEqual([201, undefined]);
}

const EVENTING = 'validation.webhook.eventing.knative.dev';
const IN_MEMORY = 'validation.inmemorychannel.eventing.knative.dev';
const KAFKA = 'validation.webhook.kafka.eventing.knative.dev';

it.each<[kind: string, way: string, spec: JsonObject, may: JsonObject, mayNot: JsonObject, by: string, why: string]>([
  [
    'Trigger',
    'eventing.knative.dev/v1/triggers',
    { broker: 'default', subscriber },
    { filter: { attributes: { type: 'a' } } },
    { broker: 'other' },
    EVENTING,
    'Immutable fields changed (-old +new): broker, spec\n{string}:\n\t-: "default"\n\t+: "other"\n',
  ],
  [
    'Subscription',
    'messaging.knative.dev/v1/subscriptions',
    { channel, subscriber },
    { reply: subscriber },
    { channel: { name: 'other' } },
    EVENTING,
    'Immutable fields changed (-old +new): spec\n/spec/channel/name',
  ],
  [
    'InMemoryChannel',
    'messaging.knative.dev/v1/inmemorychannels',
    {},
    { delivery: { retry: 1 } },
    { subscribers: [{ uid: 'a', subscriberUri: 'http://a.example.com' }] },
    IN_MEMORY,
    'Channel.Spec.Subscribers changed by user ',
  ],
  [
    'KafkaSink',
    'eventing.knative.dev/v1alpha1/kafkasinks',
    { topic: 'orders', bootstrapServers: ['127.0.0.1:9092'] },
    { bootstrapServers: ['127.0.0.1:9093'] },
    { topic: 'other' },
    KAFKA,
    'Immutable field updated: spec.topic',
  ],
])(
  'what may not change of a %s is refused by the webhook that would',
  async (kind, way, spec, may, mayNot, by, why) => {
    const [group, version, plural] = way.split('/');
    const all = `/apis/${group}/${version}/namespaces/shop/${plural}`;
    await create(all, { apiVersion: `${group}/${version}`, kind, metadata: { name: 'one' }, spec });
    const change = (body: JsonObject) => server.ask('PATCH', `${all}/one`, { headers: MERGE, body: { spec: body } });

    expect((await change(may)).code).toBe(200);
    const { code, body } = await change(mayNot);
    expect([code, body.message]).toEqual([400, expect.stringContaining(why)]);
    expect(body.message).toContain(`admission webhook "${by}" denied the request: validation failed: `);
  },
);
