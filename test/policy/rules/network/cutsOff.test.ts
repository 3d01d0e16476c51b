import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../../../src/kubernetes/jsonPatch.ts';
import { networkCutsOffDns } from '../../../../src/policy/rules/network/cutsOffDns.ts';
import { networkCutsOffKnative } from '../../../../src/policy/rules/network/cutsOffKnative.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';
import { aNetworkPolicy, fromNamespace, KNATIVE_IN } from './builders.ts';

const ACTIVATOR = 'the activator in knative-serving (port 8012)';
const AUTOSCALER = 'the autoscaler in knative-serving (port 9090)';
const GATEWAY = 'the gateway in kourier-system (port 8012)';

const closes = (name: string, ...who: string[]) =>
  `NetworkPolicy cart closes ${name} to ${who.join(', ')}; let them in`;

const policyFor = (...ingress: JsonValue[]) => aNetworkPolicy({ ingress });
const portsOpen = (peer: JsonObject, ...ports: JsonValue[]) => ({
  from: [peer],
  ports: ports.map((port) => ({ port })),
});

describe('network/cuts-off-knative', () => {
  const serving = fromNamespace('knative-serving');
  const kourier = fromNamespace('kourier-system');
  const front = { podSelector: { matchLabels: { app: 'front' } } };

  it.each<[string, JsonObject, string[]]>([
    ['what Knative needs', policyFor(KNATIVE_IN), []],
    ['everybody', policyFor({}), []],
    ['nobody', policyFor(), [closes('cart', ACTIVATOR, AUTOSCALER, GATEWAY)]],
    ['no rules at all', aNetworkPolicy({}), [closes('cart', ACTIVATOR, AUTOSCALER, GATEWAY)]],
    ['another pod', policyFor({ from: [front] }), [closes('cart', ACTIVATOR, AUTOSCALER, GATEWAY)]],
    ['only egress', aNetworkPolicy({ policyTypes: ['Egress'] }), []],
    ['no gateway', policyFor({ from: [serving] }), [closes('cart', GATEWAY)]],
    ['no metrics', policyFor(portsOpen(serving, 8012), portsOpen(kourier, 8012)), [closes('cart', AUTOSCALER)]],
    ['the right ports', policyFor(portsOpen(serving, 8012, 9090), portsOpen(kourier, 8012)), []],
    [
      'ports by name',
      policyFor(portsOpen(serving, 'queue-port', 'http-autometric'), portsOpen(kourier, 'queue-port')),
      [],
    ],
    ['the port of internal TLS', policyFor(portsOpen(serving, 8112, 9090), portsOpen(kourier, 8112)), []],
    [
      'the port of the container',
      policyFor(portsOpen(serving, 8080, 9090), portsOpen(kourier, 8080)),
      [closes('cart', ACTIVATOR, GATEWAY)],
    ],
    [
      'the activator alone',
      policyFor({ from: [{ ...serving, podSelector: { matchLabels: { app: 'activator' } } }, kourier] }),
      [closes('cart', AUTOSCALER)],
    ],
    [
      'a label of the namespace',
      policyFor({
        from: [{ namespaceSelector: { matchLabels: { 'app.kubernetes.io/name': 'knative-serving' } } }, kourier],
      }),
      [],
    ],
    ['addresses that may be Knative', policyFor({ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }), []],
    [
      'namespaces that may be Knative',
      policyFor({ from: [{ namespaceSelector: { matchLabels: { zone: 'system' } } }] }),
      [],
    ],
  ])('lets in %s', (_, policy, expected) => {
    expect(messages(judgeBy(networkCutsOffKnative, policy, aPolicy(), { beside: [aService()] }))).toEqual(expected);
  });

  it('knows the labels of a Namespace in sight', () => {
    const beside = ['knative-serving', 'kourier-system'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    const policy = policyFor({ from: [{ namespaceSelector: { matchLabels: { zone: 'system' } } }] });
    expect(judgeBy(networkCutsOffKnative, policy, aPolicy(), { beside })).toHaveLength(1);
  });

  it('looks at a Namespace as it is now', () => {
    const policy = policyFor({ from: [{ namespaceSelector: { matchLabels: { zone: 'system' } } }] });
    const environment = aPolicy();
    const labelled = (labels: JsonObject) =>
      judgeBy(networkCutsOffKnative, policy, environment, {
        beside: ['knative-serving', 'kourier-system'].map((name) => ({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name, labels },
        })),
      });
    expect(labelled({})).toHaveLength(1);
    expect(labelled({ zone: 'system' })).toHaveLength(0);
    expect(labelled({})).toHaveLength(1);
  });

  it.each<[string, JsonObject, JsonObject[], string[]]>([
    [
      'by its label, though no service is in sight',
      aNetworkPolicy({}),
      [],
      [closes('cart', ACTIVATOR, AUTOSCALER, GATEWAY)],
    ],
    [
      'as one of all',
      aNetworkPolicy({ podSelector: {} }),
      [aService()],
      [closes('cart', ACTIVATOR, AUTOSCALER, GATEWAY)],
    ],
    [
      'as two of all',
      aNetworkPolicy({ podSelector: {} }),
      [aService(), aService({ name: 'pay' })],
      [closes('cart and others', ACTIVATOR, AUTOSCALER, GATEWAY)],
    ],
    ['not: there is none', aNetworkPolicy({ podSelector: {} }), [], []],
    ['not: it is another', aNetworkPolicy({ podSelector: { matchLabels: { app: 'db' } } }), [aService()], []],
    [
      'not: it stands in another namespace',
      aNetworkPolicy({ podSelector: {} }),
      [aService({ namespace: 'other' })],
      [],
    ],
  ])('selects the service %s', (_, policy, beside, expected) => {
    expect(messages(judgeBy(networkCutsOffKnative, policy, aPolicy(), { beside }))).toEqual(expected);
  });

  it('takes what another policy opens for open', () => {
    const denyAll = aNetworkPolicy({ podSelector: {} }, 'deny-all');
    const others = { podSelector: { matchLabels: { 'serving.knative.dev/service': 'pay' } }, ingress: [KNATIVE_IN] };
    const judge = (...beside: JsonObject[]) =>
      judgeBy(networkCutsOffKnative, denyAll, aPolicy(), { beside: [aService(), ...beside] });
    expect(judge(aNetworkPolicy({ podSelector: {}, ingress: [KNATIVE_IN] }, 'allow-knative'))).toEqual([]);
    expect(judge(aNetworkPolicy(others, 'allow-pay'))).toHaveLength(1);
  });

  it('tells a way that two policies leave closed once', () => {
    const left = aNetworkPolicy({}, 'left');
    const right = aNetworkPolicy({ podSelector: {} }, 'right');
    const beside = [aService(), left, right];
    expect(judgeBy(networkCutsOffKnative, left, aPolicy(), { beside })).toHaveLength(1);
    expect(judgeBy(networkCutsOffKnative, right, aPolicy(), { beside })).toHaveLength(0);
    expect(judgeBy(networkCutsOffKnative, left, aPolicy(), { beside: [left, right] })).toHaveLength(1);
  });

  it('asks for 8013 where the container speaks h2c', () => {
    const beside = [aService({ container: { ports: [{ name: 'h2c', containerPort: 8080 }] } })];
    const policy = policyFor(portsOpen(serving, 8012, 9090), portsOpen(kourier, 8012));
    expect(messages(judgeBy(networkCutsOffKnative, policy, aPolicy(), { beside }))).toEqual([
      closes('cart', 'the activator in knative-serving (port 8013)', 'the gateway in kourier-system (port 8013)'),
    ]);
  });

  it('asks for the gateways and the namespace of the cluster', () => {
    const knative = { ...DEFAULT_SETTINGS, gateways: [], systemNamespace: 'knative' };
    const findings = judgeBy(networkCutsOffKnative, policyFor(), aPolicy({ knative }), { beside: [aService()] });
    expect(messages(findings)).toEqual([
      closes('cart', 'the activator in knative (port 8012)', 'the autoscaler in knative (port 9090)'),
    ]);
  });

  it.each<[string, JsonObject]>([
    ['rules', policyFor({ from: [front] })],
    ['no rules', aNetworkPolicy({})],
    ['rules that are none', aNetworkPolicy({ ingress: null })],
  ])('a fix beside %s leaves nothing to find', (_, policy) => {
    const [finding] = judgeBy(networkCutsOffKnative, policy, aPolicy(), { beside: [aService()] });
    const mended = withFix(policy, finding?.fix);
    expect(judgeBy(networkCutsOffKnative, mended, aPolicy(), { beside: [aService()] })).toEqual([]);
    expect(mended).not.toEqual(policy);
  });
});

