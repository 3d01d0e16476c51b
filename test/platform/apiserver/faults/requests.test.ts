/**
 * Requests that mean harm: each is answered with a no or cut, and the server is as it was. WEIR_HOSTILE=20000 sends
 * more of those that are made up.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newFolder } from '../servers.ts';
import { aProcess, type Memory, randomFrom, raw, type Sending, type ServerProcess } from './process.ts';

jest.setTimeout(240_000);

const HOSTILE = Number(process.env.WEIR_HOSTILE ?? 2_000);
const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MEGABYTE = 1024 * 1024;

const folder = newFolder();
let server: ServerProcess;
let before: Memory;

beforeAll(async () => {
  server = await aProcess({ folder });
  await server.send('POST', MAPS, { body: { metadata: { name: 'victim' }, data: { a: '1' } } });
  await server.send('POST', DEPLOYMENTS, { body: aDeployment('victim') });
  await server.send('GET', '/openapi/v3/api/v1');
  before = await server.ask<Memory>('memory');
});

afterAll(async () => {
  const after = await server.ask<Memory>('memory');
  expect(await server.close()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
  if (process.env.WEIR_HOSTILE !== undefined) {
    const [from, to] = [before, after].map(({ live, resident }) => [live, resident].map(inMegabytes).join(' of '));
    process.stderr.write(`MB in use of those resident: ${from} before the hostile requests, ${to} after\n`);
  }
  expect(after.live - before.live).toBeLessThan(20 * MEGABYTE);
  // V8 and malloc keep what they once had
  expect(after.resident).toBeLessThan(700 * MEGABYTE);
});

const inMegabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);

function aDeployment(name: string): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, template } };
}

/** It is ready, answers a normal request, has nothing in its prototypes and nothing in its log. */
async function isAsBefore(): Promise<void> {
  expect((await server.send('GET', '/readyz')).text).toBe('ok');
  expect((await server.send('GET', `${MAPS}/victim`)).code).toBe(200);
  expect(await server.ask('isClean')).toBe(true);
  expect(await server.ask('errors')).toEqual([]);
}

const head = (line: string, ...headers: string[]): string =>
  [line, `Host: localhost:${server.port}`, `Authorization: Bearer ${server.token}`, ...headers, '', ''].join('\r\n');

