/**
 * Dead-letter sinks on the real API server, by a ServiceAccount with the rights that the controller names and no more:
 * what it makes is taken, stays as it is, and is put back.
 */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetters } from '../../../../controllers/deadLetters/controller.ts';
import { declaredBy } from '../../../../controllers/manager/declared.ts';
import { rulesOf } from '../../../../controllers/manager/rights.ts';
import { type Client, clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { isNotFound } from '../../../../src/kubernetes/client/errors.ts';
import {
  coreServices,
  deployments,
  networkPolicies,
  persistentVolumeClaims,
  serviceAccounts,
} from '../../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { type JsonObject, stringAt, textsAt, valueAt } from '../../../../src/kubernetes/json.ts';
import { nameOf } from '../../../../src/kubernetes/object.ts';
import { writeKubeconfig } from '../../../../src/platform/kubeconfig.ts';
import type { DeadLettersPolicy } from '../../../../src/policy/model/deadLetters.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { clusterWide, inOwnNamespace } from '../../../../tools/generate/overlays/controllerRights.ts';
import {
  KINDS,
  NAMESPACE,
  partsOf,
  policiesWith,
  runSinks,
  type SinkRun,
  told,
  weirController,
} from '../../../controllers/deadLetters/harness.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { HandPolicies } from '../../../controllers/kit/policies.ts';
import { cluster as controlPlane } from '../../harness/cluster.ts';
import { realCluster } from '../schedule/real.ts';

/** Other suites use Weir's namespace, too: nobody else has this environment. */
const ENVIRONMENT = 'lettered';
const SINK = { namespace: NAMESPACE, name: `dead-letters-${ENVIRONMENT}` };
const NAME = 'weir-dead-letters-test';
const ACCOUNT = { namespace: NAMESPACE, name: NAME };
const OWN = { namespace: NAMESPACE, name: 'weir-controller' };

let cluster: Cluster;
let connection: Connection;
let limited: Client;
let running: SinkRun | undefined;
let hasMadeController = false;

beforeAll(async () => {
  cluster = await realCluster();
  await cluster.namespace(NAMESPACE);
  hasMadeController = await cluster.client.get(deployments, OWN).then(
    () => false,
    (error: unknown) => {
      if (isNotFound(error)) return true;
      throw error;
    },
  );
  if (hasMadeController) await cluster.apply(weirController());
  const { rights } = declaredBy(deadLetters, new HandPolicies(policiesWith({ [ENVIRONMENT]: { keep: true } })));
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT },
    ...granted('ClusterRole', { name: NAME }, [...rulesOf(clusterWide(rights)), EVENTS]),
    ...granted('Role', ACCOUNT, rulesOf(inOwnNamespace(rights))),
  );
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await cluster.client.createAt(serviceAccounts, { ...ACCOUNT, subresource: 'token' }, request);
  const { server, ca, folder } = controlPlane();
  const kubeconfig = path.join(folder, 'dead-letters.kubeconfig');
  writeKubeconfig(kubeconfig, { server, ca, token: stringAt(answer, 'status', 'token') ?? '' });
  connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  limited = clientOver(connection);
}, 120_000);

afterEach(async () => {
  await running?.stop();
  running = undefined;
  const kinds = 'deployment,service,networkpolicy,serviceaccount,persistentvolumeclaim';
  await controlPlane().kubectl(['delete', kinds, '-n', NAMESPACE, '-l', `weir.dev/dead-letters=${ENVIRONMENT}`]);
}, 60_000);

afterAll(async () => {
  connection?.close();
  const { kubectl } = controlPlane();
  await kubectl(['delete', 'clusterrole,clusterrolebinding', NAME]);
  await kubectl(['delete', '-n', NAMESPACE, 'role,rolebinding,serviceaccount', NAME]);
  if (hasMadeController) await kubectl(['delete', '-n', NAMESPACE, 'deployment', OWN.name]);
  await cluster?.stop();
}, 60_000);

const EVENTS: JsonObject = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };

function granted(kind: 'Role' | 'ClusterRole', metadata: JsonObject, rules: readonly JsonObject[]): JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const apiVersion = `${group}/v1`;
  const roleRef = { apiGroup: group, kind, name: NAME };
  return [
    { apiVersion, kind, metadata, rules },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }] },
  ];
}

async function start(section: DeadLettersPolicy): Promise<SinkRun> {
  running = await runSinks(cluster, { [ENVIRONMENT]: section }, { client: limited });
  await running.settle();
  expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);
  return running;
}

async function parts(): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const resource of KINDS) {
    const { items } = await cluster.client.list(resource, { namespace: NAMESPACE });
    found.push(...items.filter((item) => nameOf(item) === SINK.name));
  }
  return found;
}

async function names(): Promise<string[]> {
  return (await parts()).map((part) => `${String(part.kind)} ${nameOf(part)}`).sort();
}

