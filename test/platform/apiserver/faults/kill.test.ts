/** kill -9 of the whole server in the middle of writing: WEIR_SERVER_KILLS=200 does it as often as one likes. */
import { rmSync } from 'node:fs';
import { request } from 'node:https';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { newFolder } from '../servers.ts';
import { type Answer, aProcess, type ServerProcess } from './process.ts';

const KILLS = Number(process.env.WEIR_SERVER_KILLS ?? 3);
const WRITERS = 8;
const MAPS = '/api/v1/namespaces/default/configmaps';

const folder = newFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What stands at a name. */
interface Standing {
  readonly revision: number;
  readonly round: number;
}

/** What the answers have told; a name that is not there has been deleted, or was never made. */
interface Told {
  readonly standing: Map<string, Standing>;
  /** What was sent and not answered; of each writer at most one. */
  readonly underWay: Map<string, string>;
  /** Of the last write that was acknowledged. */
  revision: number;
}

const textOf = (round: number): string => `${round} `.repeat(1 + ((round * 37) % 3000));
const revisionOf = (object: JsonObject): number => Number(stringAt(object, 'metadata', 'resourceVersion'));
const roundOf = (object: JsonObject): number => Number(stringAt(object, 'data', 'round'));
const standingOf = (object: JsonObject): Standing => ({ revision: revisionOf(object), round: roundOf(object) });

/** Writes until the server is gone; what is acknowledged is put down as it comes. @returns the next round */
async function writeUntilEnd(server: ServerProcess, writer: number, first: number, told: Told): Promise<number> {
  for (let round = first; ; round++) {
    const name = `kill-${writer}-${round % 4}`;
    const method = methodOf(round, told.standing.has(name));
    told.underWay.set(name, method);
    const { code, body } = await writeOnce(server, method, name, round, told.standing.get(name));
    if (code === 0) return round + 1;
    if (code !== 200 && code !== 201) throw new Error(`${method} ${name}: ${code} ${JSON.stringify(body)}`);
    told.underWay.delete(name);
    if (method === 'DELETE') told.standing.delete(name);
    else told.standing.set(name, standingOf(body));
    if (method !== 'DELETE') told.revision = Math.max(told.revision, revisionOf(body));
  }
}

function methodOf(round: number, isThere: boolean): string {
  if (!isThere) return 'POST';
  if (round % 5 === 0) return 'DELETE';
  return round % 2 === 0 ? 'PUT' : 'PATCH';
}

function writeOnce(
  server: ServerProcess,
  method: string,
  name: string,
  round: number,
  standing: Standing | undefined,
): Promise<Answer> {
  if (method === 'DELETE') return server.send(method, `${MAPS}/${name}`);
  const data = { round: String(round), text: textOf(round) };
  const labels = { round: String(round) };
  const resourceVersion = method === 'PUT' ? { resourceVersion: String(standing?.revision) } : {};
  const body = { metadata: { name, labels, ...resourceVersion }, data };
  const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  return server.send(method, method === 'POST' ? MAPS : `${MAPS}/${name}`, { body, headers });
}

function itemsOf(list: JsonObject): Map<string, JsonObject> {
  const items = new Map<string, JsonObject>();
  for (const item of list.items as JsonObject[]) {
    const name = stringAt(item, 'metadata', 'name') ?? '';
    if (name.startsWith('kill-')) items.set(name, item);
  }
  return items;
}

