/** Webhooks as the whole API server asks them. What is expected was seen on kube-apiserver 1.36. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { aServer, type Server } from '../servers.ts';
import { type AWebhook, allow, aWebhook, deny, entry, patch, type Respond, url } from './webhooks.ts';

const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';

let server: Server;
let hook: AWebhook;

beforeAll(async () => {
  hook = await aWebhook();
  server = await aServer({ portOfService: ({ name }) => (name === 'web' ? hook.port : undefined) });
  await server.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } });
});

afterAll(() => server.close());

/** Runs the requests with one webhook that answers for the resources in the namespace shop, and says what it was asked. */
async function during(
  kind: 'mutating' | 'validating',
  resources: readonly string[],
  respond: Respond,
  requests: () => Promise<unknown>,
  fields: JsonObject = {},
): Promise<JsonObject[]> {
  const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources }];
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } };
  const { reinvocationPolicy: _, ...known } = entry(url(hook.port), { rules, namespaceSelector, ...fields });
  const path = `${CONFIGURATIONS}/${kind}webhookconfigurations`;
  const made = await server.ask('POST', path, { body: { metadata: { name: 'one' }, webhooks: [known] } });
  expect([made.code, made.body.message]).toEqual([201, undefined]);
  hook.respond = respond;
  hook.reviews.length = 0;
  await requests();
  await server.ask('DELETE', `${path}/one`);
  return hook.reviews.map(({ request }) => request as JsonObject);
}

function aConfigMap(name: string): { readonly body: JsonObject } {
  return { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } } };
}

describe('the API server', () => {
  it('asks from the moment at which the configuration stands, and tells the denial', async () => {
    await during('validating', ['configmaps'], deny({ message: 'too large', code: 403 }), async () => {
      const { code, body } = await server.ask('POST', CONFIG_MAPS, aConfigMap('web'));
      expect(code).toBe(403);
      expect(body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'admission webhook "web.example.com" denied the request: too large',
        code: 403,
      });
    });
    expect((await server.ask('POST', CONFIG_MAPS, aConfigMap('web'))).code).toBe(201);
    await server.ask('DELETE', `${CONFIG_MAPS}/web`);
  });

  it('passes warnings on', async () => {
    await during('validating', ['configmaps'], allow({ warnings: ['look "here"'] }), async () => {
      const { headers } = await server.ask('POST', `${CONFIG_MAPS}?dryRun=All`, aConfigMap('web'));
      expect(headers.warning).toBe('299 - "look \\"here\\""');
    });
  });

  it('stores what the webhook has made of the object, if it is one of its kind', async () => {
    const data = patch([{ op: 'add', path: '/data/b', value: '2' }]);
    await during('mutating', ['configmaps'], data, async () => {
      const { body } = await server.ask('POST', CONFIG_MAPS, aConfigMap('web'));
      expect(body.data).toEqual({ a: '1', b: '2' });
      await server.ask('DELETE', `${CONFIG_MAPS}/web?dryRun=All`);
    });
    expect((await server.ask('GET', `${CONFIG_MAPS}/web`)).body.data).toEqual({ a: '1', b: '2' });

    await during('mutating', ['configmaps'], patch([{ op: 'add', path: '/data/b', value: 7 }]), async () => {
      const { code, body } = await server.ask('POST', CONFIG_MAPS, aConfigMap('other'));
      const why = 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string';
      expect([code, body.message]).toEqual([500, `Internal error occurred: ${why}`]);
    });
  });

  it('shows a Scale to those who ask about scales', async () => {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
    expect((await server.ask('POST', DEPLOYMENTS, { body })).code).toBe(201);

    const seven = patch([{ op: 'replace', path: '/spec/replicas', value: 7 }]);
    const [review] = await during('mutating', ['deployments/scale'], seven, async () => {
      const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 2 } };
      const answer = await server.ask('PUT', `${DEPLOYMENTS}/web/scale`, { body: scale });
      expect([answer.code, answer.body.spec]).toEqual([200, { replicas: 7 }]);
    });
    expect(review).toMatchObject({
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      subResource: 'scale',
      object: { kind: 'Scale', spec: { replicas: 2 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 0, selector: 'app=web' } },
    });
    const { body: deployment } = await server.ask('GET', `${DEPLOYMENTS}/web`);
    expect(deployment).toMatchObject({ kind: 'Deployment', spec: { replicas: 7, template: {} } });
  });

  it('names no object where a collection goes, and the uid of a Namespace that goes', async () => {
    await server.ask('POST', CONFIG_MAPS, aConfigMap('last'));
    const [review] = await during('validating', ['configmaps'], allow(), () => server.ask('DELETE', CONFIG_MAPS));
    expect(review).toMatchObject({ operation: 'DELETE', namespace: 'shop', object: null });
    expect([review && 'name' in review, review?.oldObject]).toEqual([
      false,
      expect.objectContaining({ kind: 'ConfigMap' }),
    ]);

    const { body } = await server.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'old' } } });
    const all = { namespaceSelector: {} };
    const remove = () => server.ask('DELETE', '/api/v1/namespaces/old');
    const [deletion] = await during('validating', ['namespaces'], allow(), remove, all);
    const { uid } = body.metadata as JsonObject;
    expect(deletion).toMatchObject({ name: 'old', namespace: 'old', options: { preconditions: { uid } } });
  });

  it('asks conditions, and refuses those that are none', async () => {
    const cannot = "!authorizer.requestResource.check('breakglass').allowed()";
    const reviews = await during(
      'validating',
      ['configmaps'],
      deny(),
      () => server.ask('POST', `${CONFIG_MAPS}?dryRun=All`, aConfigMap('web')),
      { matchConditions: [{ name: 'a', expression: cannot }] },
    );
    expect(reviews).toEqual([]); // an administrator may do everything

    const wrong = entry(url(1), { matchConditions: [{ name: 'a', expression: 'object.metadata.name' }] });
    const { code, body } = await server.ask('POST', `${CONFIGURATIONS}/mutatingwebhookconfigurations`, {
      body: { metadata: { name: 'wrong' }, webhooks: [wrong] },
    });
    expect([code, body.message]).toEqual([
      422,
      'MutatingWebhookConfiguration.admissionregistration.k8s.io "wrong" is invalid: webhooks[0].matchConditions[0].expression: Invalid value: "object.metadata.name": must evaluate to bool but got dyn',
    ]);
  });

  it('finds a Service by where it is said to be', async () => {
    const clientConfig = { service: { namespace: 'shop', name: 'web', path: '/review' }, caBundle: url(1).caBundle };
    const reviews = await during(
      'validating',
      ['configmaps'],
      allow(),
      () => server.ask('POST', `${CONFIG_MAPS}?dryRun=All`, aConfigMap('web')),
      { clientConfig },
    );
    expect(reviews).toHaveLength(1);
  });
});
