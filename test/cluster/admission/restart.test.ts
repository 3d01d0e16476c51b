/** An API server that is killed and comes back, and a webhook that has run on: caches, Events, verdicts; and its audit log. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { objectsAt } from '../../overlays/read.ts';
import { deployment, exception } from './harness/manifests.ts';
import { as, SECONDS } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const audit = auditTo(mkdtempSync(path.join(tmpdir(), 'weir-audit-')));
// of its own: others would miss theirs
const controlPlane = await startControlPlane({ apiServerFlags: audit.flags });
const { api, kubectl, killApiServer, reviveApiServer, stop } = controlPlane;

describe('a webhook whose API server is killed', () => {
  const weir = useWeir(controlPlane);
  afterAll(async () => {
    await stop();
    audit.remove();
  });

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

  it('is told in the audit log by which policy it judged, and who was let through', async () => {
    const mark = audit.events().length;
    await apply(deployment('docker.io/acme/again:latest'), '--dry-run=server', ...as('jane', 'weir-break-glass'));
    const annotations = await until('the request is in the audit log', { seconds: SECONDS }, () => {
      const events = audit.events().slice(mark);
      return events
        .map((event) => objectAt(event, 'annotations') ?? {})
        .find((each) => 'prod.policy.weir.dev/policy' in each);
    });
    expect(annotations).toMatchObject({
      'prod.policy.weir.dev/policy': 'prod',
      'prod.policy.weir.dev/policy-hash': expect.stringMatching(/^[0-9a-f]{12}$/),
      'prod.policy.weir.dev/break-glass': expect.stringContaining('weir-break-glass passed '),
      'prod.policy.weir.dev/exceptions': 'sale excuses images/registry',
    });
  });
});

/** Flags by which an API server writes its audit log into the folder, and what stands there. */
function auditTo(folder: string) {
  const [policy, log] = [path.join(folder, 'policy.yaml'), path.join(folder, 'audit.log')];
  writeFileSync(
    policy,
    JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] }),
  );
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    /** Of requests that have their answer. */
    events: (): JsonObject[] => {
      const lines = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.includes('ResponseComplete'));
      return lines.map((line): unknown => JSON.parse(line)).filter(isObject);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