/** Of what others do not write: a Deployment's status moves its version. */
async function written(): Promise<string[]> {
  const all = await parts();
  return all.map((part) =>
    JSON.stringify([part.kind, valueAt(part, 'metadata', 'managedFields', 0, 'time'), part.spec]),
  );
}

async function hears(sentence: RegExp): Promise<void> {
  await until(`an Event says ${sentence}`, { seconds: 20 }, async () => {
    const all = await told(cluster, SINK.name);
    if (!all.some((each) => sentence.test(each))) throw new Error(all.join('\n'));
    return true;
  });
}

describe('on the real API server', () => {
  it('makes a sink with its own rights, and then rests', async () => {
    const { registry, hands, settle } = await start({ keep: true, storage: '1024Mi', age: '48h' });
    expect(await names()).toEqual(partsOf(ENVIRONMENT));
    const deployment = await cluster.client.get(deployments, SINK);
    const args = textsAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args');
    expect(args).toEqual(expect.arrayContaining(['--bytes=268435456', '--age=48h']));

    const before = await written();
    hands.change(policiesWith({ [ENVIRONMENT]: { keep: true, storage: '1Gi', age: '48h0m0s' } }));
    await settle();
    expect(await written()).toEqual(before);
    const writes = await registry.getSingleMetricAsString('weir_dead_letter_sinks_writes_total');
    expect(writes).toContain(`{environment="${ENVIRONMENT}",what="made"} 5`);
    expect(writes).not.toContain('what="repaired"');
  });

  it('gives its pod what Pod Security asks of a restricted namespace', async () => {
    await start({ keep: true });
    const { spec } = await cluster.client.get(deployments, SINK);
    const template = valueAt(spec ?? null, 'template', 'spec');
    const metadata = { name: 'weir-restricted-test', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'sink', namespace: metadata.name }, spec: template };
    const { kubectl } = controlPlane();
    const account = { ...ACCOUNT, namespace: metadata.name, name: SINK.name };
    await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
    const made = await kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
    await kubectl(['delete', 'namespace', metadata.name, '--wait=false']);
    expect([made.code, made.stderr]).toEqual([0, '']);
  });

  it('puts back what somebody changed or deleted', async () => {
    const { settle } = await start({ keep: true });
    await cluster.client.patch(networkPolicies, SINK, { type: 'merge', body: { spec: { ingress: [{}] } } });
    await cluster.client.patch(coreServices, SINK, { type: 'merge', body: { spec: { selector: { app: 'x' } } } });
    await cluster.client.delete(serviceAccounts, SINK);
    await hears(/NetworkPolicy .* was changed at \/spec\/ingress;/);
    await hears(/Service .* was changed at \/spec\/selector;/);
    await hears(/ServiceAccount .* was deleted;/);
    await settle();
    expect(await names()).toEqual(partsOf(ENVIRONMENT));
    expect(valueAt(await cluster.client.get(coreServices, SINK), 'spec', 'selector', 'app')).toBeUndefined();
  });

  it('says so where a claim does not grow, and keeps the letters within it', async () => {
    const { hands, settle } = await start({ keep: true, storage: '1Gi', storageClass: 'none-such' });
    hands.change(policiesWith({ [ENVIRONMENT]: { keep: true, storage: '4Gi', storageClass: 'none-such', age: '2h' } }));
    await settle();
    const claim = await cluster.client.get(persistentVolumeClaims, SINK);
    const size = valueAt(claim, 'spec', 'resources', 'requests', 'storage');
    const args = textsAt(
      await cluster.client.get(deployments, SINK),
      'spec',
      'template',
      'spec',
      'containers',
      0,
      'args',
    );
    expect(args).toContain('--age=2h');
    expect(args).toContain(`--bytes=${size === '4Gi' ? 2 ** 30 : 2 ** 28}`);
    if (size !== '4Gi') await hears(/^VolumeStays: .* has 1Gi, and the policy asks for 4Gi \(/);
  });

  it('may neither make another Deployment, nor delete a claim', async () => {
    const { hands, settle } = await start({ keep: true });
    const other = { ...weirController(), metadata: { name: 'another', namespace: NAMESPACE } };
    const apply = { type: 'apply', body: other } as const;
    const options = { fieldManager: 'x' };
    await expect(limited.patch(deployments, { namespace: NAMESPACE, name: 'another' }, apply, options)).rejects.toThrow(
      /forbidden/,
    );
    await expect(limited.delete(persistentVolumeClaims, SINK)).rejects.toThrow(/forbidden/);
    await expect(limited.get(coreServices, { namespace: 'default', name: 'kubernetes' })).rejects.toThrow(/forbidden/);

    hands.change(policiesWith({ [ENVIRONMENT]: {} }));
    await settle();
    expect(await names()).toEqual([`PersistentVolumeClaim ${SINK.name}`]);
    await hears(/^LettersStay: /);
  });
});
