import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { labelsFrom } from '../../src/kubernetes/labelSelector.ts';
import { allows, type Port, restricts } from '../../src/kubernetes/networkPolicy.ts';

function aNetworkPolicy(spec: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace: 'shop' },
    spec,
  };
}

describe('restricts', () => {
  it.each<[JsonObject, boolean, boolean]>([
    [{}, true, false],
    [{ policyTypes: [] }, true, false],
    [{ egress: [{}] }, true, true],
    [{ egress: [] }, true, false],
    [{ policyTypes: ['Egress'], ingress: [{}] }, false, true],
    [{ policyTypes: ['Ingress', 'Egress'] }, true, true],
  ])('%j closes ingress: %j, egress: %j', (spec, ingress, egress) => {
    expect(restricts(aNetworkPolicy(spec), 'Ingress')).toBe(ingress);
    expect(restricts(aNetworkPolicy(spec), 'Egress')).toBe(egress);
  });
});

describe('allows', () => {
  const peer = {
    namespace: 'web',
    namespaceLabels: labelsFrom({ 'kubernetes.io/metadata.name': 'web' }),
    labels: labelsFrom({ app: 'front' }),
  };
  const port: Port = { number: 8012, name: 'queue-port', protocol: 'TCP' };
  const web = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } };
  const front = { podSelector: { matchLabels: { app: 'front' } } };
  const from = (...peers: JsonValue[]) => ({ ingress: [{ from: peers }] });
  const onPort = (...ports: JsonValue[]) => ({ ingress: [{ ports }] });

  it.each<[JsonObject, string]>([
    [{}, 'no'],
    [{ ingress: [] }, 'no'],
    [{ ingress: [{}] }, 'yes'],
    [{ ingress: [{ from: [] }] }, 'yes'],
    [{ ingress: [{ from: [], ports: [] }] }, 'yes'],
    [{ policyTypes: ['Egress'], ingress: [{}] }, 'no'],
    [from(web), 'yes'],
    [from({ ...web, ...front }), 'yes'],
    [from({ ...web, podSelector: { matchLabels: { app: 'back' } } }), 'no'],
    [from({ ...web, podSelector: {} }), 'yes'],
    [from(front), 'no'],
    [from({ podSelector: {} }, web), 'yes'],
    [from({ namespaceSelector: {} }), 'yes'],
    [from({ namespaceSelector: { matchLabels: { team: 'web' } } }), 'no'],
    [from({ ipBlock: { cidr: '0.0.0.0/0' } }), 'yes'],
    [from({ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }), 'maybe'],
    [from({ ipBlock: { cidr: '10.0.0.0/8' } }), 'maybe'],
    [from({}), 'no'],
    [from('web', null), 'no'],
    [onPort({ port: 8012 }), 'yes'],
    [onPort({ port: 8012, protocol: 'UDP' }), 'no'],
    [onPort({ protocol: 'TCP' }), 'yes'],
    [onPort({ port: 8000, endPort: 8100 }), 'yes'],
    [onPort({ port: 8013, endPort: 8100 }), 'no'],
    [onPort({ port: 'queue-port' }), 'yes'],
    [onPort({ port: 'http' }), 'no'],
    [onPort({ port: 80 }, { port: 8012 }), 'yes'],
    [{ ingress: [{ from: [web], ports: [{ port: 80 }] }] }, 'no'],
    [
      {
        ingress: [
          { from: [web], ports: [{ port: 80 }] },
          { from: [web], ports: [{ port: 8012 }] },
        ],
      },
      'yes',
    ],
    [{ ingress: ['all', null] }, 'no'],
  ])('%j: %s', (spec, expected) => {
    expect(allows(aNetworkPolicy(spec), 'Ingress', 'shop', peer, port)).toBe(expected);
  });
});
