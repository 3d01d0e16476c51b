/** Where neither a schema nor Knative's webhooks refuse what does not fit, a controller says what is wrong, whatever is written, and goes on. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import {
  apiServerSources,
  containerSources,
  pingSources,
  sinkBindings,
} from '../../../controllers/eventing/resources.ts';
import { gitHubSources } from '../../../controllers/sources/github/controller.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { customResourceDefinitions } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, asObject, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from './kit.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let running: SourcesRun;

beforeAll(async () => {
  cluster = await startCluster({ refusesAsKnative: false });
  await cluster.namespace('hostile');
  await Promise.all(Object.values(RESOURCES).map(loosen));
  running = await runSources(cluster);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

/** An older cluster, or one whose definitions somebody has changed, takes anything. */
async function loosen({ plural, group }: Resource): Promise<void> {
  const found = await cluster.client.get(customResourceDefinitions, { name: `${plural}.${group}` });
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = arrayAt(found, 'spec', 'versions').map((version) => ({ ...asObject(version), schema }));
  await cluster.client.update(customResourceDefinitions, { ...found, spec: { ...objectAt(found, 'spec'), versions } });
}

const ODD: readonly JsonValue[] = [
  null,
  5,
  'text',
  [],
  [null],
  {},
  { a: { b: [1] } },
  JSON.parse('{"__proto__": {"x": 1}}'),
];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  PingSource: ['spec', 'sink', 'schedule', 'timezone', 'data', 'dataBase64', 'contentType', 'ceOverrides'],
  ApiServerSource: ['spec', 'sink', 'resources', 'owner', 'filters', 'namespaceSelector', 'serviceAccountName', 'mode'],
  SinkBinding: ['spec', 'sink', 'subject', 'ceOverrides'],
  ContainerSource: ['spec', 'sink', 'template', 'ceOverrides'],
  GitHubSource: ['spec', 'sink', 'eventTypes', 'ownerAndRepository', 'secretToken', 'ceOverrides'],
};
const WHOLE: Readonly<Record<string, JsonObject>> = {
  PingSource: { schedule: '* * * * *' },
  ApiServerSource: { resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }] },
  SinkBinding: { subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
  GitHubSource: { eventTypes: ['push'], ownerAndRepository: 'a/b' },
  ContainerSource: { template: { spec: { containers: [{ image: 'x' }] } } },
};
const RESOURCES = {
  GitHubSource: gitHubSources,
  PingSource: pingSources,
  ApiServerSource: apiServerSources,
  SinkBinding: sinkBindings,
  ContainerSource: containerSources,
} as const;

it.each(Object.entries(RESOURCES))('%s', async (kind, resource) => {
  const sink = { uri: 'http://sink.example.com' };
  let number = 0;
  for (const field of FIELDS[kind] ?? []) {
    for (const value of ODD) {
      const spec = field === 'spec' ? value : { sink, ...WHOLE[kind], [field]: value };
      const name = `${kind.toLowerCase()}-${++number}`;
      const metadata = { namespace: 'hostile', name };
      const apiVersion = `${resource.group}/${resource.version}`;
      await cluster.client.create(resource, { apiVersion, kind, metadata, spec });
    }
  }
  await running.settle();
  const failures = running.manager.controllers.flatMap(({ runner }) => runner.queue.failing());
  expect(failures).toEqual([]);
  expect(running.told.filter((line) => line.startsWith('warn'))).toEqual([]);
  const { items } = await cluster.client.list(resource, { namespace: 'hostile' });
  expect(items).toHaveLength(number);
  const silent = items.filter((item) => conditionsOf(item).Ready === undefined);
  expect(silent).toEqual([]);
  await running.pass(60_000);
  for (const item of items) {
    const name = String((item.metadata as JsonObject).name);
    await cluster.client.delete(resource, { namespace: 'hostile', name });
  }
  await running.settle();
});
