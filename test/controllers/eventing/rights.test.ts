/** Eventing's controllers with the rights of their account, on an API server that holds them to those. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import { brokers, parallels, sequences, triggers } from '../../../controllers/eventing/resources.ts';
import { EVENTING_ACCOUNT } from '../../../controllers/eventing/start.ts';
import { accountWithRole } from '../../../controllers/manager/account.ts';
import { EVENTING } from '../../../src/cli/up/platform.ts';
import { findAccess } from '../../../src/kubernetes/client/access.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connectTo } from '../../../src/kubernetes/client/connection.ts';
import { fixedCredentials } from '../../../src/kubernetes/client/credentials.ts';
import { secrets, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { run } from '../kit/run.ts';
import { aService, conditionsOf, eventing, HandPlane, toService } from './harness.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(EVENTING_ACCOUNT.namespace);
  await cluster.namespace('shop');
  await cluster.apply(...accountWithRole(EVENTING_ACCOUNT, makeEventingControllers(new HandPlane())));
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await cluster.client.createAt(serviceAccounts, { ...EVENTING_ACCOUNT, subresource: 'token' }, request);
  const access = await findAccess({ kubeconfig: cluster.kubeconfig, environment: {}, clock: systemClock });
  const credentials = fixedCredentials({ authorization: `Bearer ${stringAt(answer, 'status', 'token') ?? ''}` });
  connection = connectTo({ ...access, credentials }, systemClock);
  client = clientOver(connection);
});

afterAll(async () => {
  connection?.close();
  await cluster.stop();
});

it('is the account that weir up makes a token for', () => {
  expect(EVENTING).toEqual(EVENTING_ACCOUNT);
});

it('they do all of their work, are refused nothing, and may do no more', async () => {
  const running = await run(cluster, { controllers: makeEventingControllers(new HandPlane()), client });
  await aService(cluster, 'shop', 'cart');
  await cluster.apply(
    eventing('Broker', 'default', 'shop', {}),
    eventing('Trigger', 'orders', 'shop', { broker: 'default', subscriber: toService('cart') }),
    eventing('Channel', 'steps', 'shop', {}),
    eventing('Sequence', 'way', 'shop', { steps: [toService('cart'), toService('cart')] }),
    eventing('Parallel', 'fork', 'shop', { branches: [{ subscriber: toService('cart') }] }),
  );
  await running.settle({ patience: 0 });
  await cluster.apply(eventing('Sequence', 'way', 'shop', { steps: [toService('cart')] }));
  await running.settle({ patience: 0 });
  expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);
  for (const [resource, name] of [
    [brokers, 'default'],
    [triggers, 'orders'],
    [sequences, 'way'],
    [parallels, 'fork'],
  ] as const) {
    expect(conditionsOf(await cluster.client.get(resource, { namespace: 'shop', name }))).toContain('Ready: True');
  }
  await expect(client.list(secrets)).rejects.toThrow('forbidden');
  const broker = await cluster.client.get(brokers, { namespace: 'shop', name: 'default' });
  await expect(client.update(brokers, broker)).rejects.toThrow('forbidden');
  await running.stop();
});
