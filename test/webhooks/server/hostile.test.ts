/** Whatever is sent is answered, and the server judges on as if nothing had happened. */
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { aService } from '../../policy/builders.ts';
import { mutated } from '../../properties/mutations.ts';
import { metricOf, type Running, reviewText, start } from './harness.ts';

jest.setTimeout(180_000);

const app = await start({ logLevel: 'silent' });

/** HTTP's answers to what is no review; every review, however broken, gets 200. */
const ANSWERS = [200, 400, 404, 413];

const path = fc.constantFrom(
  '/validate/prod',
  '/mutate/prod',
  '/validate/dev',
  '/validate-namespace',
  '/mutate/staging',
);

/** Any JSON, with the keys that lead somewhere in JavaScript and in Kubernetes among its own. */
const anything: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<JsonValue[]>(null, true, 0, -1, 1e308, 2 ** 53, '', 'x', '\u0000', '\ud800', '$&', '../..', '%s%n'),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      ...[
        '__proto__',
        'constructor',
        'toString',
        'length',
        'then',
        'toJSON',
        '',
        '/',
        '~',
        'kind',
        'apiVersion',
        'uid',
      ],
      ...[
        'metadata',
        'name',
        'namespace',
        'annotations',
        'labels',
        'spec',
        'template',
        'containers',
        'request',
        'object',
      ],
      ...['oldObject', 'operation', 'userInfo', 'groups', 'username', 'ownerReferences', 'image', 'resources', 'data'],
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
})).value;

const operation = fc.constantFrom<JsonValue[]>('CREATE', 'UPDATE', 'DELETE', 'CONNECT', '', null, {}, '__proto__');

/** A sound envelope around anything. */
const reviewOfAnything = fc
  .record({
    operation,
    object: anything,
    oldObject: anything,
    userInfo: anything,
    namespace: anything,
    dryRun: anything,
  })
  .map((request) => reviewText(request));

/** What is nearly sound, in both places. */
const reviewOfMutated = fc
  .record({ operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE'), object: mutated, oldObject: mutated })
  .map((request) => reviewText(request));

/** A review whose text was cut, or in which a byte is another one. */
const broken = fc
  .tuple(reviewOfMutated, fc.nat(), fc.nat({ max: 255 }), fc.boolean())
  .map(([text, at, byte, isCut]) => {
    const bytes = Buffer.from(text);
    if (isCut) return bytes.subarray(0, at % bytes.length);
    bytes[at % bytes.length] = byte;
    return bytes;
  });

const bodies: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  reviewOfAnything,
  reviewOfMutated,
  broken,
  fc.uint8Array({ maxLength: 200 }),
  anything.map((value) => JSON.stringify(value)),
);

async function isSound({ review }: Running): Promise<void> {
  const { allowed, status } = await review('/validate/prod', { object: aService({ image: 'nginx:latest' }) });
  expect([allowed, status?.code]).toEqual([false, 403]);
}

describe('3,000 hostile bodies', () => {
  it('are each answered, and none of them is a mistake of Weir', async () => {
    const property = fc.asyncProperty(path, bodies, async (to, body) => {
      const { status, text } = await app.send(to, { method: 'POST', body });
      expect(ANSWERS).toContain(status);
      const answer: unknown = JSON.parse(text);
      expect(isObject(answer) && (answer.kind === 'Status' || isObject(answer.response))).toBe(true);
      expect(text).not.toMatch(/undefined|\[object |maximum call stack|TypeError/i);
    });
    await fc.assert(property, { numRuns: 3000 });
    for (const door of ['mutate', 'validate', 'validate-namespace']) {
      expect(await metricOf(app, 'weir_admission_failures_total', { door })).toBe(0);
    }
    expect(app.facts.flatMap(({ failures }) => failures)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    await isSound(app);
  });

  it('leave no label behind that they chose', async () => {
    for (let index = 0; index < 50; index++) {
      const object = {
        apiVersion: `evil-${index}.example.com/v1`,
        kind: `Kind${index}`,
        metadata: { name: `n${index}` },
      };
      await app.review(`/validate/nowhere-${index}`, { object, operation: 'CREATE' });
      await app.review('/validate/prod', { object, operation: 'CREATE' });
    }
    const text = await app.metrics.registry.metrics();
    expect(text).not.toMatch(/evil-|Kind\d|nowhere-/);
    expect(text.split('\n').length).toBeLessThan(800);
  });
});

describe('what is large or deep', () => {
  const deep = 500_000;
  it.each<[what: string, body: () => string]>([
    ['a list of 500,000 levels', () => '['.repeat(deep) + ']'.repeat(deep)],
    ['an object of 250,000 levels', () => `${'{"a":'.repeat(deep / 2)}1${'}'.repeat(deep / 2)}`],
    ['a review with an object so deep', () => around(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`)],
    ['a review with an annotation of 2 MB', () => around(JSON.stringify(annotated('x'.repeat(2_000_000))))],
    ['a review with an image of 2 MB', () => around(JSON.stringify(aService({ image: `${'a/'.repeat(1e6)}b:1` })))],
    [
      'a review with 60,000 containers',
      () => around(JSON.stringify(aService({ podSpec: { initContainers: many(60_000) } }))),
    ],
    [
      'a review with 200 containers',
      () => around(JSON.stringify(aService({ podSpec: { initContainers: many(200) } }))),
    ],
    ['a review with 9,000 ports', () => around(JSON.stringify(aService({ container: { ports: many(9000) } })))],
    ['a review with remembered defaults of 2 MB', () => around(JSON.stringify(remembering()))],
    ['a review with a uid of 2 MB', () => reviewText({ uid: 'u'.repeat(2_000_000), object: aService() })],
  ])('%s is answered, and soon', async (_, body) => {
    const text = body();
    for (const to of ['/validate/prod', '/mutate/prod']) {
      const start = performance.now();
      const { status } = await app.send(to, { method: 'POST', body: text });
      expect(ANSWERS).toContain(status);
      expect(performance.now() - start).toBeLessThan(8000);
    }
    await isSound(app);
  });

  function around(object: string): string {
    return reviewText({ operation: 'UPDATE', object: 1, oldObject: 2 })
      .replace('"object":1', `"object":${object}`)
      .replace('"oldObject":2', '"oldObject":{}');
  }
  function annotated(value: string): JsonObject {
    return aService({ annotations: { 'max-scale': value } });
  }
  function many(length: number): JsonValue {
    return Array.from({ length }, () => ({ image: 'a' }));
  }
  function remembering(): JsonObject {
    const values = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`/spec/x${index}`, index]));
    return aService({ metadata: { annotations: { 'weir.dev/defaults': JSON.stringify(values) } } });
  }
});

describe('who goes away', () => {
  it('in the middle of a body leaves nothing behind', async () => {
    const { connect } = await import('node:tls');
    for (let index = 0; index < 50; index++) {
      await new Promise<void>((resolve) => {
        const socket = connect({ port: app.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          socket.write('POST /validate/prod HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"kind"', () => {
            socket.destroy();
            resolve();
          });
        });
        socket.on('error', () => resolve());
      });
    }
    await isSound(app);
  });

  it('before TLS, or without any, too', async () => {
    const { connect } = await import('node:net');
    for (const text of ['', 'GET / HTTP/1.1\r\n\r\n', '\u0016\u0003\u0001', '\u0000'.repeat(1000)]) {
      await new Promise<void>((resolve) => {
        const socket = connect(app.port, '127.0.0.1', () => socket.end(text));
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
        socket.resume();
      });
    }
    await isSound(app);
  });
});
