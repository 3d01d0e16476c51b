/** What Knative refuses, refused by the embedded API server. test/cluster/platform/differential/knative holds it against Knative. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../../src/platform/crds/knative.ts';
import { knativeValidation } from '../../../src/platform/knative/validation.ts';
import { type AWebhook, allow, aWebhook, deny, entry, url } from '../apiserver/admission/webhooks.ts';
import { aServer, type Reply, type Server } from '../apiserver/servers.ts';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const SERVICES = '/apis/serving.knative.dev/v1/namespaces/shop/services';

let server: Server;
let hook: AWebhook;
let count = 0;

beforeAll(async () => {
  hook = await aWebhook();
  server = await aServer({ validators: [knativeValidation] });
  for (const name of ['shop', 'knative-serving']) await create('/api/v1/namespaces', { metadata: { name } });
  for (const definition of [...(await knativeServingCrds()), ...(await knativeEventingCrds()), ...foreignCrds()]) {
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
});

afterAll(() => server.close());
beforeEach(() => {
  count += 1;
});

async function create(path: string, body: JsonObject): Promise<Reply> {
  const reply = await server.ask('POST', path, { body });
  expect([reply.code, reply.body.message]).toEqual([201, undefined]);
  return reply;
}

const container = { image: 'registry.example.com/shop/cart:1' };
const half = { traffic: [{ latestRevision: true, percent: 50 }] };

/** With a name of its own in each test. */
function aService(spec: JsonObject = {}, podSpec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: `cart-${count}` },
    spec: { template: { spec: { containers: [container], ...podSpec } }, ...spec },
  };
}

const change = (body: JsonObject, subresource = '') =>
  server.ask('PATCH', `${SERVICES}/cart-${count}${subresource}`, { headers: MERGE, body });

describe('a Service that Knative refuses', () => {
  it("is refused as by Knative's webhook", async () => {
    const { code, body } = await server.ask('POST', SERVICES, { body: aService(half) });
    expect([code, body]).toEqual([
      400,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message:
          'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: Traffic targets sum to 50, want 100: spec.traffic',
        reason: 'BadRequest',
        code: 400,
      },
    ]);
    expect((await server.ask('GET', `${SERVICES}/cart-${count}`)).code).toBe(404);
  });

  it('is refused in a dry run', async () => {
    expect((await server.ask('POST', `${SERVICES}?dryRun=All`, { body: aService(half) })).code).toBe(400);
  });

  it('is refused when it changes to that, and stays as it was', async () => {
    await create(SERVICES, aService());
    const { code, body } = await change({ spec: half });
    expect([code, body.message]).toEqual([400, expect.stringContaining('Traffic targets sum to 50, want 100')]);
    const { body: stored } = await server.ask('GET', `${SERVICES}/cart-${count}`);
    expect(isObject(stored.spec) && stored.spec.traffic).toBeUndefined();
  });

  it("is told the denial of a webhook that denies as well, and Knative's where that one lets it pass", async () => {
    const rules = [{ operations: ['*'], apiGroups: ['serving.knative.dev'], apiVersions: ['*'], resources: ['*'] }];
    const { reinvocationPolicy: _, ...webhook } = entry(url(hook.port), { rules });
    await create(CONFIGURATIONS, { metadata: { name: 'policy' }, webhooks: [webhook] });

    hook.respond = deny({ message: 'by policy', code: 403 });
    const both = await server.ask('POST', SERVICES, { body: aService(half) });
    hook.respond = allow();
    const one = await server.ask('POST', SERVICES, { body: aService(half) });
    await server.ask('DELETE', `${CONFIGURATIONS}/policy`);
    expect(both.body.message).toBe('admission webhook "web.example.com" denied the request: by policy');
    expect(one.body.message).toMatch(/^admission webhook "validation\.webhook\.serving\.knative\.dev" denied/);
  });
});

