/** Two servers of one installation: who makes the certificate, how it is renewed, and how one of them goes. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsAt } from '../../overlays/read.ts';
import { cluster } from '../harness/cluster.ts';
import { startLoad } from './harness/load.ts';
import { inEnvironment, SECONDS } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api } = controlPlane;
const SECRET = '/api/v1/namespaces/weir-system/secrets/weir-webhook-certificate';
const CONFIGURATIONS = [
  'mutatingwebhookconfigurations/defaults.weir.dev',
  'validatingwebhookconfigurations/policy.weir.dev',
];
/** Four writers: some fifty writes a second at most, which leaves the machine to the rest. */
const PAUSE = { pauseMs: 80 };
const NOTHING_LOST = { heldUp: 0, unanswered: 0, unfilled: 0, unjudged: 0 };

/** PEM, of the Secret; empty where it is not there. */
async function inSecret(key: string): Promise<string> {
  const { body } = await api.ask('GET', SECRET);
  return Buffer.from(stringAt(body, 'data', key) ?? '', 'base64').toString();
}

async function caBundles(): Promise<Set<string>> {
  const bundles = new Set<string>();
  for (const name of CONFIGURATIONS) {
    const configuration = await api.get(`/apis/admissionregistration.k8s.io/v1/${name}`);
    for (const entry of objectsAt(isObject(configuration) ? configuration : {}, 'webhooks')) {
      bundles.add(Buffer.from(stringAt(entry, 'clientConfig', 'caBundle') ?? '', 'base64').toString());
    }
  }
  return bundles;
}

/** The serving certificate's fingerprint, as the API server would accept it: by this CA and the Service's name. */
function served(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca, servername: 'weir-webhook.weir-system.svc' };
    const socket = connect(options, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('two replicas', () => {
  beforeAll(async () => {
    await api.ask('DELETE', SECRET); // what another suite has left
  });
  const weir = useWeir(controlPlane, { replicas: 2, flags: ['--certificate-life=60s', '--drain-delay=2'] });
  afterAll(async () => {
    await api.ask('DELETE', SECRET); // it ends within a minute, and the next suite's server would begin with it
  });

  it('race for the certificate, and serve the same one', async () => {
    const [bundle = ''] = await until('all caBundles are the same', { seconds: SECONDS }, async () => {
      const bundles = await caBundles();
      return bundles.size === 1 && !bundles.has('') && bundles;
    });
    const { fingerprint256 } = new X509Certificate(await inSecret('tls.crt'));
    for (const replica of [0, 1]) {
      expect(await served(weir().server(replica).port, bundle)).toBe(fingerprint256);
    }
  });

  // that three of them happen in time is proven in ../certificates.test.ts
  it('lose no request in a rotation that somebody asks for', async () => {
    const namespace = await inEnvironment('prod');
    const load = startLoad(api, namespace, PAUSE);
    await load.more(50);
    const before = await inSecret('ca.crt');
    await api.patch(SECRET, { metadata: { annotations: { 'weir.dev/rotate': 'now' } } });
    const ca = await until('there is a new CA', { seconds: SECONDS }, async () => {
      const now = await inSecret('ca.crt');
      return now !== '' && now !== before && now;
    });
    const fingerprints = new Set<string>();
    for (const replica of [0, 1]) {
      const { port } = weir().server(replica);
      const what = `replica ${replica} serves a certificate of the new CA`;
      fingerprints.add(await until(what, { seconds: SECONDS }, () => served(port, ca)));
    }
    await until('the old CA is trusted no more', { seconds: SECONDS }, async () => {
      const bundles = await caBundles();
      return bundles.size === 1 && ![...bundles].some((bundle) => bundle.includes(before.trim()));
    });
    await load.more(50);
    const counts = await load.stop();
    expect([counts, load.words()]).toEqual([expect.objectContaining(NOTHING_LOST), []]);
    for (const replica of [0, 1]) {
      expect(await weir().server(replica).metric('weir_admission_reviews_total')).toBeGreaterThan(0);
    }
    expect(fingerprints.size).toBe(1);
    process.stdout.write(`rotated: ${JSON.stringify(counts)}\n`);
  }, 120_000);

  it('lose no request when one after the other is replaced', async () => {
    const namespace = await inEnvironment('prod');
    const load = startLoad(api, namespace, PAUSE);
    for (const replica of [0, 1]) {
      await load.more(50);
      await weir().server(replica).stop();
      await load.more(50);
      await weir().restart(replica);
    }
    await load.more(50);
    const counts = await load.stop();
    expect([counts, load.words()]).toEqual([expect.objectContaining(NOTHING_LOST), []]);
    process.stdout.write(`both replaced: ${JSON.stringify(counts)}\n`);
  }, 180_000);
});
