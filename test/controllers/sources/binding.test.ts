import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { containerSources, sinkBindings } from '../../../controllers/eventing/resources.ts';
import { jobs } from '../../../controllers/jobs/resources.ts';
import { CONFIGURATION } from '../../../controllers/sources/binding/configuration.ts';
import { services } from '../../../src/knative/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { deployments, mutatingWebhookConfigurations } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { type EmbeddedCluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from './kit.ts';

jest.setTimeout(120_000);

let cluster: EmbeddedCluster;
let running: SourcesRun;
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  running = await runSources(cluster);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'shop/web' }] } };
const SINK = 'http://sink.example.com/';
const BOUND = [{ name: 'K_SINK', value: SINK }, { name: 'K_CE_OVERRIDES' }];

async function aNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const namespace = `bind-${++count}`;
  await cluster.namespace(namespace, undefined, labels);
  return namespace;
}

function aDeployment(namespace: string, more: JsonObject = {}): JsonObject {
  const spec = { selector: { matchLabels: { app: 'web' } }, template: TEMPLATE, ...more };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' }, spec };
}

function aBinding(namespace: string, subject: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'SinkBinding',
    metadata: { namespace, name: 'binding' },
    spec: { subject, sink: { uri: SINK }, ...more },
  };
}

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

async function envOf(resource: Resource, namespace: string, name = 'web'): Promise<JsonValue[]> {
  const object = await cluster.client.get(resource, { namespace, name });
  return [...arrayAt(object, 'spec', 'template', 'spec', 'containers', 0, 'env')];
}

async function conditionsIn(namespace: string): Promise<Readonly<Record<string, string>>> {
  return conditionsOf(await cluster.client.get(sinkBindings, { namespace, name: 'binding' }));
}

async function expectSaid(namespace: string, condition: string, message: string): Promise<void> {
  await running.settle();
  expect(await conditionsIn(namespace)).toMatchObject({ Ready: condition, SinkBindingAvailable: condition });
  const binding = await cluster.client.get(sinkBindings, { namespace, name: 'binding' });
  expect(JSON.stringify(binding.status)).toContain(message);
}

describe('a SinkBinding', () => {
  it('binds what is there, what is made later, and what is changed', async () => {
    const namespace = await aNamespace();
    const own = [{ name: 'PORT', value: '1' }];
    const containers = [{ name: 'web', image: 'shop/web', env: own }];
    const template = { ...TEMPLATE, spec: { containers, initContainers: [{ name: 'first', image: 'shop/first' }] } };
    await cluster.apply(aDeployment(namespace, { template }));
    const ceOverrides = { extensions: { team: 'shop' } };
    await cluster.apply(aBinding(namespace, DEPLOYMENT, { ceOverrides }));
    await running.settle();
    const bound = [
      { name: 'K_SINK', value: SINK },
      { name: 'K_CE_OVERRIDES', value: '{"extensions":{"team":"shop"}}' },
    ];
    expect(await envOf(deployments, namespace)).toEqual([...own, ...bound]);
    const deployment = await cluster.client.get(deployments, { namespace, name: 'web' });
    expect(arrayAt(deployment, 'spec', 'template', 'spec', 'initContainers', 0, 'env')).toEqual(bound);

    const configuration = await cluster.client.get(mutatingWebhookConfigurations, { name: CONFIGURATION });
    expect(arrayAt(configuration, 'webhooks', 0, 'rules')).toMatchObject([{ resources: ['deployments'] }]);

    // as the author would do who knows nothing of it: admission puts it back at once
    await cluster.client.update(deployments, { ...aDeployment(namespace, { template }) });
    expect(await envOf(deployments, namespace)).toEqual([...own, ...bound]);
    await cluster.client.delete(deployments, { namespace, name: 'web' });
    const made = await cluster.client.create(deployments, aDeployment(namespace));
    expect(arrayAt(made, 'spec', 'template', 'spec', 'containers', 0, 'env')).toEqual(bound);
    await running.settle();
    expect(await conditionsIn(namespace)).toEqual({
      OIDCIdentityCreated: 'True authentication-oidc feature disabled',
      OIDCTokenSecretCreated: 'True authentication-oidc feature disabled',
      Ready: 'True',
      SinkBindingAvailable: 'True',
      SinkProvided: 'True',
      TrustBundlePropagated: 'True',
    });
    const binding = await cluster.client.get(sinkBindings, { namespace, name: 'binding' });
    expect(binding.status).toMatchObject({ sinkUri: SINK });

    await cluster.client.delete(sinkBindings, { namespace, name: 'binding' });
    await running.settle();
    expect(await envOf(deployments, namespace)).toEqual([]);
    await expect(cluster.client.get(sinkBindings, { namespace, name: 'binding' })).rejects.toThrow('not found');
    const after = await cluster.client.get(mutatingWebhookConfigurations, { name: CONFIGURATION });
    expect(arrayAt(after, 'webhooks', 0, 'rules')).toEqual([]);
  });

  it('binds Jobs by their labels as they are made, as a CronJob makes them', async () => {
    const namespace = await aNamespace();
    const selector = { matchLabels: { app: 'nightly' } };
    await cluster.apply(aBinding(namespace, { apiVersion: 'batch/v1', kind: 'Job', selector }));
    await running.settle();
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'shop/x' }] } };
    const job = (name: string, labels: JsonObject) =>
      cluster.client.create(jobs, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace, name, labels },
        spec: { template },
      });
    await job('tonight', { app: 'nightly' });
    await job('other', { app: 'other' });
    expect(await envOf(jobs, namespace, 'tonight')).toEqual(BOUND);
    expect(await envOf(jobs, namespace, 'other')).toEqual([]);
    expect(await conditionsIn(namespace)).toMatchObject({ Ready: 'True' });
  });

  it('binds the template of a Knative Service', async () => {
    const namespace = await aNamespace();
    const subject = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'web' };
    await cluster.apply(aBinding(namespace, subject));
    await running.settle();
    await cluster.apply({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { namespace, name: 'web' },
      spec: { template: { spec: { containers: [{ image: 'shop/web' }] } } },
    });
    expect(await envOf(services, namespace)).toEqual(BOUND);
  });

  it('leaves alone what says that it is not to be bound', async () => {
    const namespace = await aNamespace({ 'bindings.knative.dev/exclude': 'true' });
    await cluster.apply(aBinding(namespace, { apiVersion: 'batch/v1', kind: 'Job', selector: {} }));
    await running.settle();
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'shop/x' }] } };
    await cluster.client.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { namespace, name: 'x' },
      spec: { template },
    });
    expect(await envOf(jobs, namespace, 'x')).toEqual([]);
  });

  it.each<[title: string, subject: JsonObject, condition: string, message: string]>([
    ['a subject that is not there', DEPLOYMENT, 'False SubjectMissing', 'deployments.apps \\"web\\" not found'],
    [
      'a CronJob',
      { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly' },
      'False SubjectUnavailable',
      'name the kind Job, with a selector',
    ],
  ])('says so of %s', async (_, subject, condition, message) => {
    const namespace = await aNamespace();
    await cluster.apply(aBinding(namespace, subject));
    await expectSaid(namespace, condition, message);
  });

  it('says so of no subject, let in before the check', async () => {
    const namespace = await aNamespace();
    await cluster.letIn(() => cluster.apply(aBinding(namespace, { apiVersion: 'apps/v1', kind: 'Deployment' })));
    await expectSaid(namespace, 'False InvalidSource', 'name, selector');
  });

  it('says so of a sink that is not there, and binds when it comes', async () => {
    const namespace = await aNamespace();
    await cluster.apply(aDeployment(namespace));
    const sink = { ref: { apiVersion: 'v1', kind: 'Service', name: 'cart' } };
    await cluster.apply(aBinding(namespace, DEPLOYMENT, { sink }));
    await running.settle();
    expect(await conditionsIn(namespace)).toMatchObject({ Ready: 'False NoAddressable' });
    expect(await envOf(deployments, namespace)).toEqual([]);
    const metadata = { namespace, name: 'cart' };
    await cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });
    await running.settle();
    expect(await conditionsIn(namespace)).toMatchObject({ Ready: 'True' });
    const url = `http://cart.${namespace}.svc.cluster.local`;
    expect(await envOf(deployments, namespace)).toEqual([{ name: 'K_SINK', value: url }, { name: 'K_CE_OVERRIDES' }]);
  });
});

