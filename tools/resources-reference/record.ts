/**
 * Asks kube-apiserver to create and change objects, and for tables, and records what it says for the tests of
 * src/platform/apiserver/resources and tables, and what it says of columns for tables itself. Needs what `npm run controlplane` builds.
 *
 *     npm run golden:resources
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../src/kubernetes/json.ts';
import { builtinResources } from '../../src/platform/apiserver/resources/builtin.ts';
import type { Resource } from '../../src/platform/apiserver/resources/resource.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { writeGenerated } from '../generate/generated.ts';
import { COLUMNS_FILE, columnDescriptions } from './columns.ts';

const TESTS = 'test/platform/apiserver';
const FOLDER = `${TESTS}/resources/testdata`;
const NAMESPACE = 'reference';
const CHANGING = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields'];
const AGES = /Age|Seen|Created At/;

const cluster = await startControlPlane();
try {
  await ask('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await sleep(3000); // until the ServiceAccount of its pods is there
  const creates = await recordCreates(documents(`${FOLDER}/creates.yaml`));
  const updates = await recordUpdates(creates, documents(`${FOLDER}/updates.yaml`));
  write(`${FOLDER}/recorded.json`, { creates, updates });
  write(`${TESTS}/tables/testdata/tables.json`, await recordTables());
} finally {
  await cluster.stop();
}

async function recordCreates(objects: readonly JsonObject[]): Promise<JsonObject[]> {
  const recorded: JsonObject[] = [];
  for (const object of objects) {
    const { code, body } = await ask('POST', pathOf(object), object);
    recorded.push(
      code < 300 ? { object, code, answer: withoutChanging(body) } : { object, code, causes: causesOf(body) },
    );
  }
  return recorded;
}

async function recordUpdates(creates: readonly JsonObject[], cases: readonly JsonObject[]): Promise<JsonObject[]> {
  const recorded: JsonObject[] = [];
  for (const { name, patch } of cases) {
    const object =
      objectAt(
        creates.find((each) => stringAt(each, 'object', 'metadata', 'name') === name),
        'object',
      ) ?? {};
    const before = await ask('GET', `${pathOf(object)}/${String(name)}`);
    const type = 'application/merge-patch+json';
    const { code, body } = await ask('PATCH', `${pathOf(object)}/${String(name)}?dryRun=All`, patch, type);
    const old = withoutChanging(before.body);
    const said = code < 300 ? { answer: withoutChanging(body) } : { causes: causesOf(body) };
    recorded.push({ name: name ?? '', patch: patch ?? {}, old, code, ...said });
  }
  return recorded;
}

async function recordTables(): Promise<JsonObject[]> {
  const recorded: JsonObject[] = [];
  const tables = new Map<string, JsonObject>();
  // of versions with one store the one whose shape is stored: all have its table
  const stored = builtinResources().filter(({ verbs, conversion }) => verbs.includes('list') && !conversion);
  for (const resource of stored) {
    const path = `${rootOf(resource)}${resource.isNamespaced ? `/namespaces/${NAMESPACE}` : ''}/${resource.plural}`;
    const { body: list } = await ask('GET', path);
    const { body: table } = await ask(
      'GET',
      path,
      undefined,
      undefined,
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    );
    tables.set(resource.storedAs, table);
    const columns = arrayAt(table, 'columnDefinitions').filter(isObject);
    const ages = columns.map(({ name }) => AGES.test(String(name)));
    const rows = arrayAt(table, 'rows').map((row) =>
      arrayAt(row, 'cells').map((cell, index) => (ages[index] ? null : cell)),
    );
    const items = arrayAt(list, 'items').filter(isObject);
    const own = items.flatMap((item, index) => (isOurs(item) ? [index] : [])).slice(0, 4);
    recorded.push({
      resource: resource.storedAs,
      columns: columns.map(({ name, type, format, priority }) => ({ name, type, format, priority }) as JsonObject),
      rows: own.map((index) => ({ object: withoutChanging(items[index] ?? {}), cells: rows[index] ?? [] })),
    });
  }
  const { body: version } = await ask('GET', '/version');
  writeGenerated(COLUMNS_FILE, columnDescriptions(tables, String(version.gitVersion)), 'npm run golden:resources');
  return recorded;
}

function isOurs(object: JsonObject): boolean {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return name.includes('gold') || name.includes('plain') || /^(s|svc)-/.test(name);
}

async function ask(
  method: string,
  path: string,
  body?: JsonValue,
  type = 'application/json',
  accept = 'application/json',
): Promise<{ code: number; body: JsonObject }> {
  const { status, text } = await send(
    method,
    path,
    body === undefined ? undefined : JSON.stringify(body),
    type,
    accept,
  );
  const answer: JsonValue = JSON.parse(text);
  return { code: status, body: isObject(answer) ? answer : {} };
}

function send(method: string, path: string, body: string | undefined, type: string, accept: string) {
  const { server, ca, token } = cluster;
  const headers = { authorization: `Bearer ${token}`, 'content-type': type, accept };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(`${server}${path}`, { method, ca, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function pathOf(object: JsonObject): string {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const resource = builtinResources().find(
    ({ group, version, kind }) =>
      kind === object.kind && apiVersion === (group === '' ? version : `${group}/${version}`),
  );
  if (resource === undefined) throw new Error(`no resource is of ${apiVersion} ${String(object.kind)}`);
  return `${rootOf(resource)}${resource.isNamespaced ? `/namespaces/${NAMESPACE}` : ''}/${resource.plural}`;
}

function rootOf({ group, version }: Resource): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function causesOf(status: JsonObject): JsonValue {
  return objectAt(status, 'details')?.causes ?? [];
}

function withoutChanging(object: JsonObject): JsonObject {
  const metadata = Object.entries(objectAt(object, 'metadata') ?? {}).filter(([key]) => !CHANGING.includes(key));
  return { ...object, metadata: Object.fromEntries(metadata) };
}

function documents(file: string): JsonObject[] {
  const all = parseAllDocuments(readFileSync(file, 'utf8')).map((document): JsonValue => document.toJS());
  return all.flatMap((each) => (isArray(each) ? each : [each])).filter(isObject);
}

/** One line an entry. */
function write(file: string, value: JsonValue): void {
  const lines = (list: JsonValue): string =>
    isArray(list) ? `[\n${list.map((entry) => JSON.stringify(entry)).join(',\n')}\n]` : JSON.stringify(list);
  const members = isObject(value) ? Object.entries(value).map(([key, list]) => `"${key}": ${lines(list ?? null)}`) : [];
  writeFileSync(file, isObject(value) ? `{\n${members.join(',\n')}\n}\n` : `${lines(value)}\n`);
  console.log(`${file} written`);
}
