import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { imagesDefaults } from '../../../../src/policy/defaults/images.ts';
import { inventoryOf } from '../../../../src/policy/engine/inventory.ts';
import { judge } from '../../../../src/policy/engine/judge.ts';
import { imagePullSecret } from '../../../../src/policy/rules/images/pullSecret.ts';
import { imagePullSecretMisplaced } from '../../../../src/policy/rules/images/pullSecretMisplaced.ts';
import { imagePullSecretMissing } from '../../../../src/policy/rules/images/pullSecretMissing.ts';
import { imagePullSecretType } from '../../../../src/policy/rules/images/pullSecretType.ts';
import { aPolicy, aService, fillsOf, judgeBy, messages, NOW, only, paths } from '../../builders.ts';

const policy = aPolicy({
  images: {
    pullSecrets: [
      { registry: 'registry.example.com', secret: 'regcred' },
      { registry: 'registry.example.org', secret: 'orgcred' },
    ],
  },
});
const LIST = '/spec/template/spec/imagePullSecrets';

function aSecret(name: string, fields: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'shop' }, ...fields };
}

function loginTo(host: string, name: string): JsonObject {
  const config = JSON.stringify({ auths: { [host]: { auth: 'eDpoaWRkZW4=' } } });
  return aSecret(name, { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': config } });
}

function anAccount(name: string, ...secrets: string[]): JsonObject {
  const imagePullSecrets = secrets.map((secret) => ({ name: secret }));
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' }, imagePullSecrets };
}

function aServiceWith(imagePullSecrets?: JsonValue, podSpec: JsonObject = {}): JsonObject {
  return aService({ podSpec: imagePullSecrets === undefined ? podSpec : { ...podSpec, imagePullSecrets } });
}

describe('the default images/pull-secret', () => {
  const filled = [{ name: 'regcred' }];

  it.each<[string, JsonObject, JsonObject[], JsonValue | undefined]>([
    ['no list', aServiceWith(), [], filled],
    ['a list', aServiceWith([{ name: 'other' }]), [], undefined],
    ['an empty list', aServiceWith([]), [], undefined],
    ['a public image', aService({ image: 'docker.io/library/nginx:1' }), [], undefined],
    ['an account that has the secret', aServiceWith(), [anAccount('default', 'regcred')], undefined],
    [
      'an account that has another',
      aServiceWith(),
      [anAccount('default', 'other')],
      [{ name: 'other' }, { name: 'regcred' }],
    ],
    [
      'a named account',
      aServiceWith(undefined, { serviceAccountName: 'bot' }),
      [anAccount('bot', 'regcred')],
      undefined,
    ],
    [
      'another account',
      aServiceWith(undefined, { serviceAccountName: 'bot' }),
      [anAccount('default', 'regcred')],
      filled,
    ],
    [
      'an account whose secret has a login for the registry',
      aServiceWith(),
      [anAccount('default', 'mine'), loginTo('registry.example.com', 'mine')],
      undefined,
    ],
  ])('%s', (_, service, beside, expected) => {
    expect(fillsOf(imagesDefaults, service, policy, { beside })).toEqual(
      expected === undefined ? {} : { [LIST]: expected },
    );
  });

  it('names each secret once', () => {
    const service = aService({ image: 'registry.example.org/a:1', podSpec: { initContainers: images('b', 'c') } });
    expect(fillsOf(imagesDefaults, service, policy)).toEqual({ [LIST]: [{ name: 'regcred' }, { name: 'orgcred' }] });
  });

  it('leaves a Deployment to its rule, whose fix keeps the secrets of the account', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'worker', namespace: 'shop' },
      spec: { template: { spec: { containers: images('a') } } },
    };
    const beside = [anAccount('default', 'mine')];
    expect(fillsOf(imagesDefaults, deployment, policy, { beside })).toEqual({});
    const [finding] = judgeBy(imagePullSecret, deployment, policy, { beside });
    expect(finding?.fix).toEqual([{ op: 'add', path: LIST, value: [{ name: 'mine' }, { name: 'regcred' }] }]);
  });
});

function images(...names: readonly string[]): JsonObject[] {
  return names.map((name) => ({ name, image: `registry.example.com/${name}:1` }));
}

