/** `--events-sink`: what the webhook denies reaches a sink, and its answers never wait for it. */
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { makeLogger } from '../../src/process/log.ts';
import { startWebhook, type Webhook } from '../../webhooks/main.ts';
import { folderWith, tagPolicies } from '../cli/harness.ts';
import { aService } from '../policy/builders.ts';
import { aCertificate } from './server/certificates.ts';

jest.setTimeout(60_000);

const got: { readonly type: string; readonly source: string; readonly subject: string }[] = [];
let sink: Server;
let webhook: Webhook;

beforeAll(async () => {
  sink = createServer((asked, response) => {
    let body = '';
    asked.on('data', (chunk) => (body += chunk));
    asked.on('end', () => {
      got.push(JSON.parse(body));
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const { certificate, key } = aCertificate();
  const folder = folderWith({ 'tls.crt': certificate, 'tls.key': key, ...tagPolicies('prod') });
  webhook = await startWebhook(
    {
      policies: path.join(folder, 'policies'),
      port: 0,
      bind: '127.0.0.1',
      tls: { certificate: path.join(folder, 'tls.crt'), key: path.join(folder, 'tls.key') },
      events: { sink: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, source: '/weir' },
      logLevel: 'silent',
      drainDelay: 0,
    },
    { now: () => new Date(), environment: {}, log: makeLogger('silent') },
  );
});

afterAll(async () => {
  await webhook?.stop();
  await new Promise((resolve) => sink.close(resolve));
});

function review(object: object): Promise<{ readonly allowed: boolean }> {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u-1', operation: 'CREATE', namespace: 'shop', object, userInfo: { username: 'ann' } },
  });
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } };
    const asked = request(`https://127.0.0.1:${webhook.port}/validate/prod`, options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text).response));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

it('a denial reaches the sink', async () => {
  const { allowed } = await review(aService({ image: 'registry.example.com/shop/cart:latest' }));
  expect(allowed).toBe(false);
  const end = Date.now() + 20_000;
  while (got.length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(got).toMatchObject([
    {
      type: 'dev.weir.admission.denied.v1',
      source: '/weir/webhook',
      subject: 'serving.knative.dev/v1/namespaces/shop/services/cart',
    },
  ]);
});
