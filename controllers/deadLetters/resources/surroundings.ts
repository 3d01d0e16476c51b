/** What stands around the pod: its account, its name for Brokers, and who reaches whom. */
import { coreServices, networkPolicies, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { selectorOf, sinkObject } from './labels.ts';

/** It asks the API server for nothing. */
export function serviceAccountOf(environment: string): JsonObject {
  return sinkObject(serviceAccounts, environment, { automountServiceAccountToken: false });
}

/** Where Brokers send. Whoever asks for letters leads a port to the pod instead: this one lists nothing. */
export function serviceOf(environment: string): JsonObject {
  return sinkObject(coreServices, environment, {
    spec: {
      selector: selectorOf(environment),
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }],
    },
  });
}

/**
 * In comes whoever may deliver: the data plane of a namespaced Broker or Channel runs in the namespace of its user; and
 * Prometheus, wherever it is. The port takes letters and hands none out; one that kubectl leads to the pod comes from its
 * node, and passes anyway. Out goes a letter to where it was to go: to pods of the cluster, and nowhere else.
 */
export function networkPolicyOf(environment: string): JsonObject {
  return sinkObject(networkPolicies, environment, {
    spec: {
      podSelector: { matchLabels: selectorOf(environment) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] }],
      egress: [
        { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP' }] },
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  });
}