describe('images/pull-secret', () => {
  const of = 'image registry.example.com/shop/cart:1.4.2 of container 1 is pulled with the secret regcred';

  it.each<[string, JsonObject, JsonObject[], string[]]>([
    ['its secret', aServiceWith([{ name: 'regcred' }]), [], []],
    ['another secret with its login', aServiceWith([{ name: 'mine' }]), [loginTo('registry.example.com', 'mine')], []],
    [
      'another secret',
      aServiceWith([{ name: 'mine' }]),
      [loginTo('ghcr.io', 'mine')],
      [`${of}, and the pod's pull secrets are mine; add regcred to imagePullSecrets`],
    ],
    ['an empty list', aServiceWith([]), [], [`${of}, and the pod has no pull secret; add regcred to imagePullSecrets`]],
    ['an empty list and an account', aServiceWith([]), [anAccount('default', 'regcred')], []],
    [
      'an account that its list replaces',
      aServiceWith([{ name: 'mine' }]),
      [anAccount('default', 'regcred')],
      [`${of}, and the pod's pull secrets are mine; add regcred to imagePullSecrets`],
    ],
    [
      'nonsense',
      aServiceWith('regcred'),
      [],
      [`${of}, and the pod has no pull secret; add regcred to imagePullSecrets`],
    ],
  ])('%s', (_, service, beside, expected) => {
    expect(messages(judgeBy(imagePullSecret, service, policy, { beside }))).toEqual(expected);
  });

  it.each<[JsonValue, unknown]>([
    [[{ name: 'mine' }], [{ op: 'add', path: `${LIST}/-`, value: { name: 'regcred' } }]],
    ['regcred', [{ op: 'replace', path: LIST, value: [{ name: 'regcred' }] }]],
  ])('adds the secret to %j', (list, fix) => {
    expect(judgeBy(imagePullSecret, aServiceWith(list), policy)).toMatchObject([{ fix }]);
  });
});

describe('images/pull-secret-missing', () => {
  const service = aServiceWith([{ name: 'mine' }]);
  const sealed = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'mine' } };
  const external = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'x', namespace: 'shop' },
    spec: { target: { name: 'mine' } },
  };

  it.each<[string, JsonObject[], string[]]>([
    ['nothing', [], ['no Secret mine is in sight; see that the namespace gets it']],
    ['the Secret', [loginTo('ghcr.io', 'mine')], []],
    ['a SealedSecret', [sealed], []],
    ['an ExternalSecret', [external], []],
    [
      'an Opaque one',
      [aSecret('mine', {})],
      ['Secret mine is of type Opaque, which pulls no images; name one of type kubernetes.io/dockerconfigjson'],
    ],
  ])('%s beside it', (_, beside, expected) => {
    expect(messages(judgeBy(imagePullSecretMissing, service, policy, { beside }))).toEqual(expected);
  });

  it('tells once in a namespace what the policy fills in, and each time what an author wrote', () => {
    const catalogue = { ...only({ rules: [imagePullSecretMissing] }), defaulters: imagesDefaults };
    const open = aService({ name: 'a-page', image: 'ghcr.io/knative/page:1' });
    const cart = aService({ name: 'cart' });
    const written = aService({ name: 'written', podSpec: { imagePullSecrets: [{ name: 'regcred' }] } });
    const search = aService({ name: 'search' });
    const bank = aService({ name: 'cart', namespace: 'bank' });
    const all = [open, cart, written, search, bank];
    const inventory = inventoryOf(all);
    const told = all.map((object) => {
      const { findings } = judge(object, { policy, inventory, exceptions: [], now: NOW }, catalogue);
      return findings.map(({ message, path }) => [path, message]);
    });
    const sentence = (namespace: string) =>
      `no Secret regcred is in sight, which policy prod fills into every pod of namespace ${namespace}; see that the namespace gets it`;
    expect(told).toEqual([
      [],
      [['/spec/template/spec', sentence('shop')]],
      [[`${LIST}/0/name`, 'no Secret regcred is in sight; see that the namespace gets it']],
      [],
      [['/spec/template/spec', sentence('bank')]],
    ]);
  });

  it("leaves the policy's own secret to images/pull-secret-type", () => {
    const beside = [aSecret('regcred', { type: 'Opaque' })];
    expect(judgeBy(imagePullSecretMissing, aServiceWith([{ name: 'regcred' }]), policy, { beside })).toEqual([]);
  });
});

