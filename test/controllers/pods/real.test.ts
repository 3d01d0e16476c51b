import { realpathSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { configMaps, secrets } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, stringAt } from '../../../src/kubernetes/json.ts';
import { imagesFrom, isReady, NAMESPACE, phaseIs, type RealNode, startRealNode } from './real.ts';

jest.setTimeout(180_000);

const server = `require('node:http').createServer((q, s) => s.end(q.url === '/env' ? JSON.stringify(process.env) : 'hello')).listen(process.env.PORT, () => console.log('listening'));
process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });`;
const programs = {
  server,
  slow: `setTimeout(() => { ${server} }, 400)`,
  argv: 'console.log(JSON.stringify({ argv: process.argv.slice(1), env: process.env, cwd: process.cwd() })); setInterval(() => {}, 1e6)',
  file: `const fs = require('node:fs'); console.log(fs.readFileSync(process.env.CONFIG, 'utf8') + '|' + fs.readFileSync(process.env.WEIR_ROOT + '/etc/secret/password', 'utf8') + '|' + process.argv.at(-1)); setInterval(() => {}, 1e6)`,
  watches: `let last = ''; setInterval(() => { const text = require('node:fs').readFileSync(process.env.WEIR_ROOT + '/v/a', 'utf8'); if (text !== last) console.log(last = text); }, 10)`,
  done: 'console.log("done")',
  fails: 'console.error("no luck"); process.exit(3)',
  leaks: 'const all = []; setInterval(() => all.push(Buffer.alloc(8 << 20, 1)), 10)',
  floods: 'for (;;) process.stdout.write("x".repeat(1000) + "\\n")',
  stubborn: 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6)',
};

let real: RealNode;

beforeAll(async () => {
  real = await startRealNode(imagesFrom(programs, [[process.execPath, '-e', 'process.exit(0)']]), {
    environment: () => ({ HTTP_PROXY: 'http://127.0.0.1:1', GREETING: 'of the platform' }),
  });
});

afterAll(() => real.stop());

