import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ListWatch, type ListWatchOptions, listWatch } from '../../../src/kubernetes/client/listWatch.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { FakeApiServer, refuse, reply, statusOf } from './fakeApiServer.ts';
import { eventually, FakeClock } from './fakeClock.ts';
import { aPolicy, clientTo, networkPolicies, triggers } from './resources.ts';

let server: FakeApiServer;
let clock: FakeClock;
let told: string[];
let followed: ListWatch[];

beforeEach(async () => {
  server = await FakeApiServer.start([networkPolicies]);
  clock = new FakeClock();
  told = [];
  followed = [];
});

afterEach(async () => {
  for (const each of followed) each.stop();
  expect(clock.waiting).toBe(0);
  await server.close();
});

const log: Log = {
  debug: () => {},
  info: (_, message) => told.push(`info ${message}`),
  warn: (_, message) => told.push(`warn ${message}`),
  error: (_, message) => told.push(`error ${message}`),
};

function follow(options: Partial<ListWatchOptions> = {}): ListWatch {
  const client = clientTo(server.url, clock);
  const each = listWatch({ client, resource: networkPolicies, clock, random: () => 0.5, log, ...options });
  followed.push(each);
  return each;
}

async function followWatching(options: Partial<ListWatchOptions> = {}): Promise<ListWatch> {
  const each = follow(options);
  await each.synced;
  await watching('the watch begins');
  return each;
}

function namesIn({ store }: ListWatch): string[] {
  return store
    .all()
    .map((object) => String((object.metadata as JsonObject).name))
    .sort();
}

/** Until the watch is accepted, so that the watchdog alone counts. */
function watching(what: string): Promise<void> {
  return eventually(() => server.watchers === 1 && clock.waiting === 1 && (clock.waits[0] ?? 0) > 30_000, what);
}

/** Until it waits for its next try, and for nothing else. */
function pausing(what: string): Promise<void> {
  return eventually(() => clock.waiting === 1 && (clock.waits[0] ?? 0) < 30_000, what);
}

const lists = () => server.requests.filter(({ query }) => !query.has('watch')).length;
const watches = () => server.requests.filter(({ query }) => query.has('watch')).length;

