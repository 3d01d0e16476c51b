import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { podFolder } from '../../../controllers/pods/surroundings/disk.ts';
import { environmentOf } from '../../../controllers/pods/surroundings/environment.ts';
import { expand } from '../../../controllers/pods/surroundings/expand.ts';
import { mountsOf, onThisMachine } from '../../../controllers/pods/surroundings/paths.ts';
import { loopbackPorts } from '../../../controllers/pods/surroundings/ports.ts';
import { contentOf } from '../../../controllers/pods/surroundings/volumes.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const machine = { cpus: 4, memory: 8 << 29 };

function sources() {
  const configMaps = new Store();
  const secrets = new Store();
  configMaps.set({
    metadata: { name: 'settings', namespace: 'shop' },
    data: { level: 'debug', 'app.yaml': 'a: 1' },
    binaryData: { logo: Buffer.from([1, 2, 255]).toString('base64') },
  });
  secrets.set({
    metadata: { name: 'keys', namespace: 'shop' },
    data: { key: Buffer.from('s3cret').toString('base64') },
  });
  return { configMaps, secrets };
}

const pod: JsonObject = {
  metadata: {
    name: 'cart',
    namespace: 'shop',
    uid: 'u-1',
    labels: { app: 'cart', tier: 'front' },
    annotations: { note: 'a "b"' },
  },
  spec: {
    serviceAccountName: 'cart',
    containers: [{ name: 'web', resources: { limits: { memory: '256Mi', cpu: '1500m' }, requests: { cpu: '100m' } } }],
  },
};

describe('$(NAME) in a text', () => {
  it.each([
    ['$(A)', '1'],
    ['x$(A)y$(B)z', 'x1y2z'],
    ['$(C)', '$(C)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$()', '$()'],
    ['$(__proto__)', '$(__proto__)'],
  ])('%s is %s', (text, expected) => {
    const known = new Map([
      ['A', '1'],
      ['B', '2'],
    ]);
    expect(expand(text, (name) => known.get(name))).toBe(expected);
  });
});

describe('the environment of a container', () => {
  const environment = (container: JsonObject) =>
    Object.fromEntries(environmentOf({ pod, container, sources: sources(), machine, before: { BASE: 'b' } }).all);

  it.each<[title: string, container: JsonObject, expected: object]>([
    ['what was before', {}, { BASE: 'b' }],
    [
      'a text that names one before it',
      { env: [{ name: 'A', value: '1' }, { name: 'B', value: '$(A)$(BASE)$(C)' }, { name: 'C' }] },
      { A: '1', B: '1b$(C)', C: '' },
    ],
    ['a key', { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } }] }, { K: 's3cret' }],
    [
      'nothing of what is optional',
      { env: [{ name: 'K', valueFrom: { configMapKeyRef: { name: 'no', key: 'x', optional: true } } }] },
      { BASE: 'b' },
    ],
    [
      'every key, with a prefix',
      { envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }] },
      { S_level: 'debug', 'S_app.yaml': 'a: 1' },
    ],
    [
      'env over envFrom',
      { envFrom: [{ configMapRef: { name: 'settings' } }], env: [{ name: 'level', value: 'info' }] },
      { level: 'info' },
    ],
    [
      'a field',
      { env: [{ name: 'F', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] },
      { F: 'cart' },
    ],
    [
      'its account and node',
      {
        env: [
          { name: 'F', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'G', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        ],
      },
      { F: 'weir', G: '127.0.0.1' },
    ],
    [
      'a limit, rounded up',
      { env: [{ name: 'R', valueFrom: { resourceFieldRef: { containerName: 'web', resource: 'limits.cpu' } } }] },
      { R: '2' },
    ],
    [
      'the machine where there is none',
      { env: [{ name: 'R', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }] },
      { R: '4' },
    ],
  ])('has %s', (_, container, expected) => {
    expect(environment(container)).toMatchObject(expected);
    if (!('K' in expected)) expect(environment(container)).not.toHaveProperty('K');
  });

  it.each<[JsonObject, string]>([
    [
      { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'keys', key: 'no' } } }] },
      "couldn't find key no in Secret shop/keys",
    ],
    [
      { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'no', key: 'no' } } }] },
      'secret "no" not found in namespace shop',
    ],
    [{ envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
    [{ env: [{ name: 'K', valueFrom: { fieldRef: { fieldPath: 'spec.secret' } } }] }, 'fieldRef names "spec.secret"'],
    [{ env: [{ name: 'K', valueFrom: { fileKeyRef: {} } }] }, 'what is not known here (fileKeyRef)'],
    [{ env: [{ name: 'K', value: 'a\0b' }] }, 'has a zero byte'],
  ])('is refused: %j', (container, sentence) => {
    expect(() => environment(container)).toThrow(sentence);
  });
});

