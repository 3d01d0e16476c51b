/** `weir rollout` on an API server that has one rollout, which the test plays. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Io } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/main.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { folderWith, type Ran, weir } from '../harness.ts';
import { Played } from './played.ts';

const BY_HAND = {
  strategy: {
    canary: {
      steps: [
        { percent: 10, pause: {} },
        { percent: 50, pause: {} },
      ],
    },
  },
};

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Cluster {
  readonly kubeconfig: string;
  /** What was written. */
  readonly patches: JsonObject[];
  server: Server;
}

/**
 * @param isHeard a controller heeds what is said
 * @param meanwhile happens before it is heard
 */
async function clusterWith(
  played: Played,
  { isHeard = true, refusal = '', meanwhile = () => {} } = {},
): Promise<Cluster> {
  const patches: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    const send = (status: number, body: JsonObject) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const missing = () => send(404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' });
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const { object, service, pods } = played.look();
    if (request.method === 'PATCH') {
      if (refusal !== '') return send(403, { kind: 'Status', code: 403, reason: 'Forbidden', message: refusal });
      const patch = await bodyOf(request);
      patches.push(patch);
      meanwhile();
      played.world.command = stringAt(patch, 'metadata', 'annotations', 'weir.dev/rollout-command');
      if (isHeard) played.settle();
      return send(200, played.look().object);
    }
    const list = (items: JsonObject[]) => send(200, { kind: 'List', metadata: { resourceVersion: '1' }, items });
    if (pathname.endsWith('/shop-prod/trafficrollouts/api-service')) return send(200, object);
    if (pathname.endsWith('/trafficrollouts')) return list([object]);
    if (pathname.endsWith('/shop-prod/services/api-service') && service !== undefined) return send(200, service);
    if (pathname.endsWith('/podautoscalers')) {
      return list([...(pods ?? [])].map(([name, actualScale]) => ({ metadata: { name }, status: { actualScale } })));
    }
    return missing();
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weir',
    clusters: [{ name: 'weir', cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
    users: [{ name: 'weir', user: {} }],
    contexts: [{ name: 'weir', context: { cluster: 'weir', user: 'weir', namespace: 'shop-prod' } }],
  };
  return { kubeconfig: path.join(folderWith({ config: JSON.stringify(config) }), 'config'), patches, server };
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}

const atStep = () => Played.underWay(BY_HAND).settle().settle();

function run({ kubeconfig }: Cluster, played: Played, ...args: string[]): Promise<Ran> {
  return weir(['rollout', ...args, '--kubeconfig', kubeconfig], { now: played.now });
}

describe('weir rollout status', () => {
  it('draws it, and tells it as JSON', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const { stdout, stderr, code } = await run(cluster, played, 'status', 'api-service');
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toContain('api-service-00002  candidate  ████');
    expect(stdout).toContain('1 pod\n');
    const json = await run(cluster, played, 'status', 'api-service', '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ phase: 'Progressing', waiting: { for: 'Person' } });
  });

  it.each([
    [
      ['status', 'api-servce'],
      'there is no TrafficRollout api-servce in the namespace shop-prod; did you mean "api-service"?',
    ],
    [['promote', 'other'], 'there is no TrafficRollout other in the namespace shop-prod; there are api-service'],
    [
      ['watch', 'api-service', '-n', 'shop-dev'],
      'there is no TrafficRollout api-service in the namespace shop-dev; shop-prod has one: -n shop-prod',
    ],
    [['watch', 'api-service', '--interval', '0'], '--interval is "0", and must be seconds from 0.2 to 3600'],
    [['watch', 'api-service', '--timeout', '5m'], '--timeout is about --until-done, which is not there'],
    [
      ['watch', 'api-service', '--until-done', '--timeout', 'soon'],
      '--timeout is "soon", and must be a length of time such as 30m',
    ],
    [['retry', 'api-service'], 'there is nothing to retry: api-service-00002 has not failed'],
  ])('%j is refused', async (args, sentence) => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const { stdout, stderr, code } = await run(cluster, played, ...args);
    expect([stdout, stderr, code]).toEqual(['', `weir: ${sentence}\n`, 2]);
    expect(cluster.patches).toEqual([]);
  });
});

describe('weir rollout promote', () => {
  it('writes the annotation, and waits until it is heard', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const { stdout, stderr, code } = await run(cluster, played, 'promote', 'api-service');
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toMatch(
      /^api-service: promote api-service-00002 step-1\napi-service {2}Progressing; api-service-00002 50 % \(step 2 of 3\)/,
    );
    expect(cluster.patches).toEqual([
      { metadata: { annotations: { 'weir.dev/rollout-command': 'promote api-service-00002 step-1' } } },
    ]);
  });

  it('takes every step with --full', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    expect((await run(cluster, played, 'promote', 'api-service', '--full')).stdout).toContain(
      '\napi-service  Healthy; api-service-00002 is stable\n',
    );
  });

  it('does not wait with --no-wait', async () => {
    const played = atStep();
    const cluster = await clusterWith(played, { isHeard: false });
    const { stdout, code } = await run(cluster, played, 'promote', 'api-service', '--no-wait');
    expect([stdout, code]).toEqual(['api-service: promote api-service-00002 step-1\n', 0]);
  });

  it('says why a controller does not heed it, and ends with 1', async () => {
    const played = atStep();
    const meanwhile = () => {
      played.world.ready(played.world.create(), 0);
      played.settle();
    };
    const cluster = await clusterWith(played, { meanwhile });
    const { stderr, code } = await run(cluster, played, 'promote', 'api-service');
    expect(stderr).toBe(
      'weir: "promote api-service-00002 step-1" is not heeded: promote is about api-service-00002, and it would be api-service-00003 now\n',
    );
    expect(code).toBe(1);
  });

  it('says why admission refuses it', async () => {
    const played = atStep();
    const cluster = await clusterWith(played, { refusal: 'jane may not say promote to a rollout' });
    const { stderr, code } = await run(cluster, played, 'promote', 'api-service');
    expect([stderr, code]).toEqual(['weir: it may not be said: jane may not say promote to a rollout\n', 2]);
  });
});

