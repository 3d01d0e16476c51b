import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../../src/platform/crds/knative.ts';
import { aServer, type Server } from '../apiserver/servers.ts';

const namesOf = (definitions: readonly JsonObject[]) =>
  definitions.map((definition) => stringAt(definition, 'metadata', 'name') ?? '');

it('serves what people write for Knative Serving, and says whose version it is', async () => {
  const definitions = await knativeServingCrds();
  const names = namesOf(definitions);
  expect(names).toEqual(
    expect.arrayContaining([
      'services.serving.knative.dev',
      'configurations.serving.knative.dev',
      'revisions.serving.knative.dev',
      'routes.serving.knative.dev',
      'domainmappings.serving.knative.dev',
      'podautoscalers.autoscaling.internal.knative.dev',
    ]),
  );
  expect(definitions.filter((definition) => !isObject(definition.spec))).toEqual([]);
  const service = definitions[names.indexOf('services.serving.knative.dev')];
  expect(stringAt(service, 'metadata', 'labels', 'app.kubernetes.io/version')).toBe('1.23.0');
});

describe('the kinds of Knative Eventing', () => {
  it('are those that something here acts on, and stand in one place each', async () => {
    const names = namesOf(await knativeEventingCrds());
    expect(names).toEqual([
      'apiserversources.sources.knative.dev',
      'brokers.eventing.knative.dev',
      'channels.messaging.knative.dev',
      'containersources.sources.knative.dev',
      'eventpolicies.eventing.knative.dev',
      'eventtransforms.eventing.knative.dev',
      'inmemorychannels.messaging.knative.dev',
      'parallels.flows.knative.dev',
      'pingsources.sources.knative.dev',
      'sequences.flows.knative.dev',
      'sinkbindings.sources.knative.dev',
      'subscriptions.messaging.knative.dev',
      'triggers.eventing.knative.dev',
    ]);
    expect(namesOf(foreignCrds()).filter((name) => names.includes(name))).toEqual([]);
  });

  it('have the fields of a cluster: others are dropped, a wrong type is refused, and kubectl has its columns', async () => {
    const server: Server = await aServer();
    try {
      for (const body of await knativeEventingCrds()) {
        const { code } = await server.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body });
        expect(code).toBe(201);
      }
      const eventing = '/apis/eventing.knative.dev/v1/namespaces/default';
      const of = (kind: string, spec: JsonObject) => ({
        apiVersion: 'eventing.knative.dev/v1',
        kind,
        metadata: { name: 'one' },
        spec,
      });
      const delivery = { retry: 3, experimental: true };
      const broker = await server.ask('POST', `${eventing}/brokers`, { body: of('Broker', { delivery, retry: 3 }) });
      // where Knative's own definition leaves room, it stays
      expect([broker.code, objectAt(broker.body, 'spec')]).toEqual([201, { delivery }]);
      const at = `${eventing}/triggers`;
      const filters = [{ any: [{ exact: { type: 'a' } }, { cesql: 'x = 1' }] }];
      const spec = { broker: 'default', filters, subscriber: { uri: 'http://a' } };
      const trigger = await server.ask('POST', at, { body: of('Trigger', spec) });
      expect([trigger.code, objectAt(trigger.body, 'spec')]).toEqual([201, spec]);
      const wrong = await server.ask('POST', at, { body: of('Trigger', { broker: 7 }) });
      expect(wrong.code).toBe(422);

      const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
      const table = await server.ask('GET', at, { headers: asTable });
      expect(arrayAt(table.body, 'columnDefinitions').map((column) => stringAt(column, 'name'))).toEqual([
        'Name',
        'Broker',
        'Subscriber_URI',
        'Age',
        'Ready',
        'Reason',
      ]);
    } finally {
      await server.close();
    }
  }, 60_000);
});
