import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { authority, type Pair, signed } from './certificates.ts';
import { FakeApiServer, refuse, reply } from './fakeApiServer.ts';
import { eventually, FakeClock } from './fakeClock.ts';
import { aPolicy, namespaces, networkPolicies } from './resources.ts';

let folder: string;
let server: FakeApiServer;
let clock: FakeClock;
let connections: Connection[];
let ca: ReturnType<typeof authority>;
let serverPair: Pair;
let clientPair: Pair;
let namedPair: Pair;

beforeAll(() => {
  ca = authority('test-ca');
  serverPair = signed(ca, 'kube-apiserver');
  namedPair = signed(ca, 'kube-apiserver', 'api.example.com');
  clientPair = signed(ca, 'jane');
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-client-'));
  clock = new FakeClock();
  connections = [];
});

afterEach(async () => {
  for (const each of connections) each.close();
  expect(clock.waiting).toBe(0);
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Parts {
  readonly cluster?: JsonObject;
  readonly user?: JsonObject;
  readonly context?: JsonObject;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function file(name: string, text: string): string {
  const where = path.join(folder, name);
  writeFileSync(where, text);
  return where;
}

async function startTls(pair: Pair = serverPair): Promise<void> {
  server = await FakeApiServer.start([namespaces, networkPolicies], {
    ...pair,
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: false,
  });
}

function kubeconfig({ cluster = {}, user = {}, context = {} }: Parts, name = 'config'): string {
  const root = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weir',
    contexts: [{ name: 'weir', context: { cluster: 'here', user: 'jane', ...context } }],
    clusters: [
      {
        name: 'here',
        cluster: {
          server: server?.url ?? 'https://127.0.0.1:1',
          'certificate-authority-data': base64(ca.cert),
          ...cluster,
        },
      },
    ],
    users: [{ name: 'jane', user }],
  };
  return file(name, JSON.stringify(root));
}

async function clientOf(options: Partial<Parameters<typeof connect>[0]>): Promise<Client> {
  const connection = await connect({ environment: {}, clock, ...options });
  connections.push(connection);
  return clientOver(connection);
}

const authorization = () => server.requests.at(-1)?.headers.authorization;

describe('credentials', () => {
  it('takes a token and the CA from a kubeconfig', async () => {
    await startTls();
    const client = await clientOf({ kubeconfig: kubeconfig({ user: { token: 'secret-a' } }) });
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer secret-a');
  });

  it('takes a client certificate from files beside the kubeconfig', async () => {
    await startTls();
    let name: unknown;
    server.faults.push((_, response) => {
      const socket = response.socket as TLSSocket;
      name = socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody';
      return false;
    });
    file('jane.crt', clientPair.cert);
    file('jane.key', clientPair.key);
    const client = await clientOf({
      kubeconfig: kubeconfig({ user: { 'client-certificate': 'jane.crt', 'client-key': 'jane.key' } }),
    });
    await client.list(namespaces);
    expect(name).toBe('jane');
  });

  it('runs the command that a kubeconfig names, once for several requests, and again when its token is refused', async () => {
    await startTls();
    const count = file('count', '');
    const credential =
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-\'$(wc -c < "$COUNT")\'"}}';
    const script = file(
      'give-token',
      `#!/bin/sh\nprintf x >> "$COUNT"\nprintf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT.info"\nprintf '%s' '${credential}'\n`,
    );
    chmodSync(script, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './give-token',
      env: [{ name: 'COUNT', value: count }],
      provideClusterInfo: true,
    };
    const client = await clientOf({ kubeconfig: kubeconfig({ user: { exec } }) });
    await Promise.all([client.list(namespaces), client.list(namespaces), client.list(namespaces)]);
    await client.list(namespaces);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill('Bearer token-1'));
    expect(spawnSync('cat', [`${count}.info`], { encoding: 'utf8' }).stdout).toContain(`"server":"${server.url}"`);

    server.faults.push(({ headers }, response) => {
      if (headers.authorization !== 'Bearer token-1') return false;
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    });
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer token-2');
  });

  it('says which command failed, and with what words', async () => {
    await startTls();
    const script = file('give-token', '#!/bin/sh\necho "log in first" >&2\nexit 3\n');
    chmodSync(script, 0o755);
    const client = await clientOf({ kubeconfig: kubeconfig({ user: { exec: { command: './give-token' } } }) });
    await expect(client.list(namespaces)).rejects.toThrow(
      `the command ${script} gave no credential for user jane: log in first`,
    );
  });

  it('in a cluster takes the token file, anew after a minute, and at once when it is refused', async () => {
    await startTls();
    file('token', 'first\n');
    file('ca.crt', ca.cert);
    file('namespace', 'weir-system');
    const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const client = await clientOf({ environment, serviceAccountFolder: folder });
    expect(connections[0]?.namespace).toBe('weir-system');
    await client.list(namespaces);
    file('token', 'second');
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer first');
    clock.advance(61_000);
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer second');

    server.faults.push(({ headers }, response) => {
      if (headers.authorization !== 'Bearer second') return false;
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    });
    file('token', 'third');
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer third');
    rmSync(path.join(folder, 'token'));
    clock.advance(61_000);
    await client.list(namespaces);
    expect(authorization()).toBe('Bearer third');
  });

  it('prefers the named kubeconfig, then the cluster that it runs in, then KUBECONFIG', async () => {
    await startTls();
    file('token', 'of-the-pod');
    file('ca.crt', ca.cert);
    const named = kubeconfig({ user: { token: 'named' } }, 'named');
    const listed = kubeconfig({ user: { token: 'listed' } }, 'listed');
    const inCluster = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const tokenWith = async (options: Partial<Parameters<typeof connect>[0]>) => {
      await (await clientOf({ serviceAccountFolder: folder, ...options })).list(namespaces);
      return authorization();
    };
    expect(await tokenWith({ kubeconfig: named, environment: { ...inCluster, KUBECONFIG: listed } })).toBe(
      'Bearer named',
    );
    expect(await tokenWith({ environment: { ...inCluster, KUBECONFIG: listed } })).toBe('Bearer of-the-pod');
    expect(await tokenWith({ environment: { KUBECONFIG: `${folder}/absent:${listed}` } })).toBe('Bearer listed');
  });
});

describe('certificates', () => {
  it('takes certificate files that were written anew', async () => {
    await startTls();
    const other = authority('other-ca');
    const where = file('ca.crt', other.cert);
    const config = kubeconfig({ cluster: { 'certificate-authority': where, 'certificate-authority-data': null } });
    const client = await clientOf({ kubeconfig: config });
    await expect(client.list(namespaces)).rejects.toThrow(
      /^the certificate of the API server at https:.* \(context "weir"\) is not trusted: .*; look at the certificate-authority/,
    );
    file('ca.crt', ca.cert);
    await expect(client.list(namespaces)).rejects.toThrow('is not trusted');
    clock.advance(61_000);
    expect((await client.list(namespaces)).items).toEqual([]);
  });

  it('refuses a certificate of another name, unless the configuration names it or gives verifying up', async () => {
    await startTls(namedPair);
    await expect((await clientOf({ kubeconfig: kubeconfig({}) })).list(namespaces)).rejects.toThrow('is not trusted');
    await (await clientOf({ kubeconfig: kubeconfig({ cluster: { 'tls-server-name': 'api.example.com' } }) })).list(
      namespaces,
    );
    const careless = { 'insecure-skip-tls-verify': true, 'certificate-authority-data': null };
    await (await clientOf({ kubeconfig: kubeconfig({ cluster: careless }) })).list(namespaces);
  });
});

describe('a kubeconfig that does not do', () => {
  it.each<[what: string, parts: Parts & { readonly asked?: string }, sentence: RegExp]>([
    ['no such context', { asked: 'prod' }, /config has no context "prod"; there are weir$/],
    ['no such cluster', { context: { cluster: 'gone' } }, /names cluster "gone", which is not there$/],
    ['no such user', { context: { user: 'gone' } }, /names user "gone", which is not there$/],
    ['no server', { cluster: { server: '' } }, /is no kubeconfig: clusters\[0\].cluster.server is missing$/],
    ['another protocol', { cluster: { server: 'ftp://x' } }, /has the server ftp:\/\/x; write https/],
    ['a proxy', { cluster: { 'proxy-url': 'socks5://x' } }, /has a proxy-url, which Weir does not use/],
    [
      'an auth-provider',
      { user: { 'auth-provider': { name: 'gcp' } } },
      /has an auth-provider, which Kubernetes gave up in 1.26; use exec/,
    ],
  ])('says so: %s', async (_, { asked, ...parts }, sentence) => {
    const context = asked === undefined ? {} : { context: asked };
    await expect(connect({ kubeconfig: kubeconfig(parts), environment: {}, clock, ...context })).rejects.toThrow(
      sentence,
    );
  });

  it('says so: not there, no YAML, no mapping', async () => {
    const asked = (name: string) => connect({ kubeconfig: name, environment: {}, clock });
    await expect(asked(path.join(folder, 'absent'))).rejects.toThrow(
      /^the kubeconfig [^ ]*absent cannot be read: there is no such file; name one with --kubeconfig or KUBECONFIG$/,
    );
    await expect(asked(folder)).rejects.toThrow(/ cannot be read: it is a folder; /);
    await expect(asked(file('broken', 'a: ['))).rejects.toThrow(/broken is no YAML: .+$/);
    // the parser shows the lines around the mistake, and the token of a kubeconfig may be one of them
    await expect(asked(file('broken', 'token: secret\na: ['))).rejects.not.toThrow(/secret/);
    await expect(asked(file('list', '[]'))).rejects.toThrow(/list is no mapping$/);
    await expect(connect({ environment: { HOME: folder }, clock })).rejects.toThrow(/\.kube\/config cannot be read/);
  });
});

describe('requests', () => {
  let client: Client;
  beforeEach(async () => {
    await startTls();
    client = await clientOf({ kubeconfig: kubeconfig({ user: { token: 'a' } }) });
  });

  it('creates, reads, updates, patches and deletes', async () => {
    const made = await client.create(networkPolicies, aPolicy('one'));
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/apis/networking.k8s.io/v1/namespaces/shop-prod/networkpolicies',
    });
    expect(server.requests[0]?.query.get('fieldManager')).toBe('weir');
    const place = { namespace: 'shop-prod', name: 'one' };
    expect(await client.get(networkPolicies, place)).toEqual(made);

    const spec = { podSelector: { matchLabels: { app: 'ä' } } };
    const updated = await client.update(
      networkPolicies,
      { ...made, spec },
      { fieldManager: 'weir-webhook', isDryRun: true },
    );
    expect(updated.spec).toEqual(spec);
    expect(server.requests.at(-1)?.query.toString()).toBe(
      'fieldManager=weir-webhook&dryRun=All&fieldValidation=Ignore',
    );
    await expect(client.update(networkPolicies, { ...made, spec })).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
    });

    await client.patch(
      networkPolicies,
      { ...place, subresource: 'status' },
      { type: 'merge', body: { status: { ok: true } } },
    );
    expect(server.requests.at(-1)).toMatchObject({
      path: '/apis/networking.k8s.io/v1/namespaces/shop-prod/networkpolicies/one/status',
    });
    expect(server.requests.at(-1)?.headers['content-type']).toBe('application/merge-patch+json');
    await client.patch(networkPolicies, place, { type: 'apply', body: { spec } }, { force: true });
    expect(server.requests.at(-1)?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(server.requests.at(-1)?.query.get('force')).toBe('true');

    await client.delete(networkPolicies, place, { preconditions: { uid: 'a' }, propagationPolicy: 'Foreground' });
    expect(server.requests.at(-1)?.body).toMatchObject({
      preconditions: { uid: 'a' },
      propagationPolicy: 'Foreground',
    });
    await expect(client.get(networkPolicies, place)).rejects.toMatchObject({
      status: 404,
      reason: 'NotFound',
      message: 'networkpolicies "one" not found',
    });
  });

  it('never lets a name lead to another path', async () => {
    for (const name of ['../secrets/x', 'a?b=c', 'a%2Fb'])
      await client.get(namespaces, { name }).catch(() => undefined);
    expect(server.requests.map(({ path: seen, query }) => `${seen} ${query}`)).toEqual([
      '/api/v1/namespaces/../secrets/x ',
      '/api/v1/namespaces/a?b=c ',
      '/api/v1/namespaces/a%2Fb ',
    ]);
    for (const name of ['', '.', '..']) {
      await expect(client.delete(namespaces, { name })).rejects.toThrow(`"${name}" is no name`);
      await expect(client.get(namespaces, { name })).rejects.toThrow(`"${name}" is no name`);
    }
    expect(server.requests).toHaveLength(3);
  });

  it.each<[what: string, body: string, expected: object]>([
    [
      'a Status',
      '{"kind":"Status","code":422,"reason":"Invalid","message":"Required value"}',
      { status: 422, reason: 'Invalid' },
    ],
    ['a page', '<html>Bad gateway</html>', { status: 502, reason: '' }],
    ['nothing', '', { status: 502, reason: '' }],
  ])('reads an error that comes as %s', async (_, body, expected) => {
    server.faults.push((_, response) => {
      response.writeHead(502, { 'retry-after': '4' }).end(body);
      return true;
    });
    const error = await client.list(namespaces).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ ...expected, retryAfterSeconds: 4 });
    expect(String(error)).toMatch(/Required value|answered GET \/api\/v1\/namespaces with status 502/);
  });

  it.each(['hello', '[]', '{"items":[]}', '{"metadata":{"resourceVersion":"1"},"items":["x"]}'])(
    'does not take %s for a list',
    async (text) => {
      server.faults.push((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
        return true;
      });
      await expect(client.list(namespaces)).rejects.toMatchObject({ name: 'DecodingError' });
    },
  );

  it('ends in time where the server does not answer, or stops in the middle', async () => {
    for (const begin of [false, true]) {
      server.faults.push((_, response) => {
        if (begin) response.writeHead(200, { 'content-type': 'application/json' }).write('{"items":[');
        return true;
      });
      const asked = client.list(namespaces, { timeoutMs: 5_000 });
      await eventually(() => server.requests.length > 0 && clock.waiting === 1, 'the request');
      clock.advance(5_000);
      await expect(asked).rejects.toThrow(
        /^the API server at https:.* did not answer GET \/api\/v1\/namespaces within 5 s$/,
      );
      server.faults.length = 0;
      server.requests.length = 0;
    }
  });

  it('ends when the caller says so, with its reason', async () => {
    server.faults.push(() => true);
    const ending = new AbortController();
    const asked = client.list(namespaces, { signal: ending.signal });
    await eventually(() => server.requests.length === 1, 'the request');
    ending.abort(new Error('the program ends'));
    await expect(asked).rejects.toThrow('the program ends');
    await expect(client.list(namespaces, { signal: ending.signal })).rejects.toThrow('the program ends');
    expect(server.requests).toHaveLength(1);
  });

  it('uses one connection again, and another one where the server closed it', async () => {
    const ports = new Set<number | undefined>();
    server.faults.push((_, response) => {
      ports.add(response.socket?.remotePort);
      return false;
    });
    for (let index = 0; index < 5; index++) await client.list(namespaces);
    expect(ports.size).toBe(1);
    server.cut();
    await client.list(namespaces);
    expect(ports.size).toBe(2);
  });

  it('reads what is no object of the API, as JSON or as text', async () => {
    server.faults.push(({ path: asked }, response) => {
      if (asked === '/version') reply(response, 200, { gitVersion: 'v1.36.3' });
      else if (asked === '/readyz') response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      else return false;
      return true;
    });
    expect(await client.read('/version')).toEqual({ gitVersion: 'v1.36.3' });
    expect(await client.read('/readyz')).toBe('ok');
  });

  it('says where nobody answers', async () => {
    const { port } = server;
    await server.close();
    await expect(client.list(namespaces)).rejects.toThrow(
      `no API server answers at https://127.0.0.1:${port} (context "weir"): the connection is refused; start it again with weir up, or name another context`,
    );
    const config = kubeconfig({ cluster: { server: 'https://no-such-host.invalid:6443' } }, 'nowhere');
    await expect((await clientOf({ kubeconfig: config })).list(namespaces)).rejects.toThrow(
      /^no API server answers at https:\/\/no-such-host.invalid:6443 \(context "weir"\): its name does not resolve/,
    );
  });
});

describe('what the client costs', () => {
  it('loads without the models of @kubernetes/client-node', () => {
    const script = `
      const { connect } = await import('./src/kubernetes/client/connection.ts');
      await import('./src/kubernetes/client/listWatch.ts');
      console.log(typeof connect, process.memoryUsage().heapUsed);`;
    const { stdout } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const [what, bytes] = stdout.trim().split(' ');
    expect(what).toBe('function');
    // 13 MB, of which Node itself takes 5, and 40 with all of client-node
    expect(Number(bytes)).toBeLessThan(25e6);
  });
});
