import { describe, expect, it } from '@jest/globals';
import { auditCatalogue } from '../../src/audit/catalogue.ts';
import { pullSecretOnly } from '../../src/audit/secrets.ts';
import { guardRailsOf } from '../../src/guardrails/guardRails.ts';
import { lackingGuardRails } from '../../src/guardrails/lacking.ts';
import { OPT_OUT } from '../../src/guardrails/marks.ts';
import { asOurs } from '../../src/guardrails/owner.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { keyOf, namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import { referenceTo, titleOf } from '../../src/kubernetes/object.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { type Inventory, inventoryOf } from '../../src/policy/engine/inventory.ts';
import { judge } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import type { NamespacePolicy } from '../../src/policy/model/namespace.ts';
import { namespaceGuardRails } from '../../src/policy/rules/namespace/guardRails.ts';
import { aPullSecret, aServiceAccount } from '../controllers/guardrails/harness.ts';
import { aPolicy } from '../policy/builders.ts';

const SECTION: NamespacePolicy = {
  networkPolicies: { ingress: { default: 'deny' } },
  roles: { 'knative-deployer': { groups: ['developers'] } },
  quota: { hard: { pods: 50, 'requests.cpu': '1000m' } },
  limitRange: { default: { cpu: '1' } },
};
const SECRETS: NamespacePolicy = {
  pullSecrets: { from: 'weir-system', names: ['regcred'], serviceAccounts: ['builder'] },
};

function shop(annotations: JsonObject = {}): JsonObject {
  const labels = { 'weir.dev/environment': 'prod' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels, annotations } };
}

/** Everything as the controller leaves it. */
function made(policy: EffectivePolicy, namespace = shop()): Map<string, JsonObject> {
  const { objects } = guardRailsOf(namespace, policy);
  return new Map(objects.map(({ object }) => [titleOf(referenceTo(object)), asOurs(object, object)]));
}

function lacking(
  objects: Iterable<JsonObject>,
  policy = aPolicy({ name: 'prod', namespace: SECTION }),
  { namespace = shop(), knows = () => true }: { namespace?: JsonObject; knows?: Inventory['knows'] } = {},
): string[] {
  const inventory = { ...inventoryOf(objects), knows };
  return lackingGuardRails(namespace, policy, inventory).map(({ message }) => message);
}

const PUT_RIGHT = 'weir controller puts it right, and says in an Event of the namespace what keeps it from that';

describe('what a namespace lacks of its guard rails', () => {
  const policy = aPolicy({ name: 'prod', namespace: SECTION });

  it('is nothing where all of them are there', () => {
    expect(lacking(made(policy).values())).toEqual([]);
  });

  it('is each that is not there, in the order in which they are made', () => {
    expect(lacking([]).map((message) => message.split(' is not there')[0])).toEqual([...made(policy).keys()]);
    expect(lacking([])[0]).toBe(`NetworkPolicy weir-knative-ingress is not there, and prod wants it; ${PUT_RIGHT}`);
  });

  it('is one of Weir that somebody changed, with the place', () => {
    const objects = made(policy);
    const quota = objects.get('ResourceQuota weir-quota') ?? {};
    objects.set('ResourceQuota weir-quota', { ...quota, spec: { hard: { pods: '60', 'requests.cpu': '1' } } });
    expect(lacking(objects.values())).toEqual([
      `ResourceQuota weir-quota is not what prod wants at /spec/hard/pods; ${PUT_RIGHT}`,
    ]);
  });

  it.each([
    ['says something else', { podSelector: { matchLabels: { app: 'letters' } }, policyTypes: ['Ingress'] }, 1],
    ['says the same', { podSelector: {}, policyTypes: ['Ingress'] }, 0],
  ])("is one in whose place a team's object %s", (_, spec, count) => {
    const objects = made(policy);
    const metadata = { name: 'weir-default-deny', namespace: 'shop' };
    const theirs = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
    objects.set('NetworkPolicy weir-default-deny', theirs);
    const found = lacking(objects.values());
    expect(found).toHaveLength(count);
    for (const message of found) {
      expect(message).toBe(
        "NetworkPolicy weir-default-deny is not Weir's, and says something else than prod at /spec/podSelector, so that this guard rail does not hold; rename it, or write what the policy says: weir namespace preview shop",
      );
    }
  });

  it("is the binding, too, where the Role is a team's: nobody knows what it grants", () => {
    const objects = made(policy);
    const role = objects.get('Role knative-deployer') ?? {};
    const metadata = { name: 'knative-deployer', namespace: 'shop' };
    objects.set('Role knative-deployer', { ...role, metadata, rules: [] });
    expect(lacking(objects.values()).map((message) => message.split(' is not')[0])).toEqual([
      'Role knative-deployer',
      'RoleBinding knative-deployer',
    ]);
  });

  it('is nothing of kinds that nobody could read', () => {
    const found = lacking([], policy, { knows: ({ kind }) => kind !== 'ResourceQuota' && kind !== 'LimitRange' });
    expect(found.filter((message) => /ResourceQuota|LimitRange/.test(message))).toEqual([]);
    expect(found.filter((message) => message.startsWith('NetworkPolicy'))).not.toEqual([]);
  });

  it('is told of an opt-out that the policy refuses, and not of one that it allows', () => {
    const namespace = shop({ [OPT_OUT]: 'quota' });
    expect(lacking(made(policy).values(), policy, { namespace })).toEqual([
      `${OPT_OUT} names quota, and prod lets no namespace leave any out; it is kept`,
    ]);
    const lenient = aPolicy({ name: 'prod', namespace: { ...SECTION, optOut: { allowed: ['quota'] } } });
    expect(lacking(made(lenient, namespace).values(), lenient, { namespace })).toEqual([]);
  });

  it("is told of Knative's own namespace, which gets none", () => {
    const labels = { 'weir.dev/environment': 'prod' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'knative-serving', labels } };
    expect(lacking([], policy, { namespace })).toEqual([
      expect.stringContaining("knative-serving is Knative's own namespace, and gets no guard rails"),
    ]);
  });
});