describe('listing', () => {
  it('takes every page, gives each item its kind, and drops managedFields', async () => {
    for (let index = 0; index < 7; index++) {
      const object = aPolicy(`p${index}`);
      server.put(networkPolicies, {
        ...object,
        metadata: { ...(object.metadata as JsonObject), managedFields: [{ manager: 'kubectl' }] },
      });
    }
    server.isOld = true;
    const each = await followWatching({ pageSize: 3 });

    expect(namesIn(each)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    const pages = server.requests.filter(({ query }) => !query.has('watch'));
    expect(pages.map(({ query }) => `${query.get('limit')} ${query.get('continue')}`)).toEqual([
      '3 null',
      '3 3',
      '3 6',
    ]);
    const one = each.store.find('shop-prod', 'p0');
    expect(one).toMatchObject({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' });
    expect(one?.metadata).not.toHaveProperty('managedFields');
  });

  describe('of more than a page', () => {
    beforeEach(() => {
      for (let index = 0; index < 4; index++) server.put(networkPolicies, aPolicy(`p${index}`));
    });

    it('asks for the rest as a stream, and watches from where that ended', async () => {
      const each = await followWatching({ pageSize: 3 });

      expect(namesIn(each)).toEqual(['p0', 'p1', 'p2', 'p3']);
      expect(server.requests.map(({ query }) => [...query.keys()])).toEqual([
        ['limit'],
        ['watch', 'allowWatchBookmarks', 'sendInitialEvents', 'resourceVersionMatch', 'timeoutSeconds'],
        ['watch', 'allowWatchBookmarks', 'resourceVersion', 'timeoutSeconds'],
      ]);
      expect(server.requests[2]?.query.get('resourceVersion')).toBe('104');
      server.remove(networkPolicies, 'shop-prod', 'p1');
      server.put(networkPolicies, aPolicy('p4'));
      await eventually(() => namesIn(each).join() === 'p0,p2,p3,p4', 'the watch goes on');
    });

    it('takes what changes before the stream says that this was all', async () => {
      server.faults.push((request, response) => {
        if (request.query.get('sendInitialEvents') !== 'true') return false;
        const line = (type: string, name: string, version: number, labels = {}) => {
          const object = aPolicy(name);
          const metadata = { ...(object.metadata as JsonObject), labels, resourceVersion: `${version}` };
          return `${JSON.stringify({ type, object: { ...object, metadata } })}\n`;
        };
        response.writeHead(200);
        for (const [index, name] of ['p0', 'p1', 'p2', 'p3'].entries())
          response.write(line('ADDED', name, 101 + index));
        response.write(line('MODIFIED', 'p0', 105, { newer: 'yes' }) + line('DELETED', 'p1', 106));
        response.write(line('ADDED', 'p5', 107));
        const metadata = { resourceVersion: '107' };
        // one that comes with the minute says nothing of the beginning
        response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`);
        const annotations = { 'k8s.io/initial-events-end': 'true' };
        response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { ...metadata, annotations } } })}\n`);
        return true;
      });
      const each = await followWatching({ pageSize: 3 });
      expect(namesIn(each)).toEqual(['p0', 'p2', 'p3', 'p5']);
      expect(each.store.find('shop-prod', 'p0')).toHaveProperty('metadata.labels', { newer: 'yes' });
      expect(each.version()).toBe('107');
    });

    it.each<{ what: string; answer: (response: ServerResponse) => void }>([
      {
        what: 'a server that is too old for it',
        answer: (response) => refuse(response, 422, 'Invalid', 'sendInitialEvents is forbidden'),
      },
      {
        what: 'credentials that may list alone',
        answer: (response) => refuse(response, 403, 'Forbidden', 'cannot watch resource'),
      },
      {
        what: 'a stream that is cut',
        answer: (response) => response.writeHead(200).write('{"type":"ADDED"', () => response.destroy()),
      },
      { what: 'a stream that ends before it is done', answer: (response) => response.writeHead(200).end() },
      {
        what: 'a stream that turns to an error',
        answer: (response) => {
          const object = statusOf(410, 'Expired', 'too old');
          response.writeHead(200).end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
        },
      },
      { what: 'a stream of something else', answer: (response) => response.writeHead(200).end('<html>\n') },
    ])('goes on with the pages after $what', async ({ answer }) => {
      server.faults.push((request, response) => {
        if (request.query.get('sendInitialEvents') !== 'true') return false;
        answer(response);
        return true;
      });
      const each = await followWatching({ pageSize: 3 });
      expect(namesIn(each)).toEqual(['p0', 'p1', 'p2', 'p3']);
      expect(server.requests.filter(({ query }) => query.get('continue') === '3')).toHaveLength(1);
      expect(told).toEqual([]);
    });

    it('goes on with the pages where a stream says nothing any more', async () => {
      server.faults.push((request, response) => {
        if (request.query.get('sendInitialEvents') !== 'true') return false;
        response.writeHead(200).flushHeaders();
        return true;
      });
      const each = follow({ pageSize: 3 });
      await eventually(() => clock.waiting === 1 && server.requests.length === 2, 'the stream is waited for');
      expect(each.hasSynced()).toBe(false);
      clock.advance(30_000);
      await each.synced;
      expect(namesIn(each)).toEqual(['p0', 'p1', 'p2', 'p3']);
    });

    it('ends at once when it is stopped amid a stream', async () => {
      let isCut = false;
      server.faults.push((request, response) => {
        if (request.query.get('sendInitialEvents') !== 'true') return false;
        response.writeHead(200).flushHeaders();
        response.on('close', () => {
          isCut = true;
        });
        return true;
      });
      const each = follow({ pageSize: 3 });
      await eventually(() => server.requests.length === 2, 'the stream is asked for');
      each.stop();
      await eventually(() => isCut, 'the stream is cut');
      expect(server.requests).toHaveLength(2);
      expect(clock.waiting).toBe(0);
    });
  });

  it('begins anew without pages where the continue token expires', async () => {
    for (let index = 0; index < 4; index++) server.put(networkPolicies, aPolicy(`p${index}`));
    server.isOld = true;
    let isFirst = true;
    server.faults.push((request, response) => {
      if (!request.query.has('continue') || !isFirst) return false;
      isFirst = false;
      refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
      return true;
    });
    const each = await followWatching({ pageSize: 2 });
    expect(namesIn(each)).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect(server.requests[3]?.query.get('limit')).toBeNull();
  });

  it('keeps only what it is told to, of one namespace and by the field selector', async () => {
    server.put(networkPolicies, aPolicy('here'));
    server.put(networkPolicies, aPolicy('there', 'shop-dev'));
    const each = await followWatching({
      namespace: 'shop-prod',
      fieldSelector: 'metadata.name=here',
      keep: ({ spec: _, ...rest }) => rest,
    });
    expect(namesIn(each)).toEqual(['here']);
    expect(each.store.find('shop-prod', 'here')).not.toHaveProperty('spec');
    for (const { path, query } of server.requests) {
      expect(path).toBe('/apis/networking.k8s.io/v1/namespaces/shop-prod/networkpolicies');
      expect(query.get('fieldSelector')).toBe('metadata.name=here');
    }
  });

  it('tries again while the server fails, ever more slowly, and is not synced meanwhile', async () => {
    let failures = 0;
    server.faults.push((_, response) => {
      if (failures >= 8) return false;
      failures++;
      refuse(response, 500, 'InternalError', 'etcdserver: leader changed');
      return true;
    });
    const each = follow({ random: () => 0.999 });
    const waits: number[] = [];
    for (let turn = 0; turn < 8; turn++) {
      await eventually(
        () => failures === turn + 1 && clock.waiting === 1 && clock.waits[0] !== 30_000,
        `failure ${turn + 1}`,
      );
      expect(each.hasSynced()).toBe(false);
      waits.push(Math.round((clock.waits[0] ?? 0) / 100) * 100);
      clock.advance(clock.waits[0] ?? 0);
    }
    await each.synced;
    expect(waits).toEqual([800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
    expect(told[0]).toBe('warn networkpolicies.networking.k8s.io cannot be followed: etcdserver: leader changed');
    expect(told).toHaveLength(1);
  });

  it('says which right is missing, and is not synced without it', async () => {
    server.faults.push((_, response) => {
      refuse(response, 403, 'Forbidden', 'User "weir" cannot list resource "networkpolicies"');
      return true;
    });
    const each = follow();
    await eventually(() => told.length > 0, 'the complaint');
    expect(told).toEqual([
      'warn networkpolicies.networking.k8s.io cannot be followed: User "weir" cannot list resource "networkpolicies"; Weir may not list them: give its role the verbs list and watch',
    ]);
    expect(each.hasSynced()).toBe(false);

    server.faults.pop();
    clock.advance(1_000);
    await each.synced;
    expect(each.hasSynced()).toBe(true);
  });

  it('waits as long as the server asks', async () => {
    let isFirst = true;
    server.faults.push((_, response) => {
      if (!isFirst) return false;
      isFirst = false;
      response.setHeader('retry-after', '7');
      refuse(response, 429, 'TooManyRequests', 'too many requests');
      return true;
    });
    const each = follow();
    await eventually(() => clock.waits[0] === 7_000, 'the wait');
    clock.advance(7_000);
    await each.synced;
  });

  it('is empty and synced where the server has no such resource, and looks again after a minute', async () => {
    const each = follow({ resource: triggers });
    const served: boolean[] = [];
    each.onServed(() => served.push(each.isServed()));
    each.onServed(() => served.push(each.isServed()))();
    await each.synced;
    expect(each.hasSynced()).toBe(true);
    expect(each.isServed()).toBe(false);
    expect(served).toEqual([false]);
    expect(each.store.all()).toEqual([]);
    expect(told).toEqual(['info the API server has no triggers.eventing.knative.dev; looking again each minute']);

    server.install(triggers);
    server.put(triggers, {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name: 'audit', namespace: 'shop-prod' },
    });
    await eventually(() => clock.waits[0] === 60_000, 'the wait');
    clock.advance(60_000);
    await eventually(() => each.isServed(), 'the next look');
    expect(namesIn(each)).toEqual(['audit']);
    expect(served).toEqual([false, true]);
  });

  it('empties when the resource goes, not for a single answer that says so', async () => {
    server.install(triggers);
    server.put(triggers, {
      kind: 'Trigger',
      apiVersion: 'eventing.knative.dev/v1',
      metadata: { name: 'audit', namespace: 'shop-prod' },
    });
    const each = await followWatching({ resource: triggers });
    clock.advance(2_000);
    server.uninstall(triggers);
    await pausing('the wait after the watch');
    clock.advance(2_000);
    await eventually(() => lists() === 2, 'the second list');
    await pausing('the wait after the list');
    expect(namesIn(each)).toEqual(['audit']);
    clock.advance(2_000);
    await eventually(() => !each.isServed(), 'the third list');
    expect(namesIn(each)).toEqual([]);
  });
});

describe('watching', () => {
  it('follows what is made, changed and deleted', async () => {
    const each = await followWatching();
    server.put(networkPolicies, aPolicy('one'));
    await eventually(() => each.store.size === 1, 'the first');
    server.put(networkPolicies, aPolicy('one', 'shop-prod', { podSelector: { matchLabels: { app: 'cart' } } }));
    await eventually(() => JSON.stringify(each.store.all()).includes('cart'), 'the change');
    server.remove(networkPolicies, 'shop-prod', 'one');
    await eventually(() => each.store.size === 0, 'the deletion');
    expect(lists()).toBe(1);
  });

  it('asks for bookmarks, and for an end after five to ten minutes', async () => {
    await followWatching();
    const watch = server.requests.at(-1);
    expect(watch?.query.get('allowWatchBookmarks')).toBe('true');
    expect(watch?.query.get('timeoutSeconds')).toBe('450');
    expect(watch?.query.get('resourceVersion')).toBe('100');
  });

  it('goes on from the last bookmark when the watch ends, without listing anew', async () => {
    const each = await followWatching();
    server.put(networkPolicies, aPolicy('one'));
    await eventually(() => each.store.size === 1, 'the first');
    server.put(networkPolicies, aPolicy('two', 'elsewhere'));
    server.bookmark(networkPolicies);
    await eventually(() => each.store.size === 2, 'the second');
    clock.advance(2_000);
    server.endWatches();
    await eventually(() => watches() === 2, 'the second watch');
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe('102');
    expect(lists()).toBe(1);
    server.put(networkPolicies, aPolicy('three'));
    await eventually(() => each.store.size === 3, 'the third');
    expect(told).toEqual([]);
  });

  it('goes on after a cut connection, and misses nothing', async () => {
    const each = await followWatching();
    clock.advance(2_000);
    server.cut();
    await eventually(() => server.watchers === 0, 'the cut');
    server.put(networkPolicies, aPolicy('meanwhile'));
    await pausing('the wait');
    clock.advance(1_000);
    await eventually(() => each.store.size === 1, 'what came meanwhile');
    expect(lists()).toBe(1);
  });

  it('survives the server: it is away for a while, and comes back with what it had', async () => {
    const each = await followWatching();
    server.put(networkPolicies, aPolicy('one'));
    await eventually(() => each.store.size === 1, 'the first');
    const { port } = server;
    clock.advance(2_000);
    await server.close();
    await pausing('the wait');
    clock.advance(1_000);
    await eventually(() => told.length === 1, 'the complaint');
    expect(told[0]).toContain(
      `no API server answers at http://127.0.0.1:${port} (context "weir"): the connection is refused`,
    );
    expect(namesIn(each)).toEqual(['one']);

    server = await FakeApiServer.start([networkPolicies], undefined, port);
    server.compact();
    server.put(networkPolicies, aPolicy('other'));
    for (let turn = 0; turn < 1_500 && namesIn(each)[0] !== 'other'; turn++) {
      clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(namesIn(each)).toEqual(['other']);
  });

  it.each`
    how                   | answer
    ${'an ERROR event'}   | ${undefined}
    ${'its HTTP status'}  | ${statusOf(410, 'Expired', 'too old resource version')}
    ${'reason Gone only'} | ${statusOf(410, 'Gone', 'gone')}
  `(
    'lists anew on 410 Gone as $how, and tells only what differs',
    async ({ answer }: Record<string, JsonObject | string | undefined>) => {
      server.put(networkPolicies, aPolicy('stays'));
      server.put(networkPolicies, aPolicy('goes'));
      const each = await followWatching();
      const changes: string[] = [];
      each.store.onChange(({ object, old }) =>
        changes.push(`${JSON.stringify(old?.metadata)} ${JSON.stringify(object?.metadata)}`),
      );
      clock.advance(2_000);
      server.cut();
      await pausing('the wait');
      server.remove(networkPolicies, 'shop-prod', 'goes');
      server.put(networkPolicies, aPolicy('new'));
      server.compact();
      let isFirst = true;
      server.faults.push(({ query }, response) => {
        if (typeof answer !== 'object' || !isFirst || !query.has('watch')) return false;
        isFirst = false;
        reply(response, 410, answer);
        return true;
      });
      clock.advance(1_000);
      await eventually(() => watches() === 2, 'the second watch');
      await pausing('the wait after 410');
      clock.advance(2_000);
      await eventually(() => lists() === 2 && watches() === 3, 'the second list');
      expect(namesIn(each)).toEqual(['new', 'stays']);
      expect(changes).toHaveLength(2);
      expect(told).toEqual([expect.stringMatching(/^info networkpolicies.networking.k8s.io is listed anew: ./)]);
    },
  );

  it.each`
    what                             | bytes
    ${'a line that is no JSON'}      | ${'{"type":"ADDED","obj\n'}
    ${'a line that is no event'}     | ${'{"hello":"world"}\n'}
    ${'an event of an unknown type'} | ${'{"type":"NEWS","object":{}}\n'}
    ${'an object without a version'} | ${'{"type":"ADDED","object":{"metadata":{"name":"x"}}}\n'}
  `('lists anew after $what', async ({ bytes = '' }: Record<string, string>) => {
    const each = await followWatching();
    clock.advance(2_000);
    server.sendBytes(networkPolicies, bytes);
    await pausing('the wait');
    clock.advance(1_000);
    await eventually(() => lists() === 2, 'the second list');
    expect(each.store.size).toBe(0);
    expect(told[0]).toMatch(/^warn networkpolicies.networking.k8s.io cannot be followed: a watch of /);
  });

  it('lists anew when a watch is refused again and again', async () => {
    await followWatching();
    server.faults.push(({ query }, response) => {
      if (!query.has('watch')) return false;
      refuse(response, 504, 'Timeout', 'Too large resource version');
      return true;
    });
    clock.advance(2_000);
    server.cut();
    for (let turn = 0; turn < 3_000 && lists() < 2; turn++) {
      clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(lists()).toBe(2);
    const second = server.requests.findLastIndex(({ query }) => !query.has('watch'));
    expect(server.requests.slice(0, second).filter(({ query }) => query.has('watch'))).toHaveLength(5);
  });

  it('cuts a watch that says nothing, and lists anew', async () => {
    const each = await followWatching();
    clock.advance(100_000);
    server.bookmark(networkPolicies);
    await eventually(() => each.lastHeard()?.getTime() === clock.now().getTime(), 'the bookmark');
    clock.advance(100_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([server.watchers, watches()]).toEqual([1, 1]);
    clock.advance(50_000);
    await eventually(() => server.watchers === 0, 'the cut');
    await pausing('the wait');
    clock.advance(1_000);
    await watching('the second watch');
    expect(lists()).toBe(2);
    expect(told).toEqual(['info networkpolicies.networking.k8s.io is listed anew: the watch said nothing for 150 s']);
  });

  it('does not run in circles where each watch ends at once', async () => {
    follow();
    server.faults.push(({ query }, response) => {
      if (!query.has('watch')) return false;
      response.writeHead(200).end();
      return true;
    });
    for (let turn = 0; turn < 10; turn++) {
      await eventually(() => watches() === turn + 1, `watch ${turn + 1}`);
      await pausing('the wait');
      expect(clock.waits[0]).toBeGreaterThanOrEqual(400);
      clock.advance(clock.waits[0] ?? 0);
    }
    expect(lists()).toBe(1);
  });
});

describe('stopping', () => {
  it('ends a watch at once', async () => {
    const each = await followWatching();
    each.stop();
    expect(clock.waiting).toBe(0);
    await eventually(() => server.watchers === 0, 'the end');
    clock.advance(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toHaveLength(2);
  });

  it('ends a list at once, and a wait', async () => {
    server.faults.push(() => true);
    const each = follow();
    await eventually(() => server.requests.length === 1, 'the list');
    each.stop();
    await each.synced;
    expect(each.hasSynced()).toBe(false);
    await eventually(() => clock.waiting === 0, 'the timers');
    clock.advance(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toHaveLength(1);
    expect(told).toEqual([]);
  });
});
