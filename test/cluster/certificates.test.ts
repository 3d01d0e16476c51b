/**
 * The webhook's certificates on a real API server: three rotations of certificates that live for 60 seconds, in real
 * time and under load; a Secret that is deleted, a caBundle that is reset.
 */
import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import type { CertificateKeeper } from '../../webhooks/certificates/keeper.ts';
import { keepCertificates } from '../../webhooks/certificates/start.ts';
import { timingFor } from '../../webhooks/certificates/timing.ts';
import { callAll } from '../webhooks/certificates/load.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';

const LIFE_SECONDS = 60;
const SERVICE = 'rotating';
const SECRET = 'rotating-certificate';

const { api, kubeconfig } = cluster();
const words: string[] = [];
const hear = (details: object, message: string): void => void words.push(`${message} ${JSON.stringify(details)}`);
const log: Log = { debug: () => {}, info: hear, warn: hear, error: hear };

let namespace: string;
let connection: Connection;
let mutating: string;
let validating: string;
let ports: number[];
const replicas: Replica[] = [];

interface Replica {
  readonly keeper: CertificateKeeper;
  readonly server: Server;
  /** Expiry of each certificate that was served. */
  readonly served: Date[];
  reviews: number;
}

beforeAll(async () => {
  namespace = await freshNamespace(cluster());
  // names of our own beside those of the overlays
  mutating = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${namespace}.defaults.weir.dev`;
  validating = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${namespace}.policy.weir.dev`;
  ports = await freePorts(2);
  connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  await api.create(`/api/v1/namespaces/${namespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  });
  await api.create(folderOf(mutating), configuration('MutatingWebhookConfiguration', mutating));
  await api.create(folderOf(validating), configuration('ValidatingWebhookConfiguration', validating));
  for (const port of ports) replicas.push(await startReplica(port));
}, 60_000);

afterAll(async () => {
  for (const path of [mutating, validating]) await api.ask('DELETE', path);
  for (const { keeper, server } of replicas) {
    await keeper.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  connection?.close();
});

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** One webhook a replica, so that each request asks both. */
function configuration(kind: string, path: string): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: nameOf(path) },
    webhooks: ports.map((port, index) => ({
      name: `replica-${index}.${nameOf(path)}`,
      clientConfig: { service: { namespace, name: SERVICE, port, path: '/review' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 5,
      admissionReviewVersions: ['v1'],
    })),
  };
}

async function startReplica(port: number): Promise<Replica> {
  const keeper = keepCertificates({
    client: clientOver(connection),
    clock: systemClock,
    random: Math.random,
    log,
    namespace,
    service: SERVICE,
    secretName: SECRET,
    mutatingName: nameOf(mutating),
    validatingName: nameOf(validating),
    life: LIFE_SECONDS * 1_000,
  });
  const server = createServer((request, response) => {
    replica.reviews++;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => response.end(JSON.stringify(allowed(JSON.parse(body)))));
  });
  const replica: Replica = { keeper, server, served: [], reviews: 0 };
  keeper.onChange(({ certificate: cert, key, expiresAt }) => {
    server.setSecureContext({ cert, key });
    replica.served.push(expiresAt);
  });
  keeper.start();
  await until('there is a certificate', { seconds: 30 }, () => keeper.current() !== undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return replica;
}

function allowed(review: JsonValue): JsonObject {
  const uid = stringAt(review, 'request', 'uid') ?? '';
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } };
}

/** What an admission of ours says to an object that is not written: 201, or why not. */
async function tryCreate(): Promise<string> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any' } };
  const answer = await api.ask('POST', `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body);
  return answer.status === 201 ? '201' : `${answer.status} ${stringAt(answer.body, 'message')}`;
}

async function bundlesOf(path: string): Promise<string[]> {
  const webhooks = arrayAt(await api.get(path), 'webhooks');
  return webhooks.map((each) => Buffer.from(stringAt(each, 'clientConfig', 'caBundle') ?? '', 'base64').toString());
}

async function secretData(): Promise<JsonValue> {
  const secret = await api.get(`/api/v1/namespaces/${namespace}/secrets/${SECRET}`);
  return isObject(secret) ? (secret.data ?? null) : null;
}

/** How long after the one before it each certificate was made, as all of them live equally long. */
function livesOf(served: readonly Date[]): number[] {
  return served.slice(1).map((expiry, index) => expiry.getTime() - (served[index]?.getTime() ?? 0));
}

it('a new installation admits once its caBundles are written', async () => {
  await until('an object is admitted', { seconds: 30 }, async () => (await tryCreate()) === '201');
  const bundles = [...(await bundlesOf(mutating)), ...(await bundlesOf(validating))];
  expect(new Set(bundles).size).toBe(1);
  expect(bundles[0]).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

it('nothing of a configuration is written but the caBundles', async () => {
  const written = await api.get(validating);
  const webhooks = arrayAt(written, 'webhooks').map((each) => {
    const { caBundle: _, ...clientConfig } = isObject(each) && isObject(each.clientConfig) ? each.clientConfig : {};
    return { ...(isObject(each) ? each : {}), clientConfig };
  });
  expect({ webhooks }).toMatchObject({ webhooks: configuration('', validating).webhooks ?? null });
});

describe('under load', () => {
  it('three rotations lose no request', async () => {
    const lost: string[] = [];
    let admitted = 0;
    let isOver = false;
    const keepAdmitting = async (): Promise<void> => {
      while (!isOver) {
        const answer = await tryCreate();
        if (answer === '201') admitted++;
        else lost.push(answer);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    let caBundle = (await bundlesOf(validating))[0];
    const keepReading = async (): Promise<void> => {
      while (!isOver) {
        caBundle = (await bundlesOf(validating))[0];
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    const load = callAll({ ports, servername: `${SERVICE}.${namespace}.svc`, caBundle: () => caBundle, pause: 50 });
    const under = [keepAdmitting(), keepAdmitting(), keepReading()];
    const before = replicas.map(({ served }) => served.length);

    const rotated = () => replicas.every(({ served }, index) => served.length >= (before[index] ?? 0) + 3);
    await until('each replica has taken up three certificates', { seconds: 4 * LIFE_SECONDS }, rotated);
    const isRetired = async () => stringAt(await secretData(), 'previous-ca.crt') === '';
    await until('the last old CA has gone', { seconds: LIFE_SECONDS }, isRetired);
    isOver = true;
    await Promise.all([...under, load.stop()]);

    expect({ lost, direct: load.failures() }).toEqual({ lost: [], direct: [] });
    expect(admitted).toBeGreaterThan(500);
    expect(load.certificates().size).toBe(4);
    expect(load.reused()).toBeGreaterThan(100);
    // each was replaced while a third of its life was left, but for the time that a busy machine needs for it: to the
    // second it is held where the clock is a test's own (test/webhooks/certificates/keeper.test.ts)
    const life = LIFE_SECONDS * 1_000;
    const slack = 4 * timingFor(life).takeUp;
    for (const [index, { served }] of replicas.entries()) {
      const lives = livesOf(served.slice((before[index] ?? 0) - 1));
      expect(lives.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...lives)).toBeLessThan((2 / 3) * life + slack);
    }
    process.stdout.write(
      `${admitted} admitted, ${load.answered()} called directly, ${load.reused()} over open connections, none lost\n`,
    );
  }, 400_000);

  it('the Secret is deleted, and nobody notices', async () => {
    const before = stringAt(await secretData(), 'tls.crt');
    const answers = new Set<string>();
    await api.delete(`/api/v1/namespaces/${namespace}/secrets/${SECRET}`);
    await until('it is back', { seconds: 20 }, async () => {
      answers.add(await tryCreate());
      const { status } = await api.ask('GET', `/api/v1/namespaces/${namespace}/secrets/${SECRET}`);
      return status === 200;
    });
    answers.add(await tryCreate());
    expect([...answers]).toEqual(['201']);
    expect(stringAt(await secretData(), 'tls.crt')).toBe(before);
    expect(words.join('\n')).toContain('the Secret is gone');
  });
});

it('a caBundle that somebody has reset is put back', async () => {
  const { webhooks } = configuration('', validating);
  await api.patch(validating, { webhooks: webhooks ?? null });
  await until('an object is admitted again', { seconds: 20 }, async () => (await tryCreate()) === '201');
  expect(new Set(await bundlesOf(validating))).toEqual(new Set(await bundlesOf(mutating)));
});

it('no key has come into the log', () => {
  expect(words.join('\n')).not.toContain('PRIVATE');
});
