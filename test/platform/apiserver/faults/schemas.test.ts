/** Definitions that mean harm: patterns that explode, schemas without end, rules that loop. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newFolder } from '../servers.ts';
import { type Answer, aProcess, type Memory, type ServerProcess } from './process.ts';

jest.setTimeout(240_000);

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MEGABYTE = 1024 * 1024;
/** What a quiet machine takes one for, ten times and more: nothing here is to grow without bound. */
const SECONDS = 30;

const folder = newFolder();
let server: ServerProcess;
let before: Memory;
let count = 0;
beforeAll(async () => {
  server = await aProcess({ folder });
  await define({ type: 'object' });
  before = await server.ask<Memory>('memory');
});
afterAll(async () => {
  const after = await server.ask<Memory>('memory');
  expect(after.live - before.live).toBeLessThan(120 * MEGABYTE);
  expect(await server.close()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

interface Defined {
  readonly answer: Answer;
  readonly target: string;
  create(spec: unknown): Promise<Answer>;
}

/** A resource of its own with the schema as its spec. */
async function define(spec: unknown): Promise<Defined> {
  const kind = `Hostile${count++}`;
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.hostile.example` },
    spec: {
      group: 'hostile.example',
      scope: 'Cluster',
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  const answer = await server.send('POST', CRDS, { body });
  const target = `/apis/hostile.example/v1/${plural}`;
  const create = (value: unknown): Promise<Answer> =>
    server.send('POST', target, {
      body: { apiVersion: 'hostile.example/v1', kind, metadata: { generateName: 'a-' }, spec: value },
    });
  if (answer.code === 201) await served(target);
  return { answer, target, create };
}

async function served(target: string): Promise<void> {
  while ((await server.send('GET', target)).code === 404) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function isAsBefore(began: number): Promise<void> {
  expect((performance.now() - began) / 1000).toBeLessThan(SECONDS);
  expect((await server.send('GET', '/readyz')).text).toBe('ok');
  expect((await server.send('GET', CRDS)).code).toBe(200);
  expect(await server.ask('isClean')).toBe(true);
  expect(await server.ask('errors')).toEqual([]);
}

/** Refused, or taken and harmless. */
async function tried(schema: unknown, value: unknown): Promise<{ defined: number; created: number; text: string }> {
  const began = performance.now();
  const { answer, create } = await define(schema);
  const created = answer.code === 201 ? await create(value) : undefined;
  await isAsBefore(began);
  return { defined: answer.code, created: created?.code ?? 0, text: (created ?? answer).text.slice(0, 500) };
}

const string = (more: object) => ({ type: 'object', properties: { a: { type: 'string', ...more } } });

describe('a pattern', () => {
  it.each([
    '(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(.*)*x',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    `^${'a?'.repeat(500)}${'a'.repeat(500)}$`,
    '^((a{0,100}){0,100}){0,100}$',
  ])('%s ends on a text that it does not match', async (pattern) => {
    const { defined, created, text } = await tried(string({ pattern }), { a: `${'a'.repeat(100_000)}!` });
    expect([defined, created, text]).toEqual([expect.any(Number), expect.any(Number), expect.any(String)]);
    expect([`${defined} ${created}`, text]).toContain(defined === 201 ? '201 422' : '422 0');
  });

  it.each(['(', '[z-a]', '(?<=a)b', '\\', '*', 'a{99999}', '(?P<__proto__>a)'])(
    '%s is refused or harmless',
    async (pattern) => {
      const { defined, created } = await tried(string({ pattern }), { a: 'b' });
      expect([201, 422]).toContain(defined);
      expect([0, 201, 422]).toContain(created);
    },
  );
});

function nested(depth: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = { type: 'object', properties: { a: schema } };
  return schema;
}

function nestedLists(depth: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = { type: 'array', items: schema };
  return schema;
}

describe('a schema', () => {
  it.each<{ what: string; schema: () => unknown }>([
    { what: '300 levels deep', schema: () => nested(300) },
    { what: '450 lists deep', schema: () => nestedLists(450) },
    { what: '100,000 levels deep', schema: () => JSON.parse(`${'{"items":'.repeat(2000)}{}${'}'.repeat(2000)}`) },
    {
      what: 'of 1 MB',
      schema: () => ({
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { type: 'string', description: 'x'.repeat(180) }]),
        ),
      }),
    },
    {
      what: 'with names that all objects have',
      schema: () => ({
        type: 'object',
        properties: JSON.parse(
          '{"__proto__":{"type":"string"},"constructor":{"type":"string","default":"x"},"toString":{"type":"integer"}}',
        ),
        required: ['__proto__', 'hasOwnProperty'],
      }),
    },
    { what: 'with a default of another type', schema: () => string({ default: { a: 1 } }) },
    { what: 'that is no object', schema: () => [1, 'x', null] },
    { what: 'that names itself', schema: () => ({ $ref: '#/properties/spec' }) },
    {
      what: 'with alternatives of alternatives',
      schema: () => {
        let schema: object = { required: ['a'] };
        for (let level = 0; level < 12; level++) schema = { anyOf: [schema, schema] };
        return { type: 'object', properties: { a: { type: 'string' } }, ...schema };
      },
    },
    {
      what: 'with 50,000 values of an enum',
      schema: () => string({ enum: Array.from({ length: 50_000 }, (_, each) => `v${each}`) }),
    },
  ])('$what is refused or harmless', async ({ schema }) => {
    const { defined, created, text } = await tried(schema(), { a: 'b' });
    expect([201, 400, 422].includes(defined) ? '' : `${defined} ${text}`).toBe('');
    expect([0, 201, 422].includes(created) ? '' : `${created} ${text}`).toBe('');
  });
});

const lists = (rule: string, bound: object) => ({
  type: 'object',
  properties: { items: { type: 'array', items: { type: 'integer' }, ...bound } },
  'x-kubernetes-validations': [{ rule }],
});
const EACH_OF_EACH = 'self.items.all(a, self.items.all(b, self.items.all(c, a + b + c >= 0)))';

describe('a rule', () => {
  it('whose cost has no bound is refused before it can run', async () => {
    const { defined, text } = await tried(lists(EACH_OF_EACH, {}), { items: [1] });
    expect([defined, text]).toEqual([422, expect.stringMatching(/cost|budget/)]);
  });

  it.each([
    lists(EACH_OF_EACH, { maxItems: 150 }),
    lists('self.items.map(a, self.items.map(b, string(a) + string(b))).size() > 0', { maxItems: 1_000 }),
    lists('self.items.all(a, string(a).matches("^(0|1|2|3|4|5|6|7|8|9)+$"))', { maxItems: 10_000 }),
    lists(`${'!'.repeat(4_000)}true`, { maxItems: 1 }),
    lists(`${'('.repeat(4_000)}true${')'.repeat(4_000)}`, { maxItems: 1 }),
    lists(Array.from({ length: 3_000 }, () => 'true').join(' && '), { maxItems: 1 }),
    lists(`self.items == [${Array.from({ length: 9_000 }, (_, index) => index).join(',')}]`, { maxItems: 1 }),
    lists('self.constructor.constructor("return process")()', { maxItems: 1 }),
    lists('"a" + "b" * 1e9', { maxItems: 1 }),
    lists('self.items.all(x, self.__proto__.polluted)', { maxItems: 1 }),
  ])('%# is refused or within its budget', async (schema) => {
    const { maxItems } = (schema.properties.items as { maxItems?: number }) ?? {};
    const items = Array.from({ length: maxItems ?? 1 }, (_, index) => index);
    const { defined, created, text } = await tried(schema, { items });
    expect([201, 400, 422].includes(defined) ? '' : `${defined} ${text}`).toBe('');
    expect([0, 201, 422].includes(created) ? '' : `${created} ${text}`).toBe('');
  });
});