describe('what a namespace lacks of its pull secrets', () => {
  const policy = aPolicy({ name: 'prod', namespace: SECRETS });
  const source = aPullSecret('weir-system', 'old');
  const stamped = { 'weir.dev/applied': 'shop.0123456789abcdef' };
  const ours = (secret: JsonObject): JsonObject => ({
    ...secret,
    metadata: { ...objectAt(secret, 'metadata'), annotations: stamped },
  });
  const copy = ours(aPullSecret('shop', 'old'));
  const joined = aServiceAccount('shop', {}, { imagePullSecrets: [{ name: 'regcred' }] });
  const opaque = { ...source, type: 'Opaque' };
  const elsewhere = { '.dockerconfigjson': Buffer.from('{"auths":{"elsewhere.example.com":{}}}').toString('base64') };

  it.each<[what: string, objects: readonly JsonObject[], expected: readonly string[]]>([
    ['nothing where all is there', [source, copy, joined], []],
    ['nothing where the login was rotated a moment ago', [source, ours(aPullSecret('shop', 'new')), joined], []],
    [
      'the source',
      [copy, joined],
      ["the policy's pull secret weir-system/regcred is not there; the copy here stays as it is"],
    ],
    [
      'a source that pulls images',
      [opaque, joined],
      [
        "the policy's pull secret weir-system/regcred has the type Opaque, which pulls no image: kubernetes.io/dockerconfigjson does; there is no copy of it here",
      ],
    ],
    [
      'the copy',
      [source, joined],
      [`Secret regcred is not there, and prod wants a copy of weir-system/regcred; ${PUT_RIGHT}`],
    ],
    [
      'a registry of the source',
      [source, { ...copy, data: elsewhere }, joined],
      [`Secret regcred is not as its source weir-system/regcred; ${PUT_RIGHT}`],
    ],
    [
      "a copy where a team's secret has the name",
      [source, { ...aPullSecret('shop', 'x'), data: elsewhere }, aServiceAccount('shop')],
      [
        "Secret regcred is not Weir's, and says something else than weir-system/regcred, so that it does not follow it; rename it, or delete it",
      ],
    ],
    [
      'the name in a ServiceAccount',
      [source, copy, aServiceAccount('shop')],
      [`ServiceAccount builder does not name the pull secret regcred; ${PUT_RIGHT}`],
    ],
    [
      'the name in one that Argo CD tracks',
      [source, copy, aServiceAccount('shop', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } })],
      [
        'ServiceAccount builder is tracked by Argo CD, and does not name the pull secret regcred; write it in Git: imagePullSecrets: [{name: regcred}]',
      ],
    ],
  ])('is %s', (_, objects, expected) => {
    // as an audit keeps them: without a login
    const kept = objects.map((object) => (keyOf(object) === 'Secret' ? pullSecretOnly(object) : object));
    expect(lacking(kept, policy)).toEqual(expected);
  });

  it.each<[what: string, retired: NonNullable<NamespacePolicy['pullSecrets']>, expected: readonly string[]]>([
    [
      'retired: it is on its way out',
      { names: ['other'], retired: { names: ['regcred'], serviceAccounts: ['builder'] } },
      [
        `Secret regcred is a copy that prod hands out no more; ${PUT_RIGHT}`,
        `ServiceAccount builder names the pull secret regcred, which Weir wrote there and prod hands out to it no more; ${PUT_RIGHT}`,
      ],
    ],
    [
      'named by nobody',
      { names: ['other'] },
      [
        'Secret regcred is a copy that prod hands out no more; Weir may take it away once namespace.pullSecrets.retired.names names it',
        'ServiceAccount builder names the pull secret regcred, which Weir wrote there and prod hands out to it no more; Weir may take it out once namespace.pullSecrets.retired.serviceAccounts names it',
      ],
    ],
    [
      'handed out to a ServiceAccount no more',
      { names: ['regcred'] },
      [
        'ServiceAccount builder names the pull secret regcred, which Weir wrote there and prod hands out to it no more; Weir may take it out once namespace.pullSecrets.retired.serviceAccounts names it',
      ],
    ],
    ['one of another ServiceAccount, still', { names: ['regcred'], serviceAccounts: ['builder'] }, []],
  ])('is told of a copy that is %s', (_, pullSecrets, expected) => {
    const changed = aPolicy({ name: 'prod', namespace: { pullSecrets: { from: 'weir-system', ...pullSecrets } } });
    const metadata = objectAt(copy, 'metadata');
    const labels = { 'weir.dev/guard-rail': 'pullSecrets' };
    const annotations = { ...stamped, 'weir.dev/joined-service-accounts': 'builder,gone' };
    const left = { ...copy, metadata: { ...metadata, labels, annotations } };
    const other = aPullSecret('weir-system', 'old', 'other');
    const there = [source, left, joined, other, ours(aPullSecret('shop', 'old', 'other'))];
    expect(
      lacking(
        there.map((object) => (keyOf(object) === 'Secret' ? pullSecretOnly(object) : object)),
        changed,
      ),
    ).toEqual(expected);
  });

  it('is not told of the source in its own namespace, which may have been a copy', () => {
    const labels = { 'weir.dev/guard-rail': 'pullSecrets' };
    const metadata = { name: 'regcred', namespace: 'shop', labels, annotations: stamped };
    const own = aPolicy({ name: 'prod', namespace: { pullSecrets: { from: 'shop', names: ['regcred'] } } });
    expect(lacking([{ ...copy, metadata }], own)).toEqual([]);
  });

  it('is nothing where nobody may read Secrets', () => {
    expect(lacking([], policy, { knows: ({ kind }) => kind !== 'Secret' })).toEqual([]);
  });
});

describe('namespace/guard-rails', () => {
  const { bad, good } = namespaceGuardRails.examples;

  it.each([
    ['broken by its bad example', bad, 1],
    ['kept by its good example', good, 0],
  ])('is %s, where the other guard rails of prod are there', async (_, text, count) => {
    const { policies } = await loadPolicies('policies', 'policies');
    const policy = policies.get('prod');
    if (policy === undefined) throw new Error('there is no policy prod');
    const documents = readManifests(text, 'example.yaml').documents.map(({ object }) => object);
    const namespace = documents.find((object) => keyOf(object) === namespaceKind.key) ?? {};
    const objects = made({ ...policy, namespace: { ...policy.namespace, pullSecrets: {} } }, namespace);
    for (const object of documents) objects.set(titleOf(referenceTo(object)), object);

    const inventory = { ...inventoryOf(objects.values()), knows: ({ kind }: { kind: string }) => kind !== 'Secret' };
    const context = { policy, inventory, exceptions: [], now: new Date() };
    const { findings, failures } = judge(namespace, context, auditCatalogue);
    expect(failures).toEqual([]);
    expect(findings.filter(({ rule }) => rule === namespaceGuardRails.id)).toHaveLength(count);
  });
});
