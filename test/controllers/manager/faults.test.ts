/** What may go wrong around the controllers, on the embedded API server; test/cluster/controllers/ground does it on a real one. */
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { FAULTS, RESTARTED } from '../kit/faults.ts';

jest.setTimeout(240_000);

const MANY = 40;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
});
afterAll(() => cluster.stop());

describe('the end is right, and no write too many, where', () => {
  let made = 0;
  it.each([...FAULTS, RESTARTED])('$name', async ({ happen }) => {
    const namespace = `fault-${++made}`;
    await cluster.namespace(namespace);
    await happen(cluster, namespace, MANY);
  });
});
