import { asArray, numberAt, objectAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { servingContainer } from './probes.ts';

/** What Knative serves on where no container names a port (knative/serving pkg/apis/serving/v1/revision_lifecycle.go). */
const DEFAULT_PORT = 8080;

/**
 * A livenessProbe asks the port that serves. Knative writes that port over any other, unless multi-container-probing is
 * on (knative/serving pkg/reconciler/revision/resources/deploy.go); a readinessProbe keeps a port of its own.
 */
export const probePort = defineRule({
  id: 'serving/probe-port',
  title: 'a liveness probe asks the port that takes traffic',
  why: 'Knative writes the port of the traffic over the one of the probe: it asks another place than the manifest says, and a path that is not there restarts the pod for ever.',
  howToFix: 'Leave the port of the probe out, and answer it on the port that takes traffic.',
  kinds: [knativeService, configuration],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        ports: [{containerPort: 8080}]
        livenessProbe:
          httpGet: {path: /health, port: 9000}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        ports: [{containerPort: 8080}]
        livenessProbe:
          httpGet: {path: /health}
`,
  },

  judge({ template }, { policy }) {
    if (policy.knative.features['multi-container-probing']?.toLowerCase() === 'enabled') return [];
    const container = servingContainer(template);
    if (container === undefined) return [];

    const serving = numberAt(asArray(container.value.ports)[0], 'containerPort') ?? DEFAULT_PORT;
    const violations: Violation[] = [];
    for (const handler of ['httpGet', 'tcpSocket'] as const) {
      const port = numberAt(objectAt(container.value, 'livenessProbe', handler), 'port') ?? 0;
      if (port === 0 || port === serving) continue;
      const path = join(container.path, 'livenessProbe', handler, 'port');
      const message = `the livenessProbe of ${container.name} names port ${port}, and Knative asks ${serving} instead, where traffic goes; leave the port out`;
      violations.push({ path, message, fix: [{ set: path, value: serving }] });
    }
    return violations;
  },
});
