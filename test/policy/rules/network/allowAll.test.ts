import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { networkAllowAll } from '../../../../src/policy/rules/network/allowAll.ts';
import { judgeBy, messages, paths } from '../../builders.ts';
import { aNetworkPolicy, fromNamespace, KNATIVE_IN } from './builders.ts';

describe('network/allow-all', () => {
  const everybody = 'ingress rule 1 lets in everybody; name who needs it';

  it.each<[JsonObject, string[]]>([
    [{ ingress: [] }, []],
    [{ ingress: [KNATIVE_IN] }, []],
    [{ ingress: [{}] }, [everybody]],
    [{ ingress: [{ from: [] }] }, [everybody]],
    [{ ingress: [{ ports: [{ port: 8012 }] }] }, [everybody]],
    [{ ingress: [KNATIVE_IN, {}] }, ['ingress rule 2 lets in everybody; name who needs it']],
    [{ ingress: [{ from: [{ podSelector: {} }] }] }, []],
    [
      { ingress: [{ from: [fromNamespace('a'), { namespaceSelector: {} }] }] },
      ['ingress rule 1 lets in every pod of every namespace; name who needs it'],
    ],
    [{ ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'front' } } }] }] }, []],
    [
      { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] },
      ['ingress rule 1 lets in every address; name who needs it'],
    ],
    [
      { ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] },
      ['ingress rule 1 lets in every address; name who needs it'],
    ],
    [{ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }] }, []],
    [{ policyTypes: ['Egress'], ingress: [{}] }, []],
    [{ policyTypes: ['Egress'], egress: [{}] }, ['egress rule 1 lets pods out to everybody; name who needs it']],
    [{ egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] }, []],
    [{ policyTypes: ['Ingress'], egress: [{}] }, []],
    [{ ingress: 'all' }, []],
  ])('%j gives %j', (spec, expected) => {
    expect(messages(judgeBy(networkAllowAll, aNetworkPolicy(spec)))).toEqual(expected);
  });

  it('names the peer', () => {
    const spec = { ingress: [{ from: [fromNamespace('a'), { ipBlock: { cidr: '::/0' } }] }] };
    expect(paths(judgeBy(networkAllowAll, aNetworkPolicy(spec)))).toEqual(['/spec/ingress/0/from/1/ipBlock/cidr']);
  });
});