describe('network/cuts-off-dns', () => {
  const database = { to: [{ podSelector: { matchLabels: { app: 'db' } } }], ports: [{ port: 5432 }] };
  const message = 'NetworkPolicy cart closes the way from cart to DNS in kube-system (port 53); let pods out to it';
  const udp = { port: 53, protocol: 'UDP' };

  it.each<[string, JsonObject, string[]]>([
    ['ingress alone', { policyTypes: ['Ingress'] }, []],
    ['nothing', { policyTypes: ['Egress'] }, [message]],
    ['a database', { egress: [database] }, [message]],
    ['DNS', { egress: [database, { to: [fromNamespace('kube-system')], ports: [udp] }] }, []],
    ['DNS anywhere', { egress: [{ ports: [udp] }] }, []],
    [
      'DNS of another namespace',
      { egress: [{ to: [fromNamespace('openshift-dns')], ports: [{ port: 5353, protocol: 'UDP' }] }] },
      [],
    ],
    ['everything', { egress: [{}] }, []],
    ['kube-system', { egress: [{ to: [fromNamespace('kube-system')] }] }, []],
  ])('lets out to %s', (_, spec, expected) => {
    expect(messages(judgeBy(networkCutsOffDns, aNetworkPolicy(spec), aPolicy(), { beside: [aService()] }))).toEqual(
      expected,
    );
  });

  it('takes what another policy opens for open', () => {
    const dns = aNetworkPolicy({ podSelector: {}, egress: [{ ports: [udp] }] }, 'dns');
    const policy = aNetworkPolicy({ egress: [database] });
    expect(judgeBy(networkCutsOffDns, policy, aPolicy(), { beside: [aService(), dns] })).toEqual([]);
  });

  it('has a fix that leaves nothing to find', () => {
    const policy = aNetworkPolicy({ egress: [database] });
    const [finding] = judgeBy(networkCutsOffDns, policy, aPolicy(), { beside: [aService()] });
    expect(finding?.fix).toMatchObject([{ op: 'add', path: '/spec/egress/-' }]);
    expect(judgeBy(networkCutsOffDns, withFix(policy, finding?.fix), aPolicy(), { beside: [aService()] })).toEqual([]);
  });
});

/** Carries out a fix on spec.ingress or spec.egress, which is all that these rules change. */
function withFix(policy: JsonObject, fix: readonly PatchOperation[] = []): JsonObject {
  let spec =
    typeof policy.spec === 'object' && policy.spec !== null ? ({ ...policy.spec } as Record<string, JsonValue>) : {};
  for (const operation of fix) {
    const value = 'value' in operation ? operation.value : null;
    const [, , field = '', end] = operation.path.split('/');
    const before = spec[field];
    spec = { ...spec, [field]: end === '-' && Array.isArray(before) ? [...before, value] : value };
  }
  return { ...policy, spec };
}
