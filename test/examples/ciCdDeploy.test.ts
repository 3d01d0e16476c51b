/** examples/ci-cd/deploy.ts before an API server of the test, which answers what a real one answers only now and then. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commit } from '../../examples/ci-cd/push.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { type Brought, Program } from './program.ts';

const PUSHED_AT = 'ci.example.com/pushed-at';
const BEFORE: JsonObject = { metadata: { name: 'hello', resourceVersion: '7', annotations: { [PUSHED_AT]: '100' } } };

let folder: string;
let pushed: string;
let server: Server;
let deploy: Program;
/** What is answered to each GET, one after another; the last one again and again. */
let gets: JsonObject[];
/** What is answered to an apply. */
let onApply: { readonly status: number; readonly body: JsonObject };
let applied: JsonObject[];
let asked: number;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-deploy-'));
  const repository = path.join(folder, 'hello.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  pushed = commit(repository, 'examples/ci-cd/app');
  writeFileSync(path.join(folder, 'token'), 'a token');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  [gets, applied, asked] = [[BEFORE, service('True')], [], 0];
  onApply = { status: 200, body: {} };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'PATCH') {
      applied.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(onApply.status).end(JSON.stringify(onApply.body));
    } else {
      const now = gets[Math.min(asked++, gets.length - 1)];
      response.writeHead(200).end(JSON.stringify(now));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  deploy = await Program.start('ci-cd/deploy.ts', {
    API_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    REPOSITORY: path.join(folder, 'hello.git'),
    TOKEN: path.join(folder, 'token'),
  });
});

afterEach(async () => {
  await deploy.kill();
  server.closeAllConnections();
  server.close();
});

/** What the API server says of the Service after it was applied. */
function service(ready: string, observedGeneration = 2): JsonObject {
  const conditions = [{ type: 'Ready', status: ready, message: 'its program ends at once' }];
  return { metadata: { name: 'hello', generation: 2 }, status: { observedGeneration, conditions } };
}

function bring(pushedAt = 200): Promise<Brought> {
  return deploy.bring({ id: 'e-1', type: 'test.passed.v1', data: { commit: pushed, pushedAt } });
}

describe('a deployment', () => {
  it('is told of once the Service serves as it was applied', async () => {
    gets = [BEFORE, service('True', 1), service('Unknown'), service('True')];
    expect(await bring()).toMatchObject({ status: 200, type: 'deploy.completed.v1' });
    expect(asked).toBe(gets.length);
  });

  it('has failed where the Service does not come up, and says why', async () => {
    gets = [BEFORE, service('False')];
    const { type, body } = await bring();
    expect([type, JSON.parse(body).reason]).toEqual(['deploy.failed.v1', 'its program ends at once']);
  });

  it('comes again where somebody else has deployed since it looked', async () => {
    onApply = { status: 409, body: { message: 'the object has been modified' } };
    expect((await bring()).status).toBe(500);
    expect(applied.map((each) => stringAt(each, 'metadata', 'resourceVersion'))).toEqual(['7']);
  });

  it.each([
    { status: 403, message: 'max-scale is 500' },
    { status: 422, message: 'spec.template: Required value' },
  ])('has failed where the cluster says no ($status), and asks no second time', async ({ status, message }) => {
    onApply = { status, body: { message } };
    const { type, body } = await bring();
    expect([type, JSON.parse(body).reason]).toEqual(['deploy.failed.v1', message]);
    expect(applied).toHaveLength(1);
  });

  it('comes again where the cluster does not answer', async () => {
    onApply = { status: 503, body: { message: 'etcd has no leader' } };
    expect((await bring()).status).toBe(500);
  });

  it('is skipped where something newer is there', async () => {
    expect(await bring(99)).toMatchObject({ status: 200, type: 'deploy.skipped.v1' });
    expect(applied).toEqual([]);
  });

  it.each([
    { data: { pushedAt: 200 }, reason: 'the event names no commit' },
    { data: { commit: '--upload-pack=date', pushedAt: 200 }, reason: 'the event names no commit' },
    { data: { commit: 'a'.repeat(40) }, reason: 'the event does not say when it was pushed' },
  ])('is refused of $data', async ({ data, reason }) => {
    const answer = await deploy.bring({ id: 'e-1', type: 'test.passed.v1', data });
    expect(answer).toMatchObject({ status: 400, body: reason });
  });
});
