/** Webhooks on loopback with certificates of a CA of their own, and what admission is asked in tests. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach } from '@jest/globals';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type { AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import {
  WebhookAdmission,
  type WebhookAdmissionOptions,
} from '../../../../src/platform/apiserver/admission/webhookAdmission.ts';
import type { Resource, Strategy } from '../../../../src/platform/apiserver/resources/resource.ts';
import type { Store } from '../../../../src/platform/apiserver/store/store.ts';
import { makeAuthority, makeServing, type Pair } from '../../../../src/tls/x509.ts';
import { keysFromStock } from '../../../tls/keys.ts';
import { aStore } from '../store/stores.ts';

const HOUR = 3_600_000;

export const AUTHORITY = anAuthority();

export function anAuthority(): Pair {
  return makeAuthority({ organization: 'example.com', commonName: 'example' }, making());
}

function making() {
  return { keys: keysFromStock(), now: Date.now(), life: HOUR, randomBytes };
}

export function aCertificate(names: readonly string[], authority = AUTHORITY): Pair {
  return makeServing({ names, addresses: ['127.0.0.1'], title: 'web' }, authority, making());
}

export type Respond = (
  review: JsonObject,
  request: IncomingMessage,
  response: ServerResponse,
) => JsonObject | undefined;

export interface AWebhook {
  readonly port: number;
  /** What was asked, in order. */
  readonly reviews: JsonObject[];
  readonly requests: IncomingMessage[];
  connections(): number;
  /** Closes kept connections, as servers do with idle ones. */
  dropConnections(): void;
  /** What it answers from now on. */
  respond: Respond;
}

const servers: https.Server[] = [];
const admissions: WebhookAdmission[] = [];

afterEach(() => {
  for (const admission of admissions.splice(0)) admission.close();
});

afterAll(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const certificate = aCertificate(['web.shop.svc', 'localhost']);

export async function aWebhook(respond: Respond = allow(), pair = certificate): Promise<AWebhook> {
  let connections = 0;
  const reviews: JsonObject[] = [];
  const requests: IncomingMessage[] = [];
  const server = https.createServer({ key: pair.key, cert: pair.certificate }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const review: JsonObject = JSON.parse(Buffer.concat(parts).toString());
      reviews.push(review);
      requests.push(request);
      const answer = hook.respond(review, request, response);
      if (answer === undefined) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  servers.push(server);
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hook: AWebhook = {
    port,
    reviews,
    requests,
    respond,
    connections: () => connections,
    dropConnections: () => server.closeAllConnections(),
  };
  return hook;
}

/** The answer of an AdmissionReview with these fields. */
export function answer(response: JsonObject, changes: JsonObject = {}): Respond {
  return (review) => ({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    response: { uid: stringAt(review, 'request', 'uid') ?? '', ...response },
    ...changes,
  });
}

export function allow(response: JsonObject = {}): Respond {
  return answer({ allowed: true, ...response });
}

export function deny(status?: JsonObject): Respond {
  return answer({ allowed: false, ...(status !== undefined && { status }) });
}

export function patch(operations: unknown): Respond {
  return allow({ patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });
}

/** Adds the value to the list in `data.seen`, as text. */
export function appends(value: string): Respond {
  return (review, ...rest) => {
    const seen = stringAt(review, 'request', 'object', 'data', 'seen') ?? '';
    return patch([{ op: 'add', path: '/data/seen', value: `${seen}${value}` }])(review, ...rest);
  };
}

const RULE = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };

export function url(port: number): JsonObject {
  return { url: `https://localhost:${port}/review`, caBundle: bundle(AUTHORITY) };
}

export function bundle({ certificate: text }: Pair): string {
  return Buffer.from(text).toString('base64');
}

/** One entry of a configuration's `webhooks`, with the defaults of the API. */
export function entry(clientConfig: JsonObject, fields: JsonObject = {}): JsonObject {
  return {
    name: 'web.example.com',
    clientConfig,
    rules: [RULE],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    sideEffects: 'None',
    timeoutSeconds: 10,
    admissionReviewVersions: ['v1'],
    reinvocationPolicy: 'Never',
    ...fields,
  };
}

export async function configure(
  store: Store,
  kind: 'mutating' | 'validating',
  name: string,
  webhooks: readonly JsonObject[],
): Promise<void> {
  const key = { resource: `${kind}webhookconfigurations.admissionregistration.k8s.io`, namespace: '', name };
  const object = { metadata: { name }, webhooks };
  await store.put(key, object, store.get(key)?.revision);
}

export async function anAdmission(
  options: Partial<WebhookAdmissionOptions> = {},
): Promise<{ store: Store; admission: WebhookAdmission }> {
  const store = await aStore();
  for (const [name, labels] of [
    ['shop', { team: 'shop' }],
    ['other', {}],
  ] as const) {
    await store.put({ resource: 'namespaces', namespace: '', name }, { metadata: { name, labels } }, undefined);
  }
  let count = 0;
  const uid = () => `uid-${++count}`;
  const compile = () => () => true;
  const admission = new WebhookAdmission({ store, clock: systemClock, uid, compile, ...options });
  admissions.push(admission);
  return { store, admission };
}

const STRATEGY: Strategy = {
  withDefaults: (object) => object,
  beforeCreate: (object) => object,
  beforeUpdate: (object) => object,
  validate: () => [],
  warnings: () => [],
  createsOnUpdate: false,
};

/** A resource as far as admission looks at it: `Deployment` of `apps`, … */
export function resource(kind: string, group = '', isNamespaced = true): Resource {
  const plural = `${kind.toLowerCase()}s`;
  return {
    group,
    version: 'v1',
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    isNamespaced,
    verbs: [],
    isCustom: false,
    storageVersion: 'v1',
    storedAs: group === '' ? plural : `${plural}.${group}`,
    schema: {},
    hasStatus: false,
    subresources: [],
    selectableFields: [],
    columns: [],
    strategy: STRATEGY,
  };
}

export function aConfigMap(data: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop', labels }, data };
}

export function asked(changes: Partial<AdmissionAttributes> = {}): AdmissionAttributes {
  return {
    operation: 'CREATE',
    resource: resource('ConfigMap'),
    subresource: '',
    namespace: 'shop',
    name: 'web',
    object: aConfigMap(),
    old: undefined,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    dryRun: false,
    user: { name: 'jane', uid: '', groups: ['dev'], extra: {} },
    ...changes,
  };
}

/** What both kinds of webhooks make of a request: the object, or the code and the sentence of the refusal. */
export async function outcome(admission: WebhookAdmission, attributes: AdmissionAttributes): Promise<unknown> {
  try {
    const object = await admission.mutate(
      attributes,
      (each) => each,
      () => {},
    );
    await admission.validate({ ...attributes, object }, () => {});
    return objectAt(object, 'data') ?? 'allowed';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${error.code} ${error.message}`;
    throw error;
  }
}