describe('a ContainerSource', () => {
  it('is a Deployment with a SinkBinding', async () => {
    const namespace = await aNamespace();
    const template = { spec: { containers: [{ image: 'shop/heartbeat' }] } };
    await cluster.apply({
      apiVersion: 'sources.knative.dev/v1',
      kind: 'ContainerSource',
      metadata: { namespace, name: 'heart' },
      spec: { template, sink: { uri: SINK } },
    });
    await running.settle();
    const deployment = await cluster.client.get(deployments, { namespace, name: 'heart-deployment' });
    const labels = {
      'sources.knative.dev/containerSource': 'heart',
      'sources.knative.dev/source': 'container-source-controller',
    };
    expect(deployment).toMatchObject({ metadata: { labels }, spec: { selector: { matchLabels: labels } } });
    const podSpec = objectAt(deployment, 'spec', 'template', 'spec');
    expect(podSpec).toMatchObject({ containers: [{ name: 'heart-0', image: 'shop/heartbeat', env: BOUND }] });
    const source = await cluster.client.get(containerSources, { namespace, name: 'heart' });
    expect(source.status).toMatchObject({ sinkUri: SINK });
    expect(conditionsOf(source)).toEqual({
      Ready: 'Unknown DeploymentUnavailable',
      ReceiveAdapterReady: 'Unknown DeploymentUnavailable',
      SinkBindingReady: 'True',
    });

    const before = deployment.metadata;
    await running.settle();
    expect((await cluster.client.get(deployments, { namespace, name: 'heart-deployment' })).metadata).toEqual(before);
    const status = { conditions: [{ type: 'Available', status: 'True', reason: 'x', message: 'x' }] };
    const patch = { type: 'merge', body: { status } } as const;
    await cluster.client.patch(deployments, { namespace, name: 'heart-deployment', subresource: 'status' }, patch);
    await running.settle();
    expect(conditionsOf(await cluster.client.get(containerSources, { namespace, name: 'heart' }))).toMatchObject({
      Ready: 'True',
    });

    const changed = { spec: { template: { spec: { containers: [{ image: 'shop/heartbeat:2' }] } } } };
    await cluster.client.patch(containerSources, { namespace, name: 'heart' }, { type: 'merge', body: changed });
    await running.settle();
    expect(
      objectAt(
        await cluster.client.get(deployments, { namespace, name: 'heart-deployment' }),
        'spec',
        'template',
        'spec',
      ),
    ).toMatchObject({ containers: [{ name: 'heart-0', image: 'shop/heartbeat:2', env: BOUND }] });
  });
});
