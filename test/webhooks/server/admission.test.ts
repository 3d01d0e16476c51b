import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { applyPatch } from '../../../src/policy/engine/edit.ts';
import { aService } from '../../policy/builders.ts';
import { patchOf, reviewText, start } from './harness.ts';

const app = await start();
const bad = aService({ image: 'nginx:latest', annotations: { 'max-scale': '500' } });

/** So many annotations, each a misspelling of one of Knative's. */
function many(length: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [`autoscaling.knative.dev/min-scal${index}`, '1'] as const),
  );
}

function mutatedBy(object: JsonObject, patch: ReturnType<typeof patchOf>): JsonObject {
  return applyPatch(object, patch) ?? {};
}

describe('the caches', () => {
  it('hear of the kind before it is judged', async () => {
    const seen: string[] = [];
    const hearing = await start({ cluster: { sawKind: (kind) => seen.push(kind) } });
    await hearing.review('/validate/prod', { object: aService() });
    await hearing.review('/validate/prod', { operation: 'DELETE', oldObject: { apiVersion: 'v1', kind: 'Secret' } });
    expect(seen).toEqual(['serving.knative.dev/Service', 'Secret']);
  });
});

describe('a review', () => {
  it('is answered in the form that the API server wants', async () => {
    const { status, headers, text } = await app.send('/validate/prod', {
      method: 'POST',
      body: reviewText({ uid: 'u-77', object: bad }),
    });
    expect([status, headers['content-type'], headers['x-powered-by']]).toEqual([200, 'application/json', undefined]);
    expect(JSON.parse(text)).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u-77', allowed: false, status: { code: 403, reason: 'Forbidden' } },
    });
  });

  it('is denied with every finding, one a line, and with the policy in the audit annotations', async () => {
    const { status, auditAnnotations } = await app.review('/validate/prod', { object: bad });
    const lines = status?.message.split('\n') ?? [];
    expect(lines).toContain(
      'autoscaling/max-scale at /spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale: max-scale is 500, and prod allows at most 50. More: weir explain autoscaling/max-scale',
    );
    expect(lines.some((line) => line.startsWith('images/tag at '))).toBe(true);
    expect(auditAnnotations).toMatchObject({ policy: 'prod', 'policy-hash': '0123456789ab' });
  });

  it('gets its defaults as a JSON Patch, which then passes', async () => {
    const written = aService();
    const mutated = await app.review('/mutate/prod', { object: written });
    expect([mutated.allowed, mutated.patchType]).toEqual([true, 'JSONPatch']);
    const object = mutatedBy(written, patchOf(mutated));
    const validated = await app.review('/validate/prod', { object });
    expect(validated).toMatchObject({ uid: 'u-1', allowed: true });
    expect(validated).not.toHaveProperty('status');
    for (const warning of validated.warnings ?? []) expect(warning).not.toContain('\n');
  });

  it('gets no patch and no patch type where there is nothing to fill in', async () => {
    const labels = { 'weir.dev/environment': 'dev' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels } };
    const response = await app.review('/mutate/dev', { object: namespace });
    expect(Object.keys(response)).not.toContain('patch');
    expect(Object.keys(response)).not.toContain('patchType');
  });

  it.each([
    ['/validate/nowhere', false],
    ['/validate/__proto__', false],
    ['/validate/constructor', false],
    ['/validate/base', false],
    ['/mutate/nowhere', true],
  ])('%s, which has no policy, is answered with a sentence', async (path, allowed) => {
    const response = await app.review(path, { object: aService() });
    expect(response.allowed).toBe(allowed);
    expect(response.status?.message ?? response.warnings?.join()).toMatch(/policy/);
  });

  it.each<[what: string, request: JsonObject]>([
    ['an operation that is not judged', { operation: 'CONNECT' }],
    ['no operation', { operation: null }],
    ['no object', { object: null }],
    ['an object that is a text', { object: 'nginx' }],
    ['an object that is a list', { object: [] }],
    ['an object of 1,001 levels', { object: nested(1001) }],
    ['20,001 values', { object: aService({ podSpec: { x: Array.from({ length: 20_000 }, () => 1) } }) }],
    ['a ConfigMap of 20,000 keys', { object: { apiVersion: 'v1', kind: 'ConfigMap', data: many(20_000) } }],
    ['251 containers', { object: aService({ podSpec: { initContainers: Array.from({ length: 250 }, () => ({})) } }) }],
    ['1,001 annotations', { object: aService({ annotations: many(1001) }) }],
    ['1,001 annotations of its own', { object: aService({ metadata: { annotations: many(1001) } }) }],
  ])('with %s is answered: not let in by the one side, left alone by the other', async (_, request) => {
    const judged = await app.review('/validate/prod', request);
    expect(judged).toMatchObject({ uid: 'u-1', allowed: false, status: { code: 400, reason: 'BadRequest' } });
    expect(judged.status?.message).toMatch(/^[a-z].*[^.]$/s);
    const mutated = await app.review('/mutate/prod', request);
    expect(mutated).toEqual({
      uid: 'u-1',
      allowed: true,
      warnings: [expect.stringMatching(/^Weir filled in nothing: /)],
    });
  });

  it.each<[what: string, stored: JsonObject]>([
    ['1,001 levels', { ...aService(), spec: nested(1001) }],
    ['1,001 annotations', aService({ metadata: { annotations: many(1001) } })],
  ])('lets what is stored with %s be made smaller, or go, and excuses nothing by it', async (_, oldObject) => {
    const object = mutatedBy(aService(), patchOf(await app.review('/mutate/prod', { object: aService() })));
    expect(await app.review('/validate/prod', { operation: 'UPDATE', object, oldObject })).toMatchObject({
      allowed: true,
    });
    expect((await app.review('/validate/prod', { operation: 'UPDATE', object: bad, oldObject })).allowed).toBe(false);
    expect((await app.review('/validate/prod', { operation: 'DELETE', oldObject })).allowed).toBe(true);
  });

  it('knows from where a Namespace goes, however full it is', async () => {
    const labels = { 'weir.dev/environment': 'prod' };
    const oldObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels, annotations: many(30_000) },
    };
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const { allowed, status } = await app.review('/validate-namespace', { operation: 'UPDATE', object, oldObject });
    expect(allowed).toBe(false);
    expect(status?.message).toContain('taking it out is for the group platform');
  });

  it('judges an object of 999 levels, as deep as weir check reads', async () => {
    const deep = { ...aService(), metadata: { name: 'cart', namespace: 'shop', x: nested(996) } };
    expect((await app.review('/validate/prod', { object: deep })).status?.code).toBe(403);
    expect(app.facts.at(-1)?.failures).toEqual([]);
    const update = { operation: 'UPDATE', object: deep, oldObject: { ...deep, spec: nested(900) } };
    expect((await app.review('/validate/prod', update)).uid).toBe('u-1');
    expect((await app.review('/mutate/prod', update)).allowed).toBe(true);
  });

  it('keeps keys of prototypes apart', async () => {
    const odd = reviewText({ object: aService() }).replace(
      '"uid"',
      '"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "uid"',
    );
    const body = odd.replace('"metadata":{', '"metadata":{"__proto__":{"polluted":true,"name":"x"},');
    const { status } = await app.send('/validate/prod', { method: 'POST', body });
    expect(status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a path', () => {
  it.each([
    '/validate/prod?timeout=5s',
    '/validate/prod?',
    '/validate/prod/',
    '/validate/prod/?timeout=5s',
    '/Validate/prod',
    '/validate/%70rod',
  ])('%s is /validate/prod', async (path) => {
    expect(await app.review(path, { object: bad })).toEqual(await app.review('/validate/prod', { object: bad }));
  });

  it.each(['/validate/PROD', '/validate/prod%3Ftimeout', '/validate/prod-'])('%s is not', async (path) => {
    const { allowed, status } = await app.review(path, { object: aService() });
    expect([allowed, status?.message]).toEqual([false, expect.stringContaining('policy')]);
  });
});

describe('what is no review', () => {
  const tooMuch = 3 * 1024 * 1024 + 1;
  it.each<[what: string, path: string, method: string, body: string | Uint8Array, status: number, message: RegExp]>([
    ['an empty body', '/validate/prod', 'POST', '', 400, /no JSON/],
    ['half of a body', '/validate/prod', 'POST', '{"apiVersion": "admission.k8s.io/v1", ', 400, /no JSON/],
    ['bytes', '/mutate/prod', 'POST', new Uint8Array([0xff, 0xfe, 0, 1]), 400, /no JSON/],
    ['JSON of another kind', '/validate/prod', 'POST', '[]', 400, /no AdmissionReview/],
    ['a number', '/validate/prod', 'POST', '1e999', 400, /no AdmissionReview/],
    ['null', '/validate/prod', 'POST', 'null', 400, /no AdmissionReview/],
    ['another version', '/validate/prod', 'POST', reviewText({}).replace('k8s.io/v1', 'k8s.io/v1beta1'), 400, /v1;/],
    ['a review without a uid', '/validate/prod', 'POST', reviewText({ uid: '' }), 400, /uid/],
    ['a review without a request', '/validate/prod', 'POST', '{"kind":"AdmissionReview"}', 400, /v1/],
    ['3 MiB and a byte', '/validate/prod', 'POST', ' '.repeat(tooMuch), 413, /more than 3145728 bytes/],
    ['12 MiB', '/mutate/prod', 'POST', ' '.repeat(4 * tooMuch), 413, /more than 3145728 bytes/],
    ['another path', '/validate', 'POST', '{}', 404, /\/validate\/<environment>/],
    ['a longer path', '/validate/prod/x', 'POST', '{}', 404, /no such path/],
    ['another method', '/validate/prod', 'PUT', '{}', 405, /by POST/],
    ['a path that is no text', '/validate/%ff', 'POST', '{}', 400, /decoded/],
  ])('%s at %s', async (_, path, method, body, status, message) => {
    const answered = await app.send(path, { method, body });
    const parsed = JSON.parse(answered.text);
    expect([answered.status, parsed.kind, parsed.code]).toEqual([status, 'Status', status]);
    expect(parsed.message).toMatch(message);
  });

  it('a compressed body is not unpacked', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const { status, text } = await app.send('/validate/prod', { method: 'POST', body: 'x', headers });
    expect([status, JSON.parse(text).message]).toEqual([415, 'the body is encoded as gzip; send it as it is']);
  });

  it('3 MiB in all are read', async () => {
    const review = reviewText({ object: bad });
    const body = review.padEnd(3 * 1024 * 1024);
    expect((await app.send('/validate/prod', { method: 'POST', body })).status).toBe(200);
  });

  it('too much without a length in front is noticed on the way', async () => {
    const headers = { 'transfer-encoding': 'chunked' };
    const answered = await app.send('/validate/prod', { method: 'POST', body: ' '.repeat(tooMuch), headers });
    expect([answered.status, answered.headers.connection]).toEqual([413, 'close']);
  });
});

function nested(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 1; level < levels; level++) value = { a: value };
  return value;
}
