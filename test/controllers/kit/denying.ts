/** A webhook of somebody else's that denies writes of a kind by their name, until it is told not to. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aCertificate } from '../../webhooks/server/certificates.ts';
import type { Cluster } from './cluster.ts';
import { configMaps } from './echo.ts';

export interface Denying {
  /** How often it said no. */
  readonly denials: number;
  relent(): void;
  stop(): Promise<void>;
}

const CONFIGURATIONS = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  isNamespaced: false,
};
const NAME = 'denying.weir.test';

/** @param name of the objects that it denies */
export async function denyWrites(
  cluster: Cluster,
  namespace: string,
  name: string,
  { group, version, plural }: Resource = configMaps,
): Promise<Denying> {
  const { certificate, key } = aCertificate();
  let denials = 0;
  let isDenying = true;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { uid } = JSON.parse(body).request;
      if (isDenying) denials++;
      const status = { message: 'not by me' };
      const answer = { uid, allowed: !isDenying, ...(isDenying ? { status } : {}) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const webhook: JsonObject = {
    name: NAME,
    clientConfig: { url, caBundle: Buffer.from(certificate).toString('base64') },
    rules: [{ apiGroups: [group], apiVersions: [version], resources: [plural], operations: ['CREATE', 'UPDATE'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    matchConditions: [{ name: 'named', expression: `object.metadata.name == '${name}'` }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Ignore',
  };
  await cluster.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: NAME },
    webhooks: [webhook],
  });
  return {
    get denials() {
      return denials;
    },
    relent() {
      isDenying = false;
    },
    async stop() {
      await cluster.client.delete(CONFIGURATIONS, { name: NAME });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