/** All is as it was acknowledged; where a write was under way, it may have been done. Nothing is half. */
function wrongIn(list: JsonObject, { standing, underWay, revision }: Told): string[] {
  const wrong: string[] = [];
  if (revisionOf(list) < revision) wrong.push(`the revision is ${revisionOf(list)}, and ${revision} was acknowledged`);
  const items = itemsOf(list);
  for (const [name, item] of items) {
    if (!isWhole(item)) wrong.push(`${name} is half`);
    if (!standing.has(name) && underWay.get(name) !== 'POST') wrong.push(`${name} is back`);
  }
  for (const [name, acknowledged] of standing) {
    const item = items.get(name);
    if (item === undefined) {
      if (underWay.get(name) !== 'DELETE') wrong.push(`${name} is gone`);
      continue;
    }
    const found = standingOf(item);
    const isTheSame = found.revision === acknowledged.revision && found.round === acknowledged.round;
    const isTheNext = underWay.has(name) && found.revision > acknowledged.revision;
    if (!isTheSame && !isTheNext) wrong.push(`${name} is ${found.revision}, and ${acknowledged.revision} was told`);
  }
  return wrong;
}

function isWhole(item: JsonObject): boolean {
  const round = roundOf(item);
  return (
    stringAt(item, 'data', 'text') === textOf(round) && objectAt(item, 'metadata', 'labels')?.round === String(round)
  );
}

/** Its first line, or its code where it is refused. */
function firstLine(server: ServerProcess, target: string): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const { port, ca, token } = server;
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, ca, path: target, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk;
        if (!text.includes('\n')) return;
        resolve(JSON.parse(text.split('\n', 1)[0] ?? ''));
        sent.destroy();
      });
      response.on('error', () => {});
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a server that is killed while it writes', () => {
  it(
    'has kept every write that it acknowledged, and no half one, and is known by the same token and certificate',
    async () => {
      let told: Told = { standing: new Map(), underWay: new Map(), revision: 0 };
      let rounds = Array.from({ length: WRITERS }, () => 1);
      let identity: readonly string[] | undefined;
      let writes = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const server = await aProcess({ folder });
        identity ??= [server.ca, server.token];
        expect([server.ca, server.token]).toEqual(identity);

        const list = await listed(server);
        expect(wrongIn(list, told)).toEqual([]);
        await seeWatches(server, told.revision > 0);

        const before = revisionOf(list);
        const standing = new Map([...itemsOf(list)].map(([name, item]) => [name, standingOf(item)]));
        told = { standing, underWay: new Map(), revision: before };
        const now = told;
        const writing = Promise.all(rounds.map((first, writer) => writeUntilEnd(server, writer, first, now)));
        // at another moment each time
        const moment = before + 1 + ((kill * 131) % 400);
        await Promise.race([writing, reached(now, moment)]);
        await server.kill();
        rounds = await writing;
        writes += now.revision - before;
      }
      const server = await aProcess({ folder });
      const list = await listed(server);
      expect(wrongIn(list, told)).toEqual([]);
      expect(await server.close()).toBe(0);
      if (process.env.WEIR_SERVER_KILLS !== undefined) {
        process.stderr.write(`${KILLS} kills, ${writes} writes acknowledged, none lost\n`);
      }
    },
    60_000 + KILLS * 30_000,
  );
});

async function reached(told: Told, revision: number): Promise<void> {
  while (told.revision < revision) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function listed(server: ServerProcess): Promise<JsonObject> {
  const { code, text, body } = await server.send('GET', MAPS);
  if (code !== 200 || !Array.isArray(body.items)) throw new Error(`the list is answered with ${code}: ${text}`);
  return body;
}

/** From before the kill: the history is gone, which is told with 410; from now on: it goes on. */
async function seeWatches(server: ServerProcess, isAgain: boolean): Promise<void> {
  if (isAgain) {
    const line = await firstLine(server, `${MAPS}?watch=1&resourceVersion=1`);
    expect(line).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  }
  const list = await listed(server);
  const next = firstLine(server, `${MAPS}?watch=1&resourceVersion=${revisionOf(list)}&labelSelector=watched`);
  const name = `watched-${revisionOf(list)}`;
  const { body } = await server.send('POST', MAPS, { body: { metadata: { name, labels: { watched: 'yes' } } } });
  expect(await next).toMatchObject({ type: 'ADDED', object: { metadata: body.metadata } });
}
