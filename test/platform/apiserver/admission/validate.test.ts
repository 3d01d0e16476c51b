import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import {
  type AWebhook,
  aConfigMap,
  allow,
  anAdmission,
  answer,
  asked,
  aWebhook,
  configure,
  deny,
  entry,
  outcome,
  resource,
  url,
} from './webhooks.ts';

let hook: AWebhook;

beforeAll(async () => {
  hook = await aWebhook();
});

async function withOne(fields: JsonObject = {}, respond = allow()) {
  hook.respond = respond;
  hook.reviews.length = 0;
  hook.requests.length = 0;
  const { store, admission } = await anAdmission();
  await configure(store, 'validating', 'one', [entry(url(hook.port), fields)]);
  return { store, admission };
}

describe('a review', () => {
  it('tells the whole request', async () => {
    const { admission } = await withOne();
    const object = aConfigMap({ a: '1' });
    const old = aConfigMap();
    const user = { name: 'jane', uid: 'u-1', groups: ['dev'], extra: { scopes: ['a', 'b'] } };
    const options = { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl' };
    await admission.validate(asked({ operation: 'UPDATE', object, old, user, options, dryRun: true }), () => {});

    const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
    const path = { group: '', version: 'v1', resource: 'configmaps' };
    expect(hook.reviews).toEqual([
      {
        kind: 'AdmissionReview',
        apiVersion: 'admission.k8s.io/v1',
        request: {
          uid: 'uid-1',
          kind,
          resource: path,
          requestKind: kind,
          requestResource: path,
          name: 'web',
          namespace: 'shop',
          operation: 'UPDATE',
          userInfo: { username: 'jane', uid: 'u-1', groups: ['dev'], extra: { scopes: ['a', 'b'] } },
          object,
          oldObject: old,
          dryRun: true,
          options,
        },
      },
    ]);
    const [request] = hook.requests;
    expect([request?.method, request?.url]).toEqual(['POST', '/review?timeout=10s']);
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', host: `localhost:${hook.port}` });
  });

  it('of a deletion has no object, and of a subresource its own kind', async () => {
    const { admission } = await withOne();
    await admission.validate(asked({ operation: 'DELETE', object: undefined, old: aConfigMap() }), () => {});
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' } };
    const deployments = resource('Deployment', 'apps');
    const update = { operation: 'UPDATE', resource: deployments, object: scale, old: scale } as const;
    await admission.validate(asked({ ...update, subresource: 'scale' }), () => {});
    await admission.validate(asked({ ...update, subresource: 'status', object: aConfigMap() }), () => {});

    expect(hook.reviews[0]?.request).toMatchObject({ object: null, oldObject: aConfigMap() });
    expect(hook.reviews[1]?.request).toMatchObject({
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      subResource: 'scale',
      requestSubResource: 'scale',
    });
    expect(hook.reviews[2]?.request).toMatchObject({ kind: { group: 'apps', version: 'v1', kind: 'Deployment' } });
  });

  it('is of v1beta1 where the webhook knows no other, and then checked less', async () => {
    const { admission } = await withOne({ admissionReviewVersions: ['v2', 'v1beta1'] }, () => ({
      response: { allowed: false, status: { message: 'old' } },
    }));
    expect(await outcome(admission, asked())).toBe('400 admission webhook "web.example.com" denied the request: old');
    expect(hook.reviews[0]?.apiVersion).toBe('admission.k8s.io/v1beta1');
  });

  it('goes over one connection after another', async () => {
    const { admission } = await withOne();
    const before = hook.connections();
    for (let round = 0; round < 5; round++) await admission.validate(asked(), () => {});
    expect(hook.connections() - before).toBe(1);
    hook.dropConnections();
    await admission.validate(asked(), () => {});
    expect(hook.reviews).toHaveLength(6);
  });
});

describe('more webhooks than connections are kept', () => {
  it('are all heard, however many are being asked', async () => {
    const held: (() => void)[] = [];
    const hook = await aWebhook((review, request, response) => {
      held.push(() => response.end(JSON.stringify(allow()(review, request, response))));
      if (held.length === 45) for (const release of held.splice(0)) release();
      return undefined;
    });
    const { store, admission } = await anAdmission();
    const { caBundle = '' } = url(hook.port);
    const entries = Array.from({ length: 45 }, (_, index) =>
      entry(
        { url: `https://localhost:${hook.port}/${index}`, caBundle },
        { name: `web-${index}.example.com`, timeoutSeconds: 30 },
      ),
    );
    await configure(store, 'validating', 'one', entries);
    for (let round = 0; round < 2; round++) expect(await outcome(admission, asked())).toEqual({});
    expect(hook.reviews).toHaveLength(90);
  }, 60_000);
});

describe('a denial', () => {
  it.each([
    [undefined, '400 admission webhook "web.example.com" denied the request without explanation'],
    [{}, '400 admission webhook "web.example.com" denied the request without explanation'],
    [{ message: 'too large', code: 403 }, '403 admission webhook "web.example.com" denied the request: too large'],
    [{ message: 'odd', code: 200 }, '400 admission webhook "web.example.com" denied the request: odd'],
    [{ reason: 'Forbidden', code: 403 }, '403 admission webhook "web.example.com" denied the request: Forbidden'],
  ])('with the status %j', async (status, expected) => {
    const { admission } = await withOne({}, deny(status));
    expect(await outcome(admission, asked())).toBe(expected);
  });

  it('keeps its reason and its details', async () => {
    const details = {
      name: 'web',
      kind: 'configmaps',
      causes: [{ reason: 'FieldValueInvalid', message: 'm', field: 'f' }],
    };
    const status = { code: 422, reason: 'Invalid', message: 'no', details };
    const { admission } = await withOne({}, deny(status));
    const failure = await admission.validate(asked(), () => {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 422, reason: 'Invalid', details });
  });

  it('counts also where failures are ignored', async () => {
    const { admission } = await withOne({ failurePolicy: 'Ignore' }, deny({ message: 'no' }));
    expect(await outcome(admission, asked())).toMatch(/^400 .* denied the request: no$/);
  });

  it('of one of several is told when all have answered', async () => {
    hook.respond = (review, request, response) => {
      if (request.url?.startsWith('/slow') !== true) return deny({ message: 'fast' })(review, request, response);
      setTimeout(() => response.end(JSON.stringify(allow()(review, request, response))), 50);
      return undefined;
    };
    hook.requests.length = 0;
    const { store, admission } = await anAdmission();
    const slow = { ...url(hook.port), url: `https://localhost:${hook.port}/slow` };
    await configure(store, 'validating', 'a', [entry(slow, { name: 'slow' })]);
    await configure(store, 'validating', 'b', [entry(url(hook.port), { name: 'fast' })]);
    expect(await outcome(admission, asked())).toBe('400 admission webhook "fast" denied the request: fast');
    expect(hook.requests).toHaveLength(2);
  });
});

describe('warnings', () => {
  it('are passed on, of denials too', async () => {
    const { admission } = await withOne({}, answer({ allowed: false, warnings: ['old field', 7, 'another'] }));
    const warnings: string[] = [];
    await expect(admission.validate(asked(), (sentence) => warnings.push(sentence))).rejects.toThrow('denied');
    expect(warnings).toEqual(['old field', 'another']);
  });
});

describe('a dry run', () => {
  const dry = { dryRun: true };
  const refused = '400 admission webhook "web.example.com" does not support dry run';
  it.each([
    [{ sideEffects: 'None' }, dry, {}],
    [{ sideEffects: 'NoneOnDryRun' }, dry, {}],
    [{ sideEffects: 'Some' }, dry, refused],
    [{ sideEffects: 'Unknown', failurePolicy: 'Ignore' }, dry, refused],
    [{ sideEffects: 'Some' }, {}, {}],
  ] as const)('of a webhook with %j', async (fields, changes: Partial<AdmissionAttributes>, expected) => {
    const { admission } = await withOne(fields);
    expect(await outcome(admission, asked(changes))).toEqual(expected);
  });
});

describe('an answer that is none', () => {
  const calling = 'failed calling webhook "web.example.com": ';
  const invalid = `${calling}received invalid webhook response: `;
  it.each<[string, ReturnType<typeof allow>, string]>([
    ['without a response', () => ({}), `${invalid}webhook response was absent`],
    ['with another uid', allow({ uid: 'other' }), `${invalid}expected response.uid="uid-1", got "other"`],
    [
      'of another version',
      answer({ allowed: true }, { apiVersion: 'admission.k8s.io/v1beta1' }),
      `${calling}failed to call webhook: converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion`,
    ],
    [
      'of an unknown version',
      answer({ allowed: true }, { apiVersion: 'admission.k8s.io/v2' }),
      `${calling}failed to call webhook: no kind "AdmissionReview" is registered for version "admission.k8s.io/v2" in scheme "pkg/runtime/scheme.go:111"`,
    ],
    ['with a patch', allow({ patch: 'W10=' }), `${invalid}validating webhook may not return response.patch`],
    [
      'with a type of patch',
      allow({ patchType: 'JSONPatch' }),
      `${invalid}validating webhook may not return response.patchType`,
    ],
  ])('%s', async (_, respond, expected) => {
    const { admission } = await withOne({}, respond);
    expect(await outcome(admission, asked())).toBe(`500 Internal error occurred: ${expected}`);
    const ignoring = await withOne({ failurePolicy: 'Ignore' }, respond);
    expect(await outcome(ignoring.admission, asked())).toEqual({});
  });
});