describe('the content of a volume', () => {
  const content = (volume: JsonObject) => {
    const files = contentOf({ name: 'v', ...volume }, pod, sources(), machine);
    if (files === undefined || 'claim' in files) return files;
    return Object.fromEntries(
      [...files].map(([name, { bytes, mode }]) => [name, `${bytes.toString('latin1')} ${mode.toString(8)}`]),
    );
  };

  it.each<[JsonObject, object | undefined]>([
    [{ emptyDir: {} }, undefined],
    [{ persistentVolumeClaim: { claimName: 'orders' } }, { namespace: 'shop', claim: 'orders' }],
    [{ configMap: { name: 'settings' } }, { level: 'debug 644', 'app.yaml': 'a: 1 644', logo: '\x01\x02\xff 644' }],
    [
      { configMap: { name: 'settings', defaultMode: 256, items: [{ key: 'level', path: 'a/b' }] } },
      { 'a/b': 'debug 400' },
    ],
    [{ secret: { secretName: 'keys', items: [{ key: 'key', path: 'k', mode: 384 }] } }, { k: 's3cret 600' }],
    [{ secret: { secretName: 'no', optional: true } }, {}],
    [
      {
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            { path: 'm', resourceFieldRef: { containerName: 'web', resource: 'limits.memory', divisor: '1Mi' } },
          ],
        },
      },
      { labels: 'app="cart"\ntier="front" 644', m: '256 644' },
    ],
    [
      {
        projected: {
          sources: [
            { configMap: { name: 'settings', items: [{ key: 'level', path: 'l' }] } },
            { secret: { name: 'keys' } },
          ],
        },
      },
      { l: 'debug 644', key: 's3cret 644' },
    ],
  ])('%j', (volume, expected) => {
    expect(content(volume)).toEqual(expected);
  });

  it.each<[JsonObject, string]>([
    [{ hostPath: { path: '/' } }, 'of the kind hostPath'],
    [{ hostPath: { path: '/' } }, 'it has emptyDir, persistentVolumeClaim'],
    [{ persistentVolumeClaim: { claimName: '../x' } }, 'no PersistentVolumeClaim can be called'],
    [{ persistentVolumeClaim: { claimName: '..' } }, 'no PersistentVolumeClaim can be called'],
    [{ persistentVolumeClaim: {} }, 'no PersistentVolumeClaim can be called'],
    [{ configMap: { name: 'no' } }, 'configmap "no" not found'],
    [{ configMap: { name: 'settings', items: [{ key: 'no', path: 'x' }] } }, 'non-existent config key: no'],
    [{ configMap: { name: 'settings', items: [{ key: 'level', path: '../../x' }] } }, 'leads out of its volume'],
    [{ configMap: { name: 'settings', items: [{ key: 'level', path: '/x' }] } }, 'leads out of its volume'],
    [{ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }, 'takes serviceAccountToken'],
  ])('is refused: %j', (volume, sentence) => {
    expect(() => content(volume)).toThrow(sentence);
  });
});

