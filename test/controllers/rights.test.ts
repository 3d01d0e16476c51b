/** The controllers with the rights that overlays/base gives them, on an API server that holds them to those. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { controllersNamed } from '../../controllers/all.ts';
import { DEPLOYER_RULES } from '../../src/guardrails/roles.ts';
import { findAccess } from '../../src/kubernetes/client/access.ts';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import { type Connection, connectTo } from '../../src/kubernetes/client/connection.ts';
import { fixedCredentials } from '../../src/kubernetes/client/credentials.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { IN_A_CLUSTER } from '../../tools/generate/overlays/controllerRights.ts';
import { objectsOf } from '../overlays/read.ts';
import { contents, partsOf, weirController } from './deadLetters/harness.ts';
import { type Cluster, startCluster } from './kit/cluster.ts';
import { HandPolicies, policiesOf } from './kit/policies.ts';
import { run } from './kit/run.ts';

jest.setTimeout(120_000);

const ACCOUNT = { namespace: 'weir-system', name: 'weir-controller' };
const accounts = { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', isNamespaced: true };
const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles', kind: 'Role', isNamespaced: true };
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', isNamespaced: true };
const schedules = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'scalingschedules',
  kind: 'ScalingSchedule',
  isNamespaced: true,
};
const FILES = ['controller-service-account', 'controller-cluster-role', 'controller-role', 'controller-lease-role'];

let cluster: Cluster;
let connection: Connection;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('weir-system');
  for (const file of FILES) await cluster.apply(...objectsOf(`overlays/base/${file}.yaml`));
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await cluster.client.createAt(accounts, { ...ACCOUNT, subresource: 'token' }, request);
  const token = stringAt(answer, 'status', 'token') ?? '';
  const access = await findAccess({ kubeconfig: cluster.kubeconfig, environment: {}, clock: systemClock });
  const credentials = fixedCredentials({ authorization: `Bearer ${token}` });
  connection = connectTo({ ...access, credentials }, systemClock);
});

afterAll(async () => {
  connection?.close();
  await cluster.stop();
});

it('they do all of their work, and are refused nothing', async () => {
  await cluster.namespace('shop-prod', 'prod');
  await cluster.apply({
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name: 'business-hours', namespace: 'shop-prod' },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' },
      timeZone: 'Europe/Lisbon',
      windows: [{ name: 'weekdays', start: '0 8 * * 1-5', end: '0 18 * * 1-5', minScale: 10 }],
    },
  });
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'weir-system' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
  });
  const policies = new Map(await policiesOf());
  const prod = policies.get('prod');
  if (prod === undefined) throw new Error('the shipped policies have no prod');
  await cluster.apply(weirController());
  const deployers = { 'knative-deployer': { groups: ['shop'] } };
  const eventing = { ...prod.eventing, deadLetters: { keep: true } };
  policies.set('prod', { ...prod, eventing, namespace: { ...prod.namespace, roles: deployers } });
  const hands = new HandPolicies(policies);
  const running = await run(cluster, {
    controllers: controllersNamed(IN_A_CLUSTER, {}),
    client: clientOver(connection),
    policies: hands,
    lease: { lease: ACCOUNT, identity: 'test' },
  });
  await running.settle({ withinMs: 60_000 });

  const refused = running.told.filter((line) => /forbidden|may not/i.test(line));
  expect(refused).toEqual([]);
  // each of them wrote what it is there for
  const role = await cluster.client.get(roles, { namespace: 'shop-prod', name: 'knative-deployer' });
  expect(arrayAt(role, 'rules')).toEqual(DEPLOYER_RULES);
  await cluster.client.get(secrets, { namespace: 'shop-prod', name: 'regcred' });
  const schedule = await cluster.client.get(schedules, { namespace: 'shop-prod', name: 'business-hours' });
  expect(objectAt(schedule, 'status')).toBeDefined();
  expect(await contents(cluster)).toEqual(partsOf('prod'));
  expect(running.manager.isLeader()).toBe(true);

  hands.change(new Map(policies).set('prod', prod));
  await running.settle({ withinMs: 60_000 });
  expect(await contents(cluster)).toEqual(['PersistentVolumeClaim dead-letters-prod']);
  expect(running.told.filter((line) => /forbidden|may not/i.test(line))).toEqual([]);
  await running.stop();
});