describe('nothing is refused of', () => {
  it('a Service that Knative takes, and nothing is written into it', async () => {
    const service = aService();
    const { body } = await create(SERVICES, service);
    expect(body.spec).toEqual(service.spec);
    expect(stringAt(body, 'metadata', 'annotations', 'serving.knative.dev/creator')).toBeUndefined();
  });

  it('a Service where Knative itself judges', async () => {
    const name = 'validation.webhook.serving.knative.dev';
    await create(CONFIGURATIONS, { metadata: { name }, webhooks: [] });
    await create(SERVICES, aService(half));

    await server.ask('DELETE', `${CONFIGURATIONS}/${name}`);
    // what was let in must not be in the way of its own status, nor of its end
    expect((await change({ status: { observedGeneration: 1 } }, '/status')).code).toBe(200);
    expect((await change({ metadata: { labels: { team: 'shop' } } })).code).toBe(400);
    expect((await server.ask('DELETE', `${SERVICES}/cart-${count}`)).code).toBe(200);
  });

  it('one that is being deleted, so that its finalizers can go', async () => {
    const name = 'validation.webhook.serving.knative.dev';
    await create(CONFIGURATIONS, { metadata: { name }, webhooks: [] });
    const service = aService(half);
    await create(SERVICES, { ...service, metadata: { name: `cart-${count}`, finalizers: ['example.com/kept'] } });
    await server.ask('DELETE', `${CONFIGURATIONS}/${name}`);

    await server.ask('DELETE', `${SERVICES}/cart-${count}`);
    expect((await change({ metadata: { finalizers: null } })).code).toBe(200);
    expect((await server.ask('GET', `${SERVICES}/cart-${count}`)).code).toBe(404);
  });

  it("Kubernetes' own kinds of the same names", async () => {
    const spec = { ports: [{ port: 80 }] };
    await create('/api/v1/namespaces/shop/services', { metadata: { name: `cart-${count}` }, spec });
  });
});

describe("Knative's ConfigMaps", () => {
  const CONFIG_MAPS = '/api/v1/namespaces/knative-serving/configmaps';
  const docs = readFileSync('docs/platform.md', 'utf8');
  const affine = { affinity: { podAntiAffinity: {} } };
  const claim = {
    containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  };

  it('say which features are on, from the write on, as docs/platform.md shows it', async () => {
    const refused = await server.ask('POST', SERVICES, { body: aService({}, affine) });
    expect(refused.body.message).toContain('must not set the field(s): spec.template.spec.affinity');

    const [, key = '', value = ''] = / config-features .*--from-literal=(.*)=(.*)$/m.exec(docs) ?? [];
    const data = { [key]: value, _example: 'kubernetes.podspec-tolerations: enabled' };
    await create(CONFIG_MAPS, { metadata: { name: 'config-features' }, data });
    await create(SERVICES, aService({}, affine));
    await server.ask('DELETE', `${CONFIG_MAPS}/config-features`);
    expect((await server.ask('POST', SERVICES, { body: aService({}, affine) })).code).toBe(400);
  });

  it('turn claims off, which are on', async () => {
    await create(SERVICES, aService({}, claim));
    await server.ask('DELETE', `${SERVICES}/cart-${count}`);

    const data = { 'kubernetes.podspec-persistent-volume-claim': 'disabled' };
    await create(CONFIG_MAPS, { metadata: { name: 'config-features' }, data });
    const { body } = await server.ask('POST', SERVICES, { body: aService({}, claim) });
    expect(body.message).toContain('Persistent volume claim support is disabled');
    await server.ask('DELETE', `${CONFIG_MAPS}/config-features`);
  });

  it('say how high max-scale may be', async () => {
    await create(CONFIG_MAPS, { metadata: { name: 'config-autoscaler' }, data: { 'max-scale-limit': '5' } });
    const annotations = { 'autoscaling.knative.dev/max-scale': '6' };
    const template = { metadata: { annotations }, spec: { containers: [container] } };
    const { body } = await server.ask('POST', SERVICES, { body: aService({ template }) });
    expect(body.message).toContain('expected 1 <= 6 <= 5: spec.template.metadata.annotations');
    await server.ask('DELETE', `${CONFIG_MAPS}/config-autoscaler`);
  });

  it('hold up every change of what was let in before, until it is mended', async () => {
    const path = '/apis/serving.knative.dev/v1/namespaces/shop/revisions';
    const annotations = { 'autoscaling.knative.dev/max-scale': '9' };
    await create(path, {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Revision',
      metadata: { name: `cart-${count}`, annotations },
      spec: { containers: [container] },
    });
    await create(CONFIG_MAPS, { metadata: { name: 'config-autoscaler' }, data: { 'max-scale-limit': '5' } });
    const patch = (metadata: JsonObject) =>
      server.ask('PATCH', `${path}/cart-${count}`, { headers: MERGE, body: { metadata } });
    const { code, body } = await patch({ labels: { team: 'shop' } });
    expect([code, body.message]).toEqual([400, expect.stringContaining('expected 1 <= 9 <= 5')]);
    const mended = { 'autoscaling.knative.dev/max-scale': '5' };
    expect((await patch({ labels: { team: 'shop' }, annotations: mended })).code).toBe(200);
    await server.ask('DELETE', `${CONFIG_MAPS}/config-autoscaler`);
  });
});