describe('a Pod', () => {
  it('serves at the port of its annotation, tells its state, and goes when it is deleted', async () => {
    const readinessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 };
    const ports = [{ containerPort: 8080, name: 'user-port' }];
    await real.create('web', { containers: [{ name: 'web', image: 'prog/server', ports, readinessProbe }] });
    const pod = await real.until('web', isReady, 'is ready');
    const port = stringAt(pod, 'metadata', 'annotations', 'platform.weir.dev/port');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
    expect(pod).toMatchObject({
      spec: { nodeName: 'weir' },
      status: {
        phase: 'Running',
        podIP: '127.0.0.1',
        hostIP: '127.0.0.1',
        containerStatuses: [{ name: 'web', ready: true, started: true, restartCount: 0, state: { running: {} } }],
      },
    });
    const uid = stringAt(pod, 'metadata', 'uid') ?? '';
    expect(real.node().pods.stateOf(uid)).toMatchObject({ isReady: true, port: Number(port), isEnding: false });
    expect(await real.log('web')).toBe('listening\n');

    const following = real.log('web', '?follow=true');
    await real.client.delete(
      { group: '', version: 'v1', plural: 'pods', kind: 'Pod', isNamespaced: true },
      { namespace: NAMESPACE, name: 'web' },
    );
    await real.untilGone('web');
    expect(await following).toBe('listening\nbye\n');
    expect(real.node().pods.stateOf(uid)).toBeUndefined();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    const told = await real.told('web');
    expect(told).toEqual(expect.arrayContaining(['Started: Started container web', 'Killing: Stopping container web']));
  });

  it('is given its environment, args and files as the manifest says', async () => {
    const metadata = { namespace: NAMESPACE, name: 'settings' };
    await real.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'app.yaml': 'a: 1', LEVEL: 'debug' },
    });
    await real.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { password: 'hunter2' },
    });
    const env = [
      { name: 'GREETING', value: 'hello $(LEVEL) $(NOTHING) $$(LEVEL)' },
      { name: 'CONFIG', value: '/etc/config/app.yaml' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'settings', key: 'password' } } },
      { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'ROOM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    ];
    const container = {
      name: 'main',
      args: ['--level=$(LEVEL)', '--config=/etc/config/app.yaml', '/etc/config'],
      env,
      envFrom: [{ configMapRef: { name: 'settings' } }],
      resources: { limits: { memory: '512Mi' } },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/config' },
        { name: 'secret', mountPath: '/etc/secret' },
      ],
    };
    const volumes = [
      { name: 'config', configMap: { name: 'settings' } },
      { name: 'secret', secret: { secretName: 'settings' } },
    ];
    await real.create('told', { containers: [{ ...container, image: 'prog/argv' }], volumes });
    await real.create('reads', { containers: [{ ...container, image: 'prog/file' }], volumes });
    for (const name of ['told', 'reads']) await real.until(name, isReady, 'is ready');
    let told = '';
    while (told === '') told = await real.log('told');
    const { argv, env: found } = JSON.parse(told);
    const root = found.WEIR_ROOT;
    expect(argv).toEqual(['--level=debug', `--config=${root}/etc/config/app.yaml`, `${root}/etc/config`]);
    expect(found).toMatchObject({
      GREETING: 'hello debug $(NOTHING) $(LEVEL)',
      CONFIG: `${root}/etc/config/app.yaml`,
      PASSWORD: 'hunter2',
      ME: 'told',
      ROOM: '512',
      LEVEL: 'debug',
      FROM_WEIR_YAML: 'yes',
      HTTP_PROXY: 'http://127.0.0.1:1',
      HOSTNAME: 'told',
      PORT: expect.stringMatching(/^2\d{4}$|^3[01]\d{3}$/),
    });
    let reads = '';
    while (reads === '') reads = await real.log('reads');
    expect(reads).toMatch(/^a: 1\|hunter2\|.*\/etc\/config\n$/);
    const pod = await real.get('reads');
    const condition = arrayAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'reason') === 'UnderRoot');
    expect(stringAt(condition, 'message')).toContain('/etc/config of main');
  });

  it('runs in the folder of weir.yaml, or in the workingDir that is a mount, and tells of one that is not', async () => {
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const container = { image: 'prog/argv', volumeMounts };
    await real.create('folders', {
      containers: [
        { ...container, name: 'mounted', workingDir: '/data/' },
        { ...container, name: 'imaged', workingDir: '/app' },
        { ...container, name: 'silent' },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    });
    await real.until('folders', isReady, 'is ready');
    const saidBy = async (name: string): Promise<{ cwd: string; env: Record<string, string> }> => {
      let said = '';
      while (said === '') said = await real.log('folders', `?container=${name}`);
      return JSON.parse(said);
    };
    const mounted = await saidBy('mounted');
    expect(mounted.cwd).toBe(realpathSync(`${mounted.env.WEIR_ROOT}/data`));
    expect((await saidBy('imaged')).cwd).toBe(process.cwd());
    expect((await saidBy('silent')).cwd).toBe(process.cwd());
    const isOfFolder = (line: string): boolean => line.startsWith('WorkingDir');
    while (!(await real.told('folders')).some(isOfFolder)) await pause(20);
    expect((await real.told('folders')).filter(isOfFolder)).toEqual([
      `WorkingDirNotTaken: container imaged runs in ${process.cwd()}, as weir.yaml says: its workingDir /app is in no mount, and what else is in its image is not on this machine`,
    ]);
  });

  it('whose image nothing maps says which line to add', async () => {
    await real.create('unknown', { containers: [{ name: 'x', image: 'docker.io/library/nginx:1' }] });
    const pod = await real.until(
      'unknown',
      (each) => JSON.stringify(each.status).includes('ContainerMissing'),
      'says why',
    );
    expect(stringAt(pod, 'status', 'phase')).toBe('Pending');
    expect(await real.told('unknown')).toEqual([expect.stringContaining('Failed: Error: nothing says which program')]);
  });

  it('with a command that weir.yaml does not name is not started', async () => {
    const container = { name: 'x', image: 'prog/server', command: ['sh', '-c'], args: ['rm -rf /'] };
    await real.create('foreign', { containers: [container] });
    const pod = await real.until(
      'foreign',
      (each) => JSON.stringify(each.status).includes('CommandNotMapped'),
      'says why',
    );
    expect(JSON.stringify(pod.status)).toContain('exec: [[\\"sh\\",\\"-c\\",\\"rm -rf /\\"]]');
  });

  it('waits for the Secret that it names, and starts when it is there', async () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'late', key: 'key' } } }];
    await real.create('waits', { containers: [{ name: 'x', image: 'prog/argv', env }] });
    await real.until('waits', (each) => JSON.stringify(each.status).includes('CreateContainerConfigError'), 'waits');
    const metadata = { namespace: NAMESPACE, name: 'late' };
    await real.client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: 'v' } });
    await real.until('waits', isReady, 'is ready');
  });

  it('sees files change with their ConfigMap', async () => {
    const metadata = { namespace: NAMESPACE, name: 'changing' };
    const place = { ...metadata };
    await real.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'before' } });
    const container = { name: 'x', image: 'prog/watches', volumeMounts: [{ name: 'v', mountPath: '/v' }] };
    await real.create('sees', { containers: [container], volumes: [{ name: 'v', configMap: { name: 'changing' } }] });
    while ((await real.log('sees').catch(() => '')) !== 'before\n') await pause(20);
    await real.client.patch(configMaps, place, { type: 'merge', body: { data: { a: 'after' } } });
    while ((await real.log('sees')) !== 'before\nafter\n') await pause(20);
  });

  it.each([
    ['done', 'Succeeded', { exitCode: 0, reason: 'Completed' }],
    ['fails', 'Failed', { exitCode: 3, reason: 'Error', message: 'no luck\n' }],
  ])('that is not started again, %s, ends as %s', async (image, phase, terminated) => {
    const container = { name: 'x', image: `prog/${image}`, terminationMessagePolicy: 'FallbackToLogsOnError' };
    await real.create(`once-${image}`, { restartPolicy: 'Never', containers: [container] });
    const pod = await real.until(`once-${image}`, phaseIs(phase), phase);
    expect(pod).toMatchObject({ status: { containerStatuses: [{ state: { terminated } }] } });
  });

  it('that fails is started again, and waits longer each time', async () => {
    await real.create('crashes', { containers: [{ name: 'x', image: 'prog/fails' }] });
    const pod = await real.until(
      'crashes',
      (each) => JSON.stringify(each.status).includes('CrashLoopBackOff'),
      'backs off',
    );
    expect(pod).toMatchObject({
      status: {
        phase: 'Running',
        containerStatuses: [{ restartCount: 1, lastState: { terminated: { exitCode: 3 } } }],
      },
    });
    expect(await real.log('crashes')).toBe('no luck\n');
  });

  it('that holds too much memory is killed for it', async () => {
    const resources = { limits: { memory: '150Mi' } };
    await real.create('leaks', { restartPolicy: 'Never', containers: [{ name: 'x', image: 'prog/leaks', resources }] });
    const pod = await real.until('leaks', phaseIs('Failed'), 'failed');
    expect(pod).toMatchObject({
      status: { containerStatuses: [{ state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] },
    });
  });

  it('that floods its log holds up no other, and is killed when it does not end', async () => {
    await real.create('floods', {
      containers: [{ name: 'x', image: 'prog/floods' }],
      terminationGracePeriodSeconds: 1,
    });
    await real.until('floods', isReady, 'runs');
    const readinessProbe = { httpGet: { port: 8080 } };
    await real.create('beside', {
      containers: [{ name: 'x', image: 'prog/slow', ports: [{ containerPort: 8080 }], readinessProbe }],
    });
    await real.until('beside', isReady, 'is ready');
    const tail = await real.log('floods', '?tailLines=3');
    expect(tail.split('\n').map((line) => line.length)).toEqual([1000, 1000, 1000, 0]);
    for (const name of ['floods', 'beside']) {
      await real.client.delete(
        { group: '', version: 'v1', plural: 'pods', kind: 'Pod', isNamespaced: true },
        { namespace: NAMESPACE, name },
      );
    }
    await real.untilGone('floods');
  });

  it('runs its init containers first', async () => {
    const initContainers = [
      { name: 'first', image: 'prog/done' },
      { name: 'second', image: 'prog/done' },
    ];
    await real.create('inits', { initContainers, containers: [{ name: 'x', image: 'prog/argv' }] });
    const pod = await real.until('inits', isReady, 'is ready');
    expect(pod).toMatchObject({
      status: {
        initContainerStatuses: [
          { name: 'first', ready: true, state: { terminated: { exitCode: 0 } } },
          { name: 'second', ready: true },
        ],
      },
    });
    expect(await real.log('inits', '?container=second')).toBe('done\n');
  });

  it('runs again after the platform was started anew; one that is to run once has failed', async () => {
    await real.create('stays', { containers: [{ name: 'x', image: 'prog/argv' }] });
    await real.create('lost', { restartPolicy: 'Never', containers: [{ name: 'x', image: 'prog/stubborn' }] });
    for (const name of ['stays', 'lost']) await real.until(name, isReady, 'is ready');
    await real.restart();
    const again = (restarts: number) => (pod: object) => JSON.stringify(pod).includes(`"restartCount":${restarts}`);
    const pod = await real.until('stays', (each) => again(1)(each) && isReady(each), 'runs again');
    expect(stringAt(pod, 'status', 'phase')).toBe('Running');
    const lost = await real.until('lost', phaseIs('Failed'), 'failed');
    expect(JSON.stringify(lost.status)).toContain('ContainerStatusUnknown');
  });
});
