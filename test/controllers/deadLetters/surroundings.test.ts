import { expect, it } from '@jest/globals';
import { networkPolicyOf } from '../../../controllers/deadLetters/resources/surroundings.ts';
import { valueAt } from '../../../src/kubernetes/json.ts';

it('letters come in from every namespace: the data plane of a namespaced Broker runs in that of its user', () => {
  expect(valueAt(networkPolicyOf('prod'), 'spec', 'ingress')).toEqual([
    { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] },
  ]);
});
