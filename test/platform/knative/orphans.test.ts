/** What the garbage collector may do to what Knative judges. test/cluster/platform/differential/knative holds its patch against Knative. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { knativeServingCrds } from '../../../src/platform/crds/knative.ts';
import { knativeValidation } from '../../../src/platform/knative/validation.ts';
import { aServer, type Reply, type Server } from '../apiserver/servers.ts';

const SERVING = '/apis/serving.knative.dev/v1/namespaces/default';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const LABEL = 'serving.knative.dev/configuration';
const podSpec = { containers: [{ image: 'registry.example.com/shop/cart:1' }] };

let server: Server;
/** The sentence with which the collector gave up for now. */
const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<string>();

beforeAll(async () => {
  const told = (details: object) => giveUp(String('err' in details ? details.err : ''));
  server = await aServer({ validators: [knativeValidation], log: { ...SILENT, warn: told, error: told } });
  for (const definition of await knativeServingCrds()) {
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
});
afterAll(() => server.close());

async function create(path: string, body: JsonObject): Promise<Reply> {
  const reply = await server.ask('POST', path, { body });
  expect([reply.code, reply.body.message]).toEqual([201, undefined]);
  return reply;
}

it('a Configuration that orphans its Revision waits until the label that names it is gone, as in a cluster', async () => {
  const apiVersion = 'serving.knative.dev/v1';
  const spec = { template: { spec: podSpec } };
  const { body } = await create(`${SERVING}/configurations`, {
    apiVersion,
    kind: 'Configuration',
    metadata: { name: 'cart' },
    spec,
  });
  const uid = stringAt(body, 'metadata', 'uid') ?? '';
  const owner = { apiVersion, kind: 'Configuration', name: 'cart', uid, controller: true, blockOwnerDeletion: true };
  const metadata = { name: 'cart-1', labels: { [LABEL]: 'cart' }, ownerReferences: [owner] };
  await create(`${SERVING}/revisions`, { apiVersion, kind: 'Revision', metadata, spec: podSpec });

  const changes = server.watch(`${SERVING}/configurations?watch=true`);
  expect(stringAt(await changes.next(), 'type')).toBe('ADDED');
  await server.ask('DELETE', `${SERVING}/configurations/cart`, { body: { propagationPolicy: 'Orphan' } });
  expect(stringAt(await changes.next(), 'type')).toBe('MODIFIED');
  expect(await gaveUp).toContain(`validation failed: missing field(s): metadata.labels.${LABEL}`);

  const unlabelled = { metadata: { labels: { [LABEL]: null } } };
  const path = `${SERVING}/revisions/cart-1`;
  expect((await server.ask('PATCH', path, { headers: MERGE, body: unlabelled })).code).toBe(200);
  expect(stringAt(await changes.next(), 'type')).toBe('DELETED');
  changes.stop();
  const { body: left } = await server.ask('GET', path);
  expect(left.metadata).not.toHaveProperty('ownerReferences');
});