describe("Eventing's kinds", () => {
  const subscriber = { uri: 'http://cart.example.com' };
  const sink = { uri: 'http://cart.example.com' };
  const EVENTING = 'validation.webhook.eventing.knative.dev';
  const KAFKA = 'validation.webhook.kafka.eventing.knative.dev';

  it.each<
    [kind: string, apiVersion: string, plural: string, good: JsonObject, bad: JsonObject, by: string, why: string]
  >([
    [
      'Trigger',
      'eventing.knative.dev/v1',
      'triggers',
      { broker: 'default', subscriber },
      { broker: 'default' },
      EVENTING,
      'expected at least one, got none: spec.subscriber.ref, spec.subscriber.uri',
    ],
    [
      'Broker',
      'eventing.knative.dev/v1',
      'brokers',
      { delivery: { retry: 3 } },
      { delivery: { retry: 3, backoffDelay: 'soon' } },
      EVENTING,
      'invalid value: soon: spec.delivery.backoffDelay',
    ],
    [
      'Subscription',
      'messaging.knative.dev/v1',
      'subscriptions',
      { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'orders' }, subscriber },
      { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'orders' } },
      EVENTING,
      'missing field(s): spec.subscriber\nthe Subscription must reference a subscriber',
    ],
    ['Sequence', 'flows.knative.dev/v1', 'sequences', { steps: [subscriber] }, { steps: [] }, EVENTING, 'spec.steps'],
    [
      'PingSource',
      'sources.knative.dev/v1',
      'pingsources',
      { schedule: '* * * * *', sink },
      { schedule: 'at noon', sink },
      EVENTING,
      'spec.schedule',
    ],
    [
      'ApiServerSource',
      'sources.knative.dev/v1',
      'apiserversources',
      { resources: [{ apiVersion: 'v1', kind: 'Pod' }], sink },
      { resources: [], sink },
      EVENTING,
      'spec.resources',
    ],
    [
      'KafkaSource',
      'sources.knative.dev/v1',
      'kafkasources',
      { bootstrapServers: ['127.0.0.1:9092'], topics: ['orders'], sink },
      { bootstrapServers: ['127.0.0.1:9092'], topics: [], sink },
      KAFKA,
      'spec.topics',
    ],
    [
      'KafkaSink',
      'eventing.knative.dev/v1alpha1',
      'kafkasinks',
      { bootstrapServers: ['127.0.0.1:9092'], topic: 'orders' },
      { bootstrapServers: [], topic: '' },
      KAFKA,
      'invalid value: : spec.topic\ninvalid value: []: spec.bootstrapServers',
    ],
  ])('%s', async (kind, apiVersion, plural, good, bad, by, why) => {
    const path = `/apis/${apiVersion}/namespaces/shop/${plural}`;
    const object = (spec: JsonObject) => ({ apiVersion, kind, metadata: { name: `${plural}-${count}` }, spec });
    const { code, body } = await server.ask('POST', path, { body: object(bad) });
    expect([code, body.message]).toEqual([400, expect.stringContaining(why)]);
    expect(body.message).toContain(`admission webhook "${by}" denied the request: validation failed: `);
    await create(path, object(good));
  });

  it('with a field that there is not say that alone, and Knative has no hint for it', async () => {
    const [apiVersion, kind] = ['eventing.knative.dev/v1', 'Trigger'];
    const body = { apiVersion, kind, metadata: { name: 'red' }, spec: { broker: 'default', colour: 'red' } };
    const reply = await server.ask('POST', `/apis/${apiVersion}/namespaces/shop/triggers`, { body });
    expect(reply.body.message).toBe(
      `admission webhook "${EVENTING}" denied the request: decoding request failed: cannot decode incoming new object: json: unknown field "colour": spec.colour`,
    );
  });
});