describe('paths of mounts', () => {
  const mounts = mountsOf(
    {
      volumeMounts: [
        { name: 'a', mountPath: '/etc/shop/' },
        { name: 'b', mountPath: '/data', subPathExpr: '$(X)' },
      ],
    },
    new Map([['X', 'sub']]),
  );

  it('are in their shortest form, the shortest first', () => {
    expect(mounts).toEqual([
      { volume: 'b', mountPath: '/data', subPath: 'sub' },
      { volume: 'a', mountPath: '/etc/shop', subPath: '' },
    ]);
  });

  it.each([
    ['/etc/shop', '/R/etc/shop'],
    ['/etc/shop/a.yaml', '/R/etc/shop/a.yaml'],
    ['--config=/etc/shop/a.yaml', '--config=/R/etc/shop/a.yaml'],
    ['/etc/shopping', '/etc/shopping'],
    ['/etc', '/etc'],
    ['see /etc/shop', 'see /etc/shop'],
    ['http://x/etc/shop', 'http://x/etc/shop'],
    ['a=/etc/shop', 'a=/etc/shop'],
    ['', ''],
  ])('%s is at %s', (text, expected) => {
    expect(onThisMachine(text, mounts, '/R')).toBe(expected);
  });

  it.each(['../x', '/x', 'a/../../x'])('do not lead out of a volume by %s', (subPath) => {
    expect(() => mountsOf({ volumeMounts: [{ name: 'a', mountPath: '/a', subPath }] }, new Map())).toThrow(
      'leads out of volume a',
    );
  });
});

describe('the folder of a Pod', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-pod-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds its volumes, for nobody else to read, and brings them up to date', () => {
    const here = podFolder(path.join(folder, 'u-1'), path.join(folder, 'claims'));
    const file = (text: string) => ({ bytes: Buffer.from(text), mode: 0o644 });
    here.writeVolume(
      'config',
      new Map([
        ['a', file('1')],
        ['b/c', file('2')],
      ]),
    );
    const root = here.mount('web', [
      { volume: 'config', mountPath: '/etc/shop', subPath: '' },
      { volume: 'config', mountPath: '/one', subPath: 'a' },
    ]);
    expect(readFileSync(path.join(root, 'etc/shop/b/c'), 'utf8')).toBe('2');
    expect(readFileSync(path.join(root, 'one'), 'utf8')).toBe('1');
    expect(statSync(path.join(folder, 'u-1', 'volumes', 'config')).mode & 0o777).toBe(0o700);

    here.writeVolume('config', new Map([['a', file('new')]]));
    here.mount('web', [{ volume: 'config', mountPath: '/etc/shop', subPath: '' }]);
    expect(readFileSync(path.join(root, 'one'), 'utf8')).toBe('new');
    expect(lstatSync(path.join(root, 'etc/shop/b/c'), { throwIfNoEntry: false })).toBeUndefined();
    here.remove();
    expect(lstatSync(path.join(folder, 'u-1'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('leads to what a claim holds, which stays when the Pod goes', () => {
    const claims = path.join(folder, 'claims');
    const claim = { namespace: 'shop', claim: 'orders' };
    const mounts = [{ volume: 'data', mountPath: '/data', subPath: '' }];
    const first = podFolder(path.join(folder, 'u-1'), claims);
    for (let start = 0; start < 2; start++) first.writeVolume('data', claim);
    writeFileSync(path.join(first.mount('web', mounts), 'data/orders.db'), 'kept');
    first.remove();
    const second = podFolder(path.join(folder, 'u-2'), claims);
    second.writeVolume('data', claim);
    expect(readFileSync(path.join(second.mount('web', mounts), 'data/orders.db'), 'utf8')).toBe('kept');
    expect(readFileSync(path.join(claims, 'shop/orders/orders.db'), 'utf8')).toBe('kept');
  });
});

describe('ports', () => {
  it('are free, and given once', async () => {
    const ports = loopbackPorts(() => 0.5);
    const picked = await Promise.all(Array.from({ length: 20 }, () => ports.pick()));
    expect(new Set(picked).size).toBe(20);
    for (const port of picked) expect(port).toBeGreaterThanOrEqual(20_000);
    expect(await ports.isFree(picked[0] ?? 0)).toBe(true);
  });
});