/** Runs `weir rollout watch`; `shows` waits until a text was written since the last wait. */
function watching({ kubeconfig }: Cluster, played: Played, isTTY: boolean, ...args: string[]) {
  let unread = '';
  let heard: () => void = () => {};
  const all: string[] = [];
  const ending = new AbortController();
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: {
      isTTY,
      columns: 80,
      rows: 24,
      write(text: string) {
        unread += text;
        all.push(text);
        heard();
      },
    },
    stderr: { write: () => {} },
    cwd: '/',
    env: { NO_COLOR: '1', TERM: 'xterm' },
    now: () => played.now,
    signal: ending.signal,
  };
  const ended = main(['rollout', 'watch', 'api-service', '--interval', '0.2', '--kubeconfig', kubeconfig, ...args], io);
  async function shows(text: string): Promise<void> {
    while (!unread.includes(text)) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
    unread = '';
  }
  return { ended, shows, all, end: () => ending.abort() };
}

describe('weir rollout watch', () => {
  it('draws over what it drew on a terminal, and waits for an API server that goes', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const { ended, shows, all, end } = watching(cluster, played, true);
    await shows('waits    for a person');
    played.world.command = 'pause now';
    played.settle();
    await shows('waits    a person has paused it');
    expect(all.some((text) => text.startsWith('\u001b['))).toBe(true);
    cluster.server.closeAllConnections();
    cluster.server.close();
    await shows('waits for it to come back');
    end();
    expect(await ended).toBe(0);
  });

  it('prints a line for each change without a terminal, and ends when nothing is under way', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const { ended, shows, all } = watching(cluster, played, false, '--until-done');
    await shows('waits: for a person');
    played.world.command = 'promote-full api-service-00002';
    played.settle().settle();
    expect(await ended).toBe(0);
    expect(all).toEqual([
      '2026-11-23T10:00:00Z  api-service  Progressing; api-service-00002 10 % (step 1 of 3), api-service-00001 90 %; waits: for a person: promote lets it go on\n',
      '2026-11-23T10:00:00Z  api-service  Healthy; api-service-00002 is stable\n',
    ]);
  });

  it('ends with 1 where the newest Revision has failed, and with 2 where it takes too long', async () => {
    const played = atStep();
    const cluster = await clusterWith(played);
    const late = watching(cluster, played, false, '--until-done', '--timeout', '1m');
    await late.shows('waits: ');
    played.wait(60);
    expect(await late.ended).toBe(2);
    const failing = watching(cluster, played, false, '--until-done');
    await failing.shows('waits: ');
    played.world.command = 'abort api-service-00002';
    played.settle();
    expect(await failing.ended).toBe(1);
  });
});