describe('images/pull-secret-type', () => {
  const type = 'kubernetes.io/dockerconfigjson';
  const data = (text: string) => ({ type, stringData: { '.dockerconfigjson': text } });

  it.each<[string, JsonObject, string[]]>([
    ['a login', loginTo('registry.example.com', 'regcred'), []],
    ['a login with scheme', loginTo('https://registry.example.com/v1/', 'regcred'), []],
    [
      'a login for another registry',
      loginTo('ghcr.io', 'regcred'),
      ['Secret regcred has no login for registry.example.com; add registry.example.com to its auths'],
    ],
    [
      'an empty login',
      aSecret('regcred', data('{"auths":{"registry.example.com":{"username":"hidden"}}}')),
      ['Secret regcred has neither auth nor username and password for registry.example.com'],
    ],
    [
      'another type',
      aSecret('regcred', { data: { password: 'aGlkZGVu' } }),
      [`Secret regcred pulls images and is of type Opaque; its type is to be ${type}`],
    ],
    ['no data', aSecret('regcred', { type }), ['Secret regcred has no key .dockerconfigjson, which its type demands']],
    [
      'no JSON',
      aSecret('other', data('hidden')),
      ['Secret other does not decode to a Docker configuration; it is JSON with an object auths, in base64 under data'],
    ],
    ['another Secret', aSecret('db', { data: { password: 'aGlkZGVu' } }), []],
    ['one that is encrypted', aSecret('regcred', { type, sops: {}, data: { '.dockerconfigjson': 'ENC[x]' } }), []],
  ])('%s', (_, secret, expected) => {
    const findings = judgeBy(imagePullSecretType, secret, policy);
    expect(messages(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toMatch(/hidden|aGlkZGVu|eDpoaWRkZW4/);
  });

  it('mends the type where the content is there', () => {
    const secret = aSecret('regcred', { type: 'Opaque', data: { '.dockerconfigjson': '' } });
    expect(judgeBy(imagePullSecretType, secret, policy)).toMatchObject([
      { fix: [{ op: 'replace', path: '/type', value: type }] },
    ]);
  });
});

describe('images/pull-secret-misplaced', () => {
  it.each<[string, JsonObject, string, unknown]>([
    [
      'at a container',
      aService({ container: { imagePullSecrets: [{ name: 'regcred' }] } }),
      '/spec/template/spec/containers/0/imagePullSecrets',
      [{ name: 'regcred' }],
    ],
    [
      'beside a list that stands right',
      aService({
        podSpec: { imagePullSecrets: [{ name: 'a' }] },
        container: { imagePullSecrets: [{ name: 'b' }, { name: 'a' }] },
      }),
      '/spec/template/spec/containers/0/imagePullSecrets',
      [{ name: 'a' }, { name: 'b' }],
    ],
    [
      'as one name',
      aService({ container: { imagePullSecrets: 'regcred' } }),
      '/spec/template/spec/containers/0/imagePullSecrets',
      [{ name: 'regcred' }],
    ],
    [
      'as a singular',
      aService({ podSpec: { imagePullSecret: 'regcred' } }),
      '/spec/template/spec/imagePullSecret',
      [{ name: 'regcred' }],
    ],
    [
      'at spec',
      { ...aService(), spec: { template: { spec: {} }, imagePullSecrets: ['regcred'] } },
      '/spec/imagePullSecrets',
      [{ name: 'regcred' }],
    ],
  ])('%s', (_, service, path, value) => {
    const findings = judgeBy(imagePullSecretMisplaced, service);
    expect(paths(findings)).toEqual([path]);
    const [finding] = findings;
    expect(finding?.fix).toEqual([
      { op: 'remove', path },
      { op: expect.stringMatching(/add|replace/), path: LIST, value },
    ]);
  });

  it('only takes away what stands right already', () => {
    const service = aService({
      podSpec: { imagePullSecrets: [{ name: 'a' }] },
      container: { imagePullSecrets: [{ name: 'a' }] },
    });
    expect(judgeBy(imagePullSecretMisplaced, service)).toMatchObject([{ fix: [{ op: 'remove' }] }]);
  });

  it('knows where a CronJob has its pods', () => {
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'report' },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [] }, imagePullSecrets: [{ name: 'a' }] } } } },
    };
    expect(messages(judgeBy(imagePullSecretMisplaced, cronJob))).toEqual([
      'imagePullSecrets at spec.jobTemplate.spec.template means nothing; it belongs at spec.jobTemplate.spec.template.spec.imagePullSecrets',
    ]);
  });

  it('leaves the right place alone', () => {
    expect(judgeBy(imagePullSecretMisplaced, aServiceWith([{ name: 'regcred' }]))).toEqual([]);
  });
});