describe('requests that are made up', () => {
  const STEPS = [
    ...['api', 'apis', 'v1', 'apps', 'watch', 'namespaces', 'default', 'configmaps', 'deployments', 'victim', 'status'],
    ...['scale', 'openapi', 'v3', 'v2', 'version', 'readyz', 'metrics', 'proxy', 'log', 'exec', 'finalize', 'token'],
    ...['..', '.', '', '%00', '%2f', '%2e%2e', '%ff', '%', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ...['%F0%9F%98%80', 'a'.repeat(300), 'rbac.authorization.k8s.io', 'apiextensions.k8s.io', '*', '~', ';', "'", '"'],
    ...['customresourcedefinitions', 'serviceaccounts', 'secrets', 'pods', 'eviction', '%E2%80%AE', '\\', '|', '$(id)'],
  ];
  const QUERIES = [
    ...['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'dryRun'],
    ...['fieldManager', 'fieldValidation', 'force', 'pretty', 'sendInitialEvents', 'allowWatchBookmarks', 'watch'],
    ...['propagationPolicy', 'gracePeriodSeconds', '__proto__', 'timeout', 'orphanDependents', ''],
  ];
  const VALUES = [
    ...['', '0', '1', '-1', '99999999999999999999', '1e9', 'NaN', 'true', 'false', 'All', 'Exact', 'NotOlderThan'],
    ...['Strict', 'a=b', 'a in (b,c)', '!a', 'a in (', '((((', 'a=b,,', 'metadata.name=victim', 'spec.x=1', '%00', '%'],
    ...[
      '__proto__=1',
      'constructor',
      'Orphan',
      'Foreground',
      'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0',
    ],
    ...['%ED%A0%80', 'x'.repeat(5000), 'a!=b', 'a>1', 'a<x', 'a notin (', '=', '==', ','],
  ];
  const METHODS = ['GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'MKCOL', 'PROPFIND'];
  const TYPES = [
    ...['application/json', 'application/yaml', 'application/json-patch+json', 'application/merge-patch+json'],
    ...['application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'text/plain', '', 'a/b;c="'],
    ...['application/vnd.kubernetes.protobuf', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  ];
  const BODIES = [
    ...['', '{}', '[]', 'null', '1', '"a"', '{', '[{}]', '{"metadata":null}', '{"metadata":{"name":1}}', '\u0000'],
    ...['{"kind":"ConfigMap","apiVersion":"v2"}', '[{"op":"add"}]', '[{"op":"move","from":"/a","path":"/a/b"}]'],
    ...['{"metadata":{"name":"made-up","labels":[]}}', '{"metadata":{"annotations":{"a":1}}}', 'a: &a [*a]', '- - -'],
    ...[
      '{"__proto__":{"x":1}}',
      '{"spec":{"template":{"spec":{"containers":[null]}}}}',
      '{"items":[]}',
      'k8s\u0000\u00ff',
    ],
    ...['{"spec":{"replicas":1e400}}', '{"data":{"a":{"$patch":"replace"}}}', '{"$patch":"delete"}', '\ufeff{}'],
  ];

  it(`${HOSTILE} are all answered, and none with a mistake of the server`, async () => {
    const random = randomFrom(5);
    const one = <Value>(from: readonly Value[]): Value => from[Math.floor(random() * from.length)] as Value;
    const wrong: string[] = [];
    const codes = new Map<number, number>();
    const next = (): [string, string, Sending] => {
      const steps = Array.from({ length: Math.floor(random() * 8) }, () => one(STEPS));
      const known = one([MAPS, `${MAPS}/victim`, DEPLOYMENTS, `${DEPLOYMENTS}/victim`, `${DEPLOYMENTS}/victim/scale`]);
      const path = random() < 0.5 ? known : `/${steps.join('/')}`;
      const queries = Array.from({ length: Math.floor(random() * 4) }, () => `${one(QUERIES)}=${one(VALUES)}`);
      const target = encodeURI(`${path}?timeoutSeconds=1&${queries.join('&')}`).replaceAll('%25', '%');
      const method = one(path === known ? METHODS.filter((each) => each !== 'DELETE') : METHODS);
      const headers = {
        'content-type': one(TYPES),
        accept: one(['*/*', 'application/json;as=Table', 'text/html', '']),
      };
      return [method, target, method === 'GET' ? { headers } : { headers, body: one(BODIES) }];
    };
    let sent = 0;
    const sender = async (): Promise<void> => {
      while (sent < HOSTILE) {
        sent++;
        const [method, target, sending] = next();
        const { code, text } = await server.send(method, target, sending);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        // a watch says of a resourceVersion that is none what Kubernetes says of it
        const isMistake = code === 0 || (code >= 500 && code !== 501 && code !== 504 && !text.includes('strconv.'));
        if (isMistake) wrong.push(`${code} ${method} ${target} ${JSON.stringify(sending)} ${text}`.slice(0, 600));
      }
    };
    await Promise.all(Array.from({ length: 16 }, sender));
    expect(wrong).toEqual([]);
    expect(codes.size).toBeGreaterThan(6);
    await isAsBefore();
  });

  it('as bytes that are hardly HTTP are answered or cut', async () => {
    const random = randomFrom(11);
    const whole = `${head(`GET ${MAPS} HTTP/1.1`, 'Connection: close', 'Content-Length: 2')}{}`;
    for (let time = 0; time < Math.max(100, HOSTILE / 20); time++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < 3; change++) {
        bytes[Math.floor(random() * 60)] = Math.floor(random() * 256);
      }
      // what is left waiting for more is cut by the limits of time, which connections.test.ts tries
      const cut = new Promise<string>((resolve) => setTimeout(resolve, 2_000, 'waited'));
      await Promise.race([raw(server, bytes, (text) => text.includes('\r\n\r\n')), cut]);
    }
    await isAsBefore();
  });
});

describe('a request that is too large', () => {
  it('by a body of 50 MB is refused before it is read', async () => {
    const line = head(`POST ${MAPS} HTTP/1.1`, 'Content-Type: application/json', `Content-Length: ${50 * MEGABYTE}`);
    const { resident } = await server.ask<Memory>('memory');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => raw(server, line, (text) => text.includes('"code":413'))),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":413/s);
    expect((await server.ask<Memory>('memory')).resident - resident).toBeLessThan(60 * MEGABYTE);
    await isAsBefore();
  });

  it('by chunks that never end is refused at the limit', async () => {
    const socket = await server.connect();
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk));
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.write(head(`POST ${MAPS} HTTP/1.1`, 'Content-Type: application/json', 'Transfer-Encoding: chunked'));
    const chunk = Buffer.from(`10000\r\n${'['.repeat(0x10000)}\r\n`);
    let sent = 0;
    while (!text.includes('"code":413') && !socket.destroyed && sent < 500 * MEGABYTE) {
      sent += chunk.length;
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    await server.ask('jump 6000'); // who goes on sending is cut
    await closed;
    await isAsBefore();
  });

  it.each<{ what: string; headers: () => string[] }>([
    { what: 'one header of 100 KB', headers: () => [`X-Large: ${'x'.repeat(100_000)}`] },
    { what: '20,000 headers', headers: () => Array.from({ length: 20_000 }, (_, index) => `X-${index}: y`) },
    { what: '3,000 groups to impersonate', headers: () => Array.from({ length: 3_000 }, () => 'Impersonate-Group: g') },
    { what: 'an Accept of 60 KB', headers: () => [`Accept: ${'a/b,'.repeat(15_000)}`] },
    { what: 'an Accept-Encoding of 60 KB', headers: () => [`Accept-Encoding: ${','.repeat(60_000)}`] },
    { what: 'a token of 60 KB', headers: () => [`Authorization: Bearer ${'a.'.repeat(30_000)}`] },
  ])('by $what is refused or cut', async ({ headers }) => {
    const bytes = head(`GET ${MAPS} HTTP/1.1`, 'Connection: close', ...headers());
    const text = await raw(server, bytes);
    expect(text === '' || /^HTTP\/1\.1 [24]\d\d /.test(text)).toBe(true);
    await isAsBefore();
  });
});

const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Keys that reach what all objects have in common, at several places. */
const POISON = [
  '{"__proto__":{"polluted":"yes"}}',
  '{"constructor":{"prototype":{"polluted":"yes"}}}',
  '{"metadata":{"name":"poison","labels":{"__proto__":"x","constructor":"y"}}}',
  '{"metadata":{"name":"poison","annotations":{"__proto__":{"polluted":"yes"}}}}',
  '{"metadata":{"__proto__":{"name":"poison","polluted":"yes"},"name":"poison"},"data":{"__proto__":"x","toString":"y"}}',
  '{"metadata":{"name":"poison","managedFields":[{"manager":"m","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:__proto__":{"f:polluted":{}}}}]}}',
  '{"data":{"__proto__":{"$patch":"replace","polluted":"yes"}}}',
  '{"spec":{"template":{"spec":{"containers":[{"name":"__proto__","__proto__":{"polluted":"yes"}}]}}}}',
];

describe('a body that reaches for the prototypes', () => {
  it.each(POISON)('%s does not', async (body) => {
    for (const target of [MAPS, DEPLOYMENTS]) {
      await server.send('POST', target, { body });
      for (const type of [PATCHES.merge, PATCHES.strategic, PATCHES.apply]) {
        const query = type === PATCHES.apply ? '?fieldManager=poison&force=true' : '';
        await server.send('PATCH', `${target}/victim${query}`, { body, headers: { 'content-type': type } });
      }
      await server.send('PUT', `${target}/victim`, { body });
    }
    await server.send('DELETE', `${MAPS}/poison`);
    await isAsBefore();
  });

  it.each([
    '/__proto__/polluted',
    '/constructor/prototype/polluted',
    '/metadata/__proto__/polluted',
    '/data/__proto__',
  ])('by a JSON patch at %s does not', async (path) => {
    const headers = { 'content-type': PATCHES.json };
    for (const op of ['add', 'replace', 'remove', 'test']) {
      await server.send('PATCH', `${MAPS}/victim`, { body: [{ op, path, value: 'yes' }], headers });
    }
    for (const op of ['copy', 'move']) {
      await server.send('PATCH', `${MAPS}/victim`, { body: [{ op, from: '/data', path }], headers });
      await server.send('PATCH', `${MAPS}/victim`, { body: [{ op, from: path, path: '/data/x' }], headers });
    }
    await isAsBefore();
  });
});

/** Each level ten times the one below. */
const LAUGHS = [
  'l0: &l0 [a,a,a,a,a,a,a,a,a,a]',
  ...Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}*l${level}]`),
].join('\n');
const deep = (open: string, close: string): string => `${open.repeat(100_000)}1${close.repeat(100_000)}`;
const operations = (count: number): object[] =>
  Array.from({ length: count }, () => ({ op: 'test', path: '/metadata/name', value: 'victim' }));
/** Twice as large with each operation. */
const BOMB = [
  { op: 'add', path: '/data/x', value: 'x'.repeat(1000) },
  ...Array.from({ length: 40 }, (_, index) => ({ op: 'copy', from: '/data', path: `/data/x${index}` })),
];

describe('a body that asks for too much', () => {
  it.each<{ what: string; type: keyof typeof PATCHES | undefined; body: string | object; codes: number[] }>`
    what                               | type           | body                                                                                                                         | codes
    ${'100,000 arrays in each other'}  | ${undefined}   | ${deep('[', ']')}                                                                                                            | ${[400]}
    ${'100,000 objects in each other'} | ${undefined}   | ${deep('{"a":', '}')}                                                                                                        | ${[400]}
    ${'deep objects in a merge patch'} | ${'merge'}     | ${deep('{"a":', '}')}                                                                                                        | ${[400]}
    ${'deep strategic patches'}        | ${'strategic'} | ${deep('{"a":', '}')}                                                                                                        | ${[400]}
    ${'deep YAML'}                     | ${'apply'}     | ${deep('[', ']')}                                                                                                            | ${[400]}
    ${'deep YAML by indentation'}      | ${'apply'}     | ${Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}                                           | ${[400, 422]}
    ${'a deep JSON patch'}             | ${'json'}      | ${`[{"op":"add","path":"/data","value":${deep('{"a":', '}')}}]`}                                                             | ${[400]}
    ${'10,001 operations'}             | ${'json'}      | ${operations(10_001)}                                                                                                        | ${[413]}
    ${'copies of copies'}              | ${'json'}      | ${BOMB}                                                                                                                      | ${[400, 413, 422]}
    ${'aliases of aliases'}            | ${'apply'}     | ${`apiVersion: v1\nkind: ConfigMap\n${LAUGHS}`}                                                                              | ${[400]}
    ${'an alias to itself'}            | ${'apply'}     | ${'apiVersion: v1\nkind: ConfigMap\ndata: &a\n  b: *a\n'}                                                                    | ${[400, 422, 500]}
    ${'100,000 keys'}                  | ${undefined}   | ${{ metadata: { name: 'x' }, data: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k ${index}`, 'v'])) }} | ${[422]}
    ${'100,000 unknown fields'}        | ${undefined}   | ${Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]))}                                       | ${[400, 422]}
    ${'100,000 finalizers'}            | ${undefined}   | ${{ metadata: { name: 'x', finalizers: Array.from({ length: 100_000 }, (_, index) => `a b${index}`) } }}                     | ${[422]}
    ${'100,000 owners'}                | ${undefined}   | ${{ metadata: { name: 'x', ownerReferences: Array.from({ length: 30_000 }, () => ({ a: 1 })) } }}                            | ${[400, 422]}
    ${'a directive that is none'}      | ${'strategic'} | ${{ $patch: 'explode' }}                                                                                                     | ${[500]}
    ${'a directive of another type'}   | ${'strategic'} | ${{ metadata: { $retainKeys: 'all', '$setElementOrder/finalizers': 7, '$deleteFromPrimitiveList/finalizers': {} } }}         | ${[400, 422]}
    ${'a number too large'}            | ${undefined}   | ${'{"metadata":{"name":"x","generation":1e999}}'}                                                                            | ${[400, 422]}
  `('$what ($type) is refused', async ({ type, body, codes }) => {
    const headers = { 'content-type': type === undefined ? 'application/json' : PATCHES[type] };
    const query = type === 'apply' ? '?fieldManager=me' : '';
    const method = type === undefined ? 'POST' : 'PATCH';
    const target = type === undefined ? MAPS : `${MAPS}/victim${query}`;
    const { code, text } = await server.send(method, target, { body, headers });
    expect(codes.includes(code) ? 'as expected' : `${code} ${text.slice(0, 300)}`).toBe('as expected');
    expect(text.length).toBeLessThan(MEGABYTE);
    await isAsBefore();
  });

  const directives = [
    { containers: { $patch: 'delete' } },
    { containers: [{ $patch: 'delete' }] },
    { containers: [{ $patch: 'replace' }, 1, null, 'x'] },
    { containers: [{ name: {}, $patch: 'merge' }], '$setElementOrder/containers': [{ name: 'b' }] },
    { '$setElementOrder/containers': [1, null, {}] },
    { '$deleteFromPrimitiveList/containers': ['a'] },
    { $retainKeys: [1, {}], containers: [] },
    { '$setElementOrder/': [], '$patch/': 1, $: 1, '$deleteFromPrimitiveList/': [1] },
  ];
  // kube-apiserver, too, answers most directives that are wrong with 500 (endpoints/handlers/patch.go)
  it.each(directives)('the strategic patch %j is answered', async (spec) => {
    const headers = { 'content-type': PATCHES.strategic };
    const body = { spec: { template: { spec } } };
    const { code, text } = await server.send('PATCH', `${DEPLOYMENTS}/victim?dryRun=All`, { body, headers });
    expect([200, 400, 422, 500].includes(code) ? 'as expected' : `${code} ${text.slice(0, 300)}`).toBe('as expected');
    await isAsBefore();
  });
});

describe('a list', () => {
  const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const v = 'meta.k8s.io/v1';
  const LISTS: readonly (readonly [query: string, codes: readonly number[]])[] = [
    ['continue=abc', [400]],
    [`continue=${'A'.repeat(30_000)}`, [400]],
    [`continue=${token(null)}`, [400]],
    [`continue=${token({ v, rv: 1, start: '../../etc' })}`, [400]],
    [`continue=${token({ v, rv: 1, start: 'default/a' })}`, [200, 410]],
    [`continue=${token({ v, rv: 1e15, start: 'default/a' })}`, [504]],
    [`continue=${token({ v, rv: '1', start: 'default/a' })}`, [400]],
    [`continue=${token({ v, rv: 1.5, start: 'default/a' })}`, [400]],
    [`continue=${token({ v, rv: -7, start: '\u0000\uffff' })}&limit=1`, [200]],
    ['resourceVersion=999999999999999', [504]],
    ['resourceVersion=99999999999999999999999', [400]],
    ['resourceVersion=-1', [400]],
    ['resourceVersion=1&resourceVersionMatch=Exact', [200, 410]],
    ['watch=1&resourceVersion=99999999999999999999999', [200, 500]],
    ['watch=1&resourceVersion=-1', [200, 500]],
    ['limit=999999999999999999', [200]],
    [`labelSelector=${encodeURIComponent(`a in (${'b,'.repeat(10_000)}b)`)}`, [200]],
    [`labelSelector=${'a'.repeat(80_000)}`, [431, 0]],
    [`labelSelector=${encodeURIComponent('!a,'.repeat(8_000))}`, [200, 400]],
    [`labelSelector=${'a'.repeat(60_000)}`, [400]],
    [`fieldSelector=${encodeURIComponent('metadata.name!=x,'.repeat(3_000))}`, [200, 400]],
    [`fieldSelector=${encodeURIComponent('\\'.repeat(20_000))}`, [400]],
  ];
  it.each(LISTS.map(([query, codes]) => ({ query, codes, what: query.slice(0, 60) })))(
    'with $what is answered with $codes',
    async ({ query, codes }) => {
      const { code, text } = await server.send('GET', `${MAPS}?${query}&timeoutSeconds=1`);
      expect(codes.includes(code) ? 'as expected' : `${code} ${text.slice(0, 300)}`).toBe('as expected');
      await isAsBefore();
    },
  );
});
