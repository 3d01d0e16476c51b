/** Events, which the core group and events.k8s.io serve by other names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { aServer, type Server } from '../servers.ts';

const OLD = '/api/v1/namespaces/default/events';
const NEW = '/apis/events.k8s.io/v1/namespaces/default/events';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const MOMENT = '2026-01-02T03:04:05.678901Z';

let server: Server;
beforeAll(async () => {
  server = await aServer();
}, 60_000);
afterAll(() => server.close());

function event(name: string, more: object = {}): object {
  return {
    metadata: { name },
    regarding: { kind: 'ConfigMap', name: 'web', namespace: 'default' },
    note: 'it was told',
    reason: 'Told',
    type: 'Normal',
    action: 'Tell',
    eventTime: MOMENT,
    reportingController: 'weir.dev/story',
    reportingInstance: 'story-1',
    ...more,
  };
}

async function made(name: string, more: object = {}): Promise<JsonObject> {
  const { code, body } = await server.ask('POST', NEW, { body: event(name, more) });
  expect(code).toBe(201);
  return body;
}

async function namesIn(path: string): Promise<string[]> {
  const { body } = await server.ask('GET', path);
  return arrayAt(body, 'items').map((item) => stringAt(item, 'metadata', 'name') ?? '');
}

describe('an Event that is written by events.k8s.io', () => {
  it('is there in the core group, with its names', async () => {
    await made('both');
    const { body } = await server.ask('GET', `${OLD}/both`);
    expect(body).toMatchObject({
      apiVersion: 'v1',
      involvedObject: { kind: 'ConfigMap', name: 'web', namespace: 'default' },
      message: 'it was told',
      reportingComponent: 'weir.dev/story',
      source: {},
      firstTimestamp: null,
    });
    for (const name of ['note', 'regarding', 'reportingController', 'deprecatedSource']) {
      expect(body).not.toHaveProperty(name);
    }
    expect((await server.ask('GET', `${NEW}/both`)).body).toMatchObject({ note: 'it was told', deprecatedSource: {} });
  });

  it('is listed by both, once, without saying again what it is', async () => {
    await made('listed');
    for (const [path, field] of [
      [OLD, 'message'],
      [NEW, 'note'],
    ] as const) {
      const { body } = await server.ask('GET', `${path}?fieldSelector=metadata.name%3Dlisted`);
      expect(arrayAt(body, 'items')).toEqual([expect.objectContaining({ [field]: 'it was told' })]);
      expect(arrayAt(body, 'items')[0]).not.toHaveProperty('apiVersion');
    }
  });

  it.each<{ path: string; found: readonly string[] }>`
    path                                              | found
    ${`${OLD}?fieldSelector=involvedObject.name%3Dx`} | ${['selected']}
    ${`${NEW}?fieldSelector=regarding.name%3Dx`}      | ${['selected']}
    ${`${NEW}?fieldSelector=regarding.name%3Dy`}      | ${[]}
    ${`${NEW}?fieldSelector=reportingController%3Dz`} | ${['selected']}
    ${`${OLD}?fieldSelector=reportingComponent%3Dz`}  | ${['selected']}
    ${`${OLD}?fieldSelector=source%3Dz`}              | ${['selected']}
  `('is found by $path', async ({ path, found }) => {
    const regarding = { kind: 'Pod', name: 'x', namespace: 'default' };
    await server.ask('PUT', `${NEW}/selected`, { body: event('selected', { regarding, reportingController: 'z' }) });
    expect(await namesIn(path)).toEqual(found);
  });

  it('has a row that says what it is about, by both', async () => {
    await made('shown');
    const rows = await Promise.all(
      [OLD, NEW].map(async (path) => (await server.ask('GET', `${path}/shown`, { headers: TABLE })).body),
    );
    expect(arrayAt(rows[0], 'rows')).toEqual([
      expect.objectContaining({ cells: expect.arrayContaining(['configmap/web', 'it was told', 'Told']) }),
    ]);
    expect(arrayAt(objectAt(arrayAt(rows[1], 'rows')[0]), 'cells')).toEqual(
      arrayAt(objectAt(arrayAt(rows[0], 'rows')[0]), 'cells'),
    );
  });

  it('is told to who watches by the other group', async () => {
    const { body } = await server.ask('GET', OLD);
    const since = stringAt(body, 'metadata', 'resourceVersion');
    const watch = server.watch(`${OLD}?watch=true&resourceVersion=${since}`);
    await made('watched');
    await server.ask('PATCH', `${OLD}/watched`, { body: { count: 7 }, headers: MERGE });
    await server.ask('DELETE', `${NEW}/watched`);
    const told = [await watch.next(), await watch.next(), await watch.next()];
    watch.stop();
    expect(told).toEqual([
      { type: 'ADDED', object: expect.objectContaining({ apiVersion: 'v1', message: 'it was told' }) },
      { type: 'MODIFIED', object: expect.objectContaining({ apiVersion: 'v1', count: 7 }) },
      { type: 'DELETED', object: expect.objectContaining({ apiVersion: 'v1', count: 7 }) },
    ]);
  });

  it('is held to what each group demands of a change', async () => {
    await made('held');
    const frozen = await server.ask('PATCH', `${NEW}/held`, { body: { note: 'other' }, headers: MERGE });
    expect([frozen.code, frozen.body.message]).toEqual([
      422,
      'Event "held" is invalid: message: Invalid value: "other": field is immutable',
    ]);
    const changed = await server.ask('PATCH', `${OLD}/held`, { body: { message: 'other' }, headers: MERGE });
    expect(changed.code).toBe(200);
    expect((await server.ask('GET', `${NEW}/held`)).body.note).toBe('other');
  });

  it('is one of its own kind for who makes it twice, or by the wrong path', async () => {
    await made('twice');
    const again = await server.ask('POST', NEW, { body: event('twice') });
    expect(again.body.message).toBe('events.events.k8s.io "twice" already exists');
    const astray = await server.ask('POST', OLD, { body: { ...event('twice'), apiVersion: 'events.k8s.io/v1' } });
    expect(astray.body.message).toBe(
      'the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)',
    );
  });

  it('forgets who owned its fields by the other group', async () => {
    await made('owned');
    const path = `${OLD}/owned?fieldManager=a`;
    const config = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'owned' }, message: 'another' };
    const { body } = await server.ask('PATCH', path, { body: config, headers: APPLY });
    expect(arrayAt(body, 'metadata', 'managedFields')).toEqual([
      expect.objectContaining({ manager: 'a', apiVersion: 'v1', fieldsV1: { 'f:message': {} } }),
    ]);
  });
});
