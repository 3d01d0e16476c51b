/** An API server that is killed and comes back, and a webhook that has run on: caches, Events and verdicts. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { isObject, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { objectsAt } from '../../overlays/read.ts';
import { deployment, exception } from './harness/manifests.ts';
import { as, SECONDS } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

// of its own: others would miss theirs
const controlPlane = await startControlPlane();
const { api, kubectl, killApiServer, reviveApiServer, stop } = controlPlane;

describe('a webhook whose API server is killed', () => {
  const weir = useWeir(controlPlane);
  afterAll(stop);

  const apply = (manifest: string, ...flags: string[]) =>
    kubectl(['-n', 'shop', 'apply', ...flags, '-f', '-'], manifest);
  const isDenied = async () => {
    const { code, stderr } = await apply(deployment('docker.io/acme/worker:1.0.0'), '--dry-run=server');
    if (code === 1 && !stderr.includes('admission webhook "prod.policy.weir.dev" denied')) throw new Error(stderr);
    return code === 1;
  };
  const anException = () => exception({ name: 'worker', rules: ['images/registry'], kind: 'apps/Deployment' });

  it('judges on when it is back, and follows what changes from then on', async () => {
    const metadata = { name: 'shop', labels: { 'weir.dev/environment': 'prod' } };
    await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    expect(await isDenied()).toBe(true);
    expect((await apply(anException(), ...as('paul', 'platform'))).code).toBe(0);
    await until('the exception excuses', { seconds: SECONDS }, async () => !(await isDenied()));

    for (let time = 0; time < 2; time++) {
      await killApiServer();
      // the server needs nobody in order to answer
      expect((await weir().server().readyz()).status).toBe(200);
      await reviveApiServer();
      // what it knew before, it knows from the first moment
      expect(await isDenied()).toBe(false);

      expect((await kubectl(['-n', 'shop', 'delete', 'policyexception', 'sale', ...as('paul', 'platform')])).code).toBe(
        0,
      );
      await until('the deletion is seen', { seconds: 2 * SECONDS }, isDenied);
      expect((await apply(anException(), ...as('paul', 'platform'))).code).toBe(0);
      await until('the new exception is seen', { seconds: 2 * SECONDS }, async () => !(await isDenied()));
    }
  }, 240_000);

  it('tells of broken glass afterwards as before', async () => {
    const { code } = await apply(deployment('docker.io/acme/other:latest'), ...as('jane', 'weir-break-glass'));
    expect(code).toBe(0);
    await until('there is an Event', { seconds: SECONDS }, async () => {
      const list = await api.get('/apis/events.k8s.io/v1/namespaces/shop/events');
      return objectsAt(isObject(list) ? list : {}, 'items').some((event) => stringAt(event, 'reason') === 'BrokeGlass');
    });
    expect(await weir().server().metric('weir_events_lost_total')).toBe(0);
  });
});
